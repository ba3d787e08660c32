import type { Operation, ScriptOperations } from '../../../operations/operation.js'
import type { Script } from '../../../script/script.js'
import { isOneSlipAway } from '../../../text/near.js'
import type { Span } from '../../../text/span.js'
import type { RuleContext } from '../../rule.js'

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
  readonly #texts: ReadonlyMap<Script, string>
  readonly #created = new Map<string, TableTold>()
  readonly #touched = new Map<Script, ReadonlySet<string>>()
  #fromElsewhere: boolean | null = null

  constructor(context: RuleContext) {
    this.#context = context
    this.#texts = new Map(context.history.scripts.map((script) => [script, textOf(context.source(script.path))]))
    for (const [script, text] of this.#texts) {
      for (const { name, span } of matches(text, CREATED)) {
        if (!this.#created.has(name)) this.#created.set(name, { name, script, span })
      }
      this.#touched.set(script, new Set([...matches(text, TOUCHED)].map(({ name }) => name)))
    }
  }

  /** True where a script creates the table, or where another one than this works on it: then it is there, however it came. */
  isKnown(table: string, from: Script): boolean {
    if (this.#created.has(table)) return true
    const word = new RegExp(`(?<![\\w\\x80-\\xff])${escaped(bytesOf(table))}(?![\\w\\x80-\\xff])`)
    for (const [script, text] of this.#texts) {
      if (script === from || !word.test(text)) continue
      if (mayBeAbout(this.#context.operations(script.path), table)) return true
    }
    return false
  }

  /** True where something fills a database without naming what it makes. */
  get isFromElsewhere(): boolean {
    this.#fromElsewhere ??= [...this.#texts.values()].some((text) => FROM_ELSEWHERE.test(text))
    return this.#fromElsewhere
  }

  /** True where another script than this has the word, in capitals or not. */
  isNamedElsewhere(name: string, from: Script): boolean {
    const word = new RegExp(`(?<![\\w\\x80-\\xff])${escaped(bytesOf(name))}(?![\\w\\x80-\\xff])`, 'i')
    return [...this.#texts].some(([script, text]) => script !== from && word.test(text))
  }

  /** The table that was meant, where exactly one is near: `users` for `user`, `invoice` for `invioce`. */
  near(table: string): TableTold | null {
    const spelt = [...this.#created.values()].filter(({ name }) => spelling(name) === spelling(table))
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
    return [...this.#touched].every(
      ([script, names]) => script === from || [...names].every((name) => this.#created.has(name)),
    )
  }
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

function bytesOf(name: string): string {
  return Buffer.from(name).toString('latin1')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
