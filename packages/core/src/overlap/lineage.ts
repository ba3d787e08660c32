import type { ScriptOperations } from '../operations/operation.js'
import { isWordByte } from '../text/word-byte.js'
import { areApart, type Effect, type Effects, type Played, playOperations } from './effects.js'
import { Names, tableKey } from './names.js'
import type { DatabaseObject, OverlapPlace } from './overlap.js'

/** A script of a lineage. */
export interface LineageScript {
  readonly revision: string
  readonly path: string
}

export interface LineageFacts {
  /** Null where a script cannot be parsed. */
  readonly operations: (path: string) => ScriptOperations | null
  readonly source: (path: string) => Uint8Array
  /** Ids of everything below some revisions, and their own. */
  readonly ancestors: (revisions: Iterable<string>) => ReadonlySet<string>
  /** True where the first of two revisions is below the second, or the same. */
  readonly isAncestor: (revision: string, other: string) => boolean
  /** Dialect names; empty: every database may be meant. */
  readonly dialects: readonly string[]
}

/** Something that is created although it is there. */
export interface Repetition {
  readonly object: DatabaseObject
  readonly again: Omit<OverlapPlace, 'deed' | 'guarded'>
  readonly before: Omit<OverlapPlace, 'deed' | 'guarded'>
}

/** What a script does to one key for good, and what was done to it before, by a script further down in the list. */
interface Deed {
  readonly script: LineageScript
  /** Of the script, in the list. */
  readonly place: number
  readonly effect: Effect
  readonly before: Deed | null
}

/** What a script does, and what it takes away. */
interface Deeds {
  readonly played: Played
  readonly gone: readonly Effect[]
}

/**
 * One history, read for what its scripts create. Of the scripts below a new one only those are parsed whose text has the names
 * in question: looking for a few names costs a hundredth of parsing.
 */
export class Lineage {
  readonly #scripts: readonly LineageScript[]
  readonly #facts: LineageFacts
  readonly #names: Names
  readonly #played = new Map<string, Deeds>()
  readonly #texts = new Map<string, Words>()
  /** What may take something away, as far as it has been looked at; parents first. */
  readonly #takers: Pick<Deed, 'script' | 'place'>[] = []

  /** @param scripts of the whole history, parents first */
  constructor(scripts: readonly LineageScript[], facts: LineageFacts) {
    this.#scripts = scripts
    this.#facts = facts
    this.#names = new Names(facts.dialects)
  }

  /**
   * What these scripts create without looking, although a script below has created it and nothing takes it away in between;
   * parents first. Silent where an effect in between cannot be told.
   */
  repetitions(judged: readonly LineageScript[]): readonly Repetition[] {
    const creations = new Map<Effect, LineageScript>()
    for (const script of judged) for (const effect of this.#creations(script)) creations.set(effect, script)
    const told = new Map<object, Repetition>()
    for (const again of this.#deeds(creations)) {
      const { object } = again.effect.touch
      const first = this.#first(again)
      // An object may have several keys.
      if (first === null || told.has(again.effect.touch)) continue
      told.set(again.effect.touch, { object, again: placeOf(again), before: placeOf(first) })
    }
    return withoutParts([...told.values()])
  }

  /** What a script makes that must not be there. The parts of a table that it makes are not there either. */
  #creations(script: LineageScript): readonly Effect[] {
    const { gone, played } = this.#play(script)
    const { effects, unknown, decisive } = played
    return decisive.filter((effect) => {
      const { object, context, span } = effect.touch
      if (!isMade(effect) || object.name === null) return false
      const isSure = context.guard === null || context.guard === 'offline' || context.guard === 'dialect'
      const mayBeTaken = unknown.some((one) => one.span.start < span.start)
      if (!isSure || mayBeTaken) return false
      const table = tableOf(effects, effect)
      // With the old table everything in it has gone.
      if (table?.state === 'replaced' || mayHaveTaken(gone, object)) return false
      return !isMade(table) || object.type === 'index'
    })
  }

  /**
   * These, each with what the scripts below have done to its key; parents first. Of the scripts below only those are played that
   * are about the same.
   */
  #deeds(creations: ReadonlyMap<Effect, LineageScript>): readonly Deed[] {
    const deeds: Deed[] = []
    this.#takers.length = 0
    const below = this.#facts.ancestors(new Set([...creations.values()].map(({ revision }) => revision)))
    const last = new Map<string, Deed>()
    let wanted: readonly (readonly string[])[] | null = null
    for (const [place, script] of this.#scripts.entries()) {
      if (!below.has(script.revision)) continue
      if (!this.#played.has(script.path)) {
        wanted ??= wordsOfAll(creations.keys())
        if (!wanted.some((words) => this.#mentions(script, words))) {
          this.#takers.push({ script, place })
          continue
        }
      }
      const { gone, played } = this.#play(script)
      const { unknown, decisive } = played
      if (unknown.length + gone.length > 0) this.#takers.push({ script, place })
      decisive.forEach((effect) => {
        const deed = { script, place, effect, before: last.get(effect.key) ?? null }
        last.set(effect.key, deed)
        if (creations.has(effect)) deeds.push(deed)
      })
    }
    return deeds
  }

  /** What a script below has done to put it there; null where none has, or nobody can tell. */
  #first(again: Deed): Deed | null {
    let made = again.before
    while (made !== null && !this.#isBelow(made.script, again.script)) made = made.before
    if (made === null || !staysThere(made.effect)) return null
    if (areApart(again.effect.touch.context, made.effect.touch.context)) return null
    return this.#mayBeTaken(made, again) ? null : made
  }

