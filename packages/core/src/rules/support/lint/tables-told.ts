import type { Operation, ScriptOperations } from '../../../operations/operation.js'
import type { Script } from '../../../script/script.js'
import { isOneSlipAway } from '../../../text/near.js'
import type { Span } from '../../../text/span.js'
import { isWordByte } from '../../../text/word-byte.js'
import type { RuleContext } from '../../rule.js'
import { push } from './slice.js'

/** A table that some script creates, and where it says so. */
export interface TableTold {
  readonly name: string
  readonly script: Script
  /** The name, where it is created. */
  readonly span: Span
}

/** Shorter names are one slip away from each other for good reasons: `city` and `cite`. */
const SHORTEST_SLIP = 6
/** A history that creates fewer tables says nothing about those that it does not. */
const FEWEST_TABLES = 3

/** What a whole history says about tables, as text: a hundred times faster than parsing, and only ever a reason to be silent. */
export class TablesTold {
  readonly #context: RuleContext
  readonly #texts: readonly TextOf[]
  readonly #created = new Map<string, TableTold>()
  readonly #searches = new Map<string, Search>()
  #bySpelling: ReadonlyMap<string, readonly TableTold[]> | null = null
  #fromElsewhere: boolean | null = null

  constructor(context: RuleContext) {
    this.#context = context
    this.#texts = context.history.scripts.map((script) => ({ script, text: textOf(context.source(script.path)) }))
    for (const { script, text } of this.#texts) {
      for (const { name, span } of matches(text, CREATED)) {
        if (!this.#created.has(name)) this.#created.set(name, { name, script, span })
      }
    }
  }

  /** True where a script creates the table, or where another one than this works on it: then it is there, however it came. */
  isKnown(table: string, from: Script): boolean {
    return this.#created.has(table) || this.#isWorkedOn(table, from)
  }

  /** True where something fills a database without naming what it makes. */
  get isFromElsewhere(): boolean {
    this.#fromElsewhere ??= this.#texts.some(({ text }) => FROM_ELSEWHERE.test(text))
    return this.#fromElsewhere
  }

  /** True where another script than this has the word, in capitals or not. */
  isNamedElsewhere(name: string, from: Script): boolean {
    const word = new RegExp(`(?<![\\w\\x80-\\xff])${escaped(bytesOf(name))}(?![\\w\\x80-\\xff])`, 'i')
    return this.#texts.some(({ script, text }) => script !== from && word.test(text))
  }

  /** The table that was meant, where exactly one is near: `users` for `user`, `invoice` for `invioce`. */
  near(table: string): TableTold | null {
    this.#bySpelling ??= bySpelling(this.#created.values())
    const spelt = this.#bySpelling.get(spelling(table)) ?? []
    if (spelt.length > 0) return spelt.length === 1 ? spelt[0]! : null
    if (table.length < SHORTEST_SLIP) return null
    const slips = [...this.#created.values()].filter(
      ({ name }) => isOneSlipAway(name, table) && !differByNumber(name, table),
    )
    return slips.length === 1 ? slips[0]! : null
  }

  /** True where the history but for this script creates every table that it works on: it began on an empty database. */
  createsAllBut(from: Script): boolean {
    if (this.#created.size < FEWEST_TABLES) return false
    if (this.isFromElsewhere) return false
    return this.#texts.every((one) => one.script === from || this.#createsAllIn(one))
  }

  /** Goes through the history once for each table, however many scripts ask, and no further than it must. */
  #isWorkedOn(table: string, from: Script): boolean {
    const search = this.#searches.get(table) ?? { word: bytesOf(table), found: [], looked: 0 }
    this.#searches.set(table, search)
    const isOther = (script: Script) => script !== from
    while (!search.found.some(isOther) && search.looked < this.#texts.length) {
      const { script, text } = this.#texts[search.looked++]!
      if (hasWord(text, search.word) && mayBeAbout(this.#context.operations(script.path), table)) {
        search.found.push(script)
      }
    }
    return search.found.some(isOther)
  }

  #createsAllIn(one: TextOf): boolean {
    one.createsAll ??= [...matches(one.text, TOUCHED)].every(({ name }) => this.#created.has(name))
    return one.createsAll
  }
}

interface TextOf {
  readonly script: Script
  readonly text: string
  /** Whether some script creates every table that this one works on; found out where it matters. */
  createsAll?: boolean
}

/** Who works on a table, as far as the history has been looked through. */
interface Search {
  readonly word: string
  readonly found: Script[]
  looked: number
}

const NAME = String.raw`["'\`]?(?:[\w$]+["'\`]?\.["'\`]?)?([\w$\x80-\xff]+)`
const CREATED = new RegExp(
  [
    String.raw`\bcreate_table\w*\(\s*(?:\w+\s*=\s*)?`,
    String.raw`\bTable\(\s*`,
    String.raw`\brename_table\(\s*(?:\w+\s*=\s*)?["'][^"']+["']\s*,\s*(?:\w+\s*=\s*)?`,
    String.raw`\bcreate\s+(?:\w+\s+){0,3}?(?:table|view)\s+(?:if\s+not\s+exists\s+)?`,
    String.raw`\brename\s+to\s+`,
  ]
    .map((start) => `${start}${NAME}`)
    .join('|'),
  'gi',
)
const TOUCHED = new RegExp(
  [
    String.raw`\b(?:add_column|drop_column|alter_column|batch_alter_table|drop_table|rename_table)\(\s*["']([\w$]+)["']`,
    String.raw`\bcreate_index\(\s*(?:\w+\.f\(\s*)?["'][^"']*["']\s*\)?\s*,\s*["']([\w$]+)["']`,
    String.raw`\bForeignKey\(\s*["']([\w$]+)\.\w+["']`,
    String.raw`\bForeignKeyConstraint\(\s*\[[^\]]*\]\s*,\s*\[\s*["']([\w$]+)\.\w+["']`,
    String.raw`\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?["\`]?([\w$]+)`,
  ].join('|'),
  'gi',
)
/** Tables of a model, files of SQL, and whatever else fills a database without naming what it makes. */
const FROM_ELSEWHERE = /\bcreate_all\b|\.sql\b|\bread_text\b|\bopen\(|\brun_sync\b|\bimport_module\b|\binherits\s*\(/i

function* matches(text: string, pattern: RegExp): Generator<{ readonly name: string; readonly span: Span }> {
  for (const match of text.matchAll(pattern)) {
    const name = match.slice(1).find((group) => group !== undefined)!
    const end = match.index + match[0].length
    const start = text.lastIndexOf(name, end)
    yield { name: Buffer.from(name, 'latin1').toString(), span: { start, end: start + name.length } }
  }
}

/** True where something in a script is about the table, or may be. */
function mayBeAbout(operations: ScriptOperations | null, table: string): boolean {
  if (operations === null) return true
  return [...operations.upgrade.operations, ...operations.downgrade.operations].some((one) => isAbout(one, table))
}

function isAbout(operation: Operation, table: string): boolean {
  switch (operation.kind) {
    case 'opaque':
      return true
    case 'execute':
      return operation.sql === null || new RegExp(`\\b${escaped(table)}\\b`).test(operation.sql)
    case 'create_type':
    case 'drop_type':
    case 'alter_type':
      return false
    case 'create_constraint':
      return [operation.table, operation.constraint.referredTable].includes(table) || operation.table === null
    case 'create_table':
      return [
        ...operation.constraints.map(({ referredTable }) => referredTable),
        ...operation.columns.flatMap(referred),
      ].includes(table)
    case 'add_column':
      return operation.table === null || operation.table === table || referred(operation.column).includes(table)
    case 'rename_table':
      return operation.table === null || operation.table === table || operation.newName === table
    default:
      return operation.table === null || operation.table === table
  }
}

function referred({ references }: { readonly references: readonly string[] }): readonly string[] {
  return references.map((text) => text.split('.').at(-2) ?? '')
}

function bySpelling(tables: Iterable<TableTold>): ReadonlyMap<string, readonly TableTold[]> {
  const lists = new Map<string, TableTold[]>()
  for (const one of tables) push(lists, spelling(one.name), one)
  return lists
}

/** One spelling for a name in singular and plural, in camel and snake case. */
function spelling(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('_', '')
    .replace(/ies$/, 'y')
    .replace(/(?:(?<=s|x|z|ch|sh)es|(?<!s)s)$/, '')
}

/** `event_2024` and `event_2025`. */
function differByNumber(one: string, other: string): boolean {
  return one.replace(/\d+/g, '') === other.replace(/\d+/g, '')
}

/** One character per byte, so that places in the text are places in the file. */
function textOf(source: Uint8Array): string {
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1')
}

/** True where a text of single bytes has a word that is no part of a longer one. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isWordByte(text.charCodeAt(at - 1)) && !isWordByte(text.charCodeAt(at + word.length))) return true
    if (at === text.length) break
  }
  return false
}

function bytesOf(name: string): string {
  return Buffer.from(name).toString('latin1')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
