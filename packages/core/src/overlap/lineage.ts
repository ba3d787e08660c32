import type { ScriptOperations } from '../operations/operation.js'
import { areApart, type Effect, playScript, type SideEffects } from './effects.js'
import { Names } from './names.js'
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
  /** Dialect names; empty: every database may be meant. */
  readonly dialects: readonly string[]
}

/** Something that is created although it is there. */
export interface Repetition {
  readonly object: DatabaseObject
  readonly again: Omit<OverlapPlace, 'deed' | 'guarded'>
  readonly before: Omit<OverlapPlace, 'deed' | 'guarded'>
}

/** What a script does to one key. */
interface Done {
  readonly script: LineageScript
  readonly key: string
  readonly effect: Effect
}

/**
 * One history, read for what its scripts create. Of the scripts below a new one only those are parsed whose text has the names
 * in question: looking for a few names costs a hundredth of parsing.
 */
export class Lineage {
  readonly #scripts: readonly LineageScript[]
  readonly #facts: LineageFacts
  readonly #names: Names
  readonly #played = new Map<string, SideEffects>()
  readonly #below = new Map<string, ReadonlySet<string>>()
  readonly #texts = new Map<string, Words>()

  /** @param scripts of the whole history, parents first */
  constructor(scripts: readonly LineageScript[], facts: LineageFacts) {
    this.#scripts = scripts
    this.#facts = facts
    this.#names = new Names(facts.dialects)
  }

  /**
   * What these scripts create without looking, although a script below has created it and nothing takes it away in between.
   * Silent where an effect in between cannot be told.
   */
  repetitions(judged: readonly LineageScript[]): readonly Repetition[] {
    const creations = judged.flatMap((script) => this.#creations(script))
    const before = this.#doneBefore(creations)
    const told = new Map<object, Repetition>()
    for (const creation of creations) {
      const { script, effect } = creation
      const first = this.#first(creation, before.get(creation.key) ?? [])
      // An object may have several keys.
      if (first === null || told.has(effect.touch)) continue
      const { object } = effect.touch
      told.set(effect.touch, { object, again: placeOf(script, effect), before: placeOf(first.script, first.effect) })
    }
    return withoutParts([...told.values()])
  }

  /** What a script makes that must not be there. The parts of a table that it makes are not there either. */
  #creations(script: LineageScript): readonly Done[] {
    const { effects, unknown } = this.#play(script)
    const creations: Done[] = []
    for (const [key, effect] of effects) {
      const { object, context, span } = effect.touch
      if (!isMade(effect) || object.name === null) continue
      const isSure = context.guard === null || context.guard === 'offline' || context.guard === 'dialect'
      const mayBeTaken = unknown.some((one) => one.span.start < span.start)
      if (!isSure || mayBeTaken) continue
      const table = this.#tableKey(effect)
      // With the old table everything in it has gone.
      if (table !== null && table !== key && effects.get(table)?.state === 'replaced') continue
      if (mayHaveTaken(effects, object)) continue
      const isPart = table !== null && table !== key && isMade(effects.get(table))
      if (!isPart || object.type === 'index') creations.push({ script, key, effect })
    }
    return creations
  }

  /** By key, what scripts below have done to it; parents first. */
  #doneBefore(creations: readonly Done[]): ReadonlyMap<string, readonly Done[]> {
    const done = new Map<string, Done[]>(creations.map(({ key }) => [key, []]))
    const below = this.#facts.ancestors(creations.map(({ script }) => script.revision))
    const wanted = [...new Map(creations.map(({ effect }) => [wordsOf(effect).join(' '), wordsOf(effect)])).values()]
    for (const script of this.#scripts) {
      if (!below.has(script.revision)) continue
      const isKnown = this.#played.has(script.path)
      if (!isKnown && !wanted.some((words) => this.#mentions(script, words))) continue
      for (const [key, effect] of this.#play(script).effects) done.get(key)?.push({ script, key, effect })
    }
    return done
  }

  /** The script below that has put it there; null where none has, or nobody can tell. */
  #first({ script, effect }: Done, done: readonly Done[]): Done | null {
    if (done.every((one) => one.script === script)) return null
    const below = this.#ancestorsOf(script.revision)
    const last = done.findLast((one) => {
      const decides = one.effect.state !== 'used' && one.effect.state !== 'altered'
      return decides && one.script !== script && below.has(one.script.revision)
    })
    if (last === undefined || !staysThere(last.effect)) return null
    if (areApart(effect.touch.context, last.effect.touch.context)) return null
    return this.#mayBeTaken(last, below, script) ? null : last
  }

  /** True where a script from there on takes the table away, or does what cannot be told. */
  #mayBeTaken(made: Done, below: ReadonlySet<string>, until: LineageScript): boolean {
    const { object, span } = made.effect.touch
    const table = this.#tableKey(made.effect)
    const after = this.#scripts.slice(this.#scripts.indexOf(made.script))
    return after.some((script) => {
      if (script === until || !below.has(script.revision)) return false
      const isNamed = [object.name, object.table].some((word) => word !== null && this.#mentions(script, [word]))
      if (!isNamed) return false
      const { effects, unknown } = this.#play(script)
      const takes = (key: string | null) => key !== null && effects.get(key)?.state === 'dropped'
      return (
        takes(table) ||
        mayHaveTaken(effects, object) ||
        unknown.some((one) => script !== made.script || one.span.start > span.start)
      )
    })
  }

  #ancestorsOf(revision: string): ReadonlySet<string> {
    const below = this.#below.get(revision) ?? this.#facts.ancestors([revision])
    this.#below.set(revision, below)
    return below
  }

  #tableKey({ touch: { object, context } }: Effect): string | null {
    const { table, schema } = object
    if (table === null) return null
    const [key = null] = this.#names.keysOf({ type: 'table', name: table, table: null, schema }, context)
    return key
  }

  #play(script: LineageScript): SideEffects {
    const known = this.#played.get(script.path)
    if (known !== undefined) return known
    const played = playScript({ ...script, operations: this.#facts.operations(script.path) }, this.#names)
    this.#played.set(script.path, played)
    return played
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

/** Letters, digits and `_`, and every byte of a letter outside ASCII. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte >= 0x80
}

/**
 * True where an index or a constraint may be gone with a column of its table, or under the whole name that a naming convention has
 * given to it.
 */
function mayHaveTaken(effects: SideEffects['effects'], { type, name, table, schema }: DatabaseObject): boolean {
  if (type !== 'index' && type !== 'constraint') return false
  for (const { state, touch } of effects.values()) {
    const gone = touch.object
    if ((state !== 'dropped' && state !== 'replaced') || gone.table !== table || gone.schema !== schema) continue
    if (gone.type === 'column') return true
    if (type !== 'constraint' || gone.type !== 'constraint') continue
    // SQL does not say of which kind the constraint is that it drops.
    if (gone.name === name || gone.name?.endsWith(`_${name}`)) return true
  }
  return false
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

/** An index may be dropped without its table; everything else in a table is named with it. */
function wordsOf({ touch: { object } }: Effect): readonly string[] {
  const { type, name, table } = object
  return [...(type === 'index' || table === null ? [] : [table]), name ?? '']
}

function placeOf({ revision, path }: LineageScript, { touch }: Effect): Repetition['again'] {
  return { object: touch.object, revision, path, span: touch.span }
}