  /** True where a script from there on takes the table away, or does what cannot be told. */
  #mayBeTaken(made: Deed, again: Deed): boolean {
    const { object, span, context } = made.effect.touch
    const table = object.table === null ? null : tableKey(object.table, object.schema, context.database)
    const words = [object.name, object.table].filter((word) => word !== null)
    const isNamed = (script: LineageScript) => words.some((word) => this.#mentions(script, [word]))
    const mayTake = (script: LineageScript) => {
      const { gone, played } = this.#play(script)
      const { effects, unknown } = played
      return (
        (table !== null && effects.get(table)?.state === 'dropped') ||
        mayHaveTaken(gone, object) ||
        unknown.some((one) => script !== made.script || one.span.start > span.start)
      )
    }
    for (let at = this.#takers.length - 1; at >= 0 && this.#takers[at]!.place >= made.place; at--) {
      const { script, place } = this.#takers[at]!
      if (place >= again.place || !this.#isBelow(script, again.script)) continue
      // What is known is sooner asked than a text is searched, and the other way round.
      const isTaken = this.#played.has(script.path)
        ? mayTake(script) && isNamed(script)
        : isNamed(script) && mayTake(script)
      if (isTaken) return true
    }
    return false
  }

  #isBelow(one: LineageScript, other: LineageScript): boolean {
    return one !== other && this.#facts.isAncestor(one.revision, other.revision)
  }

  #play({ path }: LineageScript): Deeds {
    const known = this.#played.get(path)
    if (known !== undefined) return known
    const played = playOperations(this.#facts.operations(path)?.upgrade.operations ?? null, this.#names)
    const gone = played.decisive.filter(({ state }) => state === 'dropped' || state === 'replaced')
    const deeds = { played, gone }
    this.#played.set(path, deeds)
    return deeds
  }

  /** False only where none of its operations can be about these names: whoever writes them, writes them out. */
  #mentions({ path }: LineageScript, words: readonly string[]): boolean {
    const text = this.#texts.get(path) ?? new Words(this.#facts.source(path))
    this.#texts.set(path, text)
    return words.every((word) => text.has(word))
  }
}

/** From this many questions on a list of all words is faster than looking for each. */
const MANY_QUESTIONS = 8

/** The words of a text: each by itself, not as a part of a longer one, and not as the `name=` of an argument. */
class Words {
  readonly #text: Buffer
  #asked = 0
  #all: ReadonlySet<string> | null = null

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#text = Buffer.from(buffer, byteOffset, byteLength)
  }

  has(word: string): boolean {
    this.#asked++
    // What is no single word can only be looked for.
    if (this.#asked < MANY_QUESTIONS || !/^\w+$/.test(word)) return hasWord(this.#text, word)
    this.#all ??= new Set(this.#text.toString('latin1').match(WORDS))
    return this.#all.has(word)
  }
}

const WORDS = /(?<![\w\x80-\xff])[\w\x80-\xff]+(?![\w\x80-\xff=])/g

function hasWord(text: Buffer, word: string): boolean {
  const length = Buffer.byteLength(word)
  if (length === 0) return true
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + length)) {
    const after = text[at + length]
    if (!isWordByte(text[at - 1]) && !isWordByte(after) && after !== EQUALS) return true
  }
  return false
}

const EQUALS = 0x3d

/**
 * True where an index or a constraint may be gone with a column of its table, or under the whole name that a naming convention has
 * given to it.
 */
function mayHaveTaken(gone: readonly Effect[], { type, name, table, schema }: DatabaseObject): boolean {
  if (type !== 'index' && type !== 'constraint') return false
  return gone.some(({ touch: { object: one } }) => {
    if (one.table !== table || one.schema !== schema) return false
    if (one.type === 'column') return true
    if (type !== 'constraint' || one.type !== 'constraint') return false
    // SQL does not say of which kind the constraint is that it drops.
    return one.name === name || one.name?.endsWith(`_${name}`) === true
  })
}

/** What becomes of the table that something is a part of. */
function tableOf(effects: Effects, { key, touch: { object, context } }: Effect): Effect | undefined {
  if (object.table === null) return undefined
  const table = tableKey(object.table, object.schema, context.database)
  return table === key ? undefined : effects.get(table)
}

function isMade(effect: Effect | undefined): boolean {
  return effect?.state === 'created' || effect?.state === 'transient'
}

function staysThere({ state, touch }: Effect): boolean {
  return (state === 'created' || state === 'replaced') && touch.context.guard !== 'condition'
}

/** Leaves out what is made with a table, by the same call. */
function withoutParts(found: readonly Repetition[]): readonly Repetition[] {
  const placeOfCall = ({ again }: Repetition) => `${again.span.start} ${again.path}`
  const tables = new Set(found.filter(({ object }) => object.type === 'table').map(placeOfCall))
  return found.filter((one) => one.object.type === 'table' || !tables.has(placeOfCall(one)))
}

/** Each once. */
function wordsOfAll(effects: Iterable<Effect>): readonly (readonly string[])[] {
  const all = new Map<string, readonly string[]>()
  for (const words of [...effects].map(wordsOf)) all.set(words.join(' '), words)
  return [...all.values()]
}

/** An index may be dropped without its table; everything else in a table is named with it. */
function wordsOf({ touch: { object } }: Effect): readonly string[] {
  const { type, name, table } = object
  return [...(type === 'index' || table === null ? [] : [table]), name ?? '']
}

function placeOf({ script: { revision, path }, effect: { touch } }: Deed): Repetition['again'] {
  return { object: touch.object, revision, path, span: touch.span }
}
