import type { History } from '../history/history.js'
import type { Operation, ScriptOperations } from '../operations/operation.js'
import type { Diagnostic } from '../rules/rule.js'
import { isBoolean } from '../rules/support/lint/columns.js'
import { meantDialects } from '../rules/support/lint/dialects.js'
import { isSameTable } from '../rules/support/lint/new-tables.js'
import { familyOf } from '../rules/support/lint/types.js'
import type { Script } from '../script/script.js'

/** A column that a script makes NOT NULL at once, and that can get there in several revisions instead. */
export interface StagedColumn {
  readonly script: Script
  readonly operation: Extract<Operation, { readonly kind: 'add_column' | 'alter_column' }> & { readonly table: string }
  readonly name: string
  /** As a new script may say it; null where the database needs no type. */
  readonly type: string | null
  /** Whether another revision must alter it in a batch, because of SQLite. */
  readonly inBatch: boolean
  /** Values for rows that are there, in SQL; the first one is the most usual. */
  readonly examples: readonly string[]
}

/** One that somebody has to bring there by hand, with the reason: lower case, no full stop. */
export interface ByHand {
  readonly message: string
  readonly why: string
}

/** The rules whose findings are taken. */
export const STAGED_RULES = ['not-null-without-server-default', 'alter-nullable'] as const

export interface FoundColumns {
  readonly columns: readonly StagedColumn[]
  readonly byHand: readonly ByHand[]
}

/**
 * The columns that findings are about, as the scripts say them.
 *
 * @param operations what a script does, null where it cannot be parsed
 * @param isEditable false for a script that somebody else has, or may have
 */
export function findStagedColumns(
  history: History,
  diagnostics: readonly Diagnostic[],
  operations: (path: string) => ScriptOperations | null,
  isEditable: (path: string) => boolean,
): FoundColumns {
  const columns: StagedColumn[] = []
  const byHand: ByHand[] = []
  for (const { rule, message, labels } of diagnostics) {
    const [label] = labels
    if (!STAGED_RULES.some((name) => name === rule) || label === undefined) continue
    const script = history.scripts.find(({ path }) => path === label.path)
    const does = script === undefined ? null : operations(script.path)
    if (script === undefined || does === null) continue
    const start = label.range.start.offset
    const index = does.upgrade.operations.findIndex((one) => isMeant(one, start, rule))
    const found = index === -1 ? 'it is written in a way that cannot be edited' : read(history, script, does, index)
    const why = typeof found === 'string' ? found : whyFixed(history, script, found, isEditable)
    if (typeof found !== 'string' && why === null) columns.push(found)
    else byHand.push({ message, why: why ?? '' })
  }
  return { columns, byHand }
}

/** `'10:30'` is a value; a `:name` of its own would be a parameter to SQLAlchemy. */
export function valueInText(value: string): string {
  return value.trim().replace(/(?<![:\w\\]):(?=\w)/g, '\\:')
}

function isMeant({ kind, span }: Operation, start: number, rule: string): boolean {
  return span.start === start && kind === (rule === 'alter-nullable' ? 'alter_column' : 'add_column')
}

function read(history: History, script: Script, does: ScriptOperations, index: number): StagedColumn | string {
  const operation = does.upgrade.operations[index]!
  if (operation.kind !== 'add_column' && operation.kind !== 'alter_column') return 'it is no call'
  const { table, callSite, span, fromSql, context, unresolved } = operation
  if (fromSql || callSite.start !== span.start) return 'it is not written as a call in upgrade()'
  if (context.guard !== null) return 'it runs under a condition'
  if (table === null || unresolved.length > 0) return 'only Python can tell what it is about'
  const own = { ...operation, table }
  const before = does.upgrade.operations.slice(0, index)
  const found = own.kind === 'add_column' ? ofAddition(own) : ofAlteration(own, script, before)
  if (typeof found === 'string') return found
  const meant = meantDialects({ history }, does)
  const type = isKnownAnywhere(found.typeText) ? found.typeText : null
  const needsType = meant.size === 0 || [...meant].some((one) => one !== 'postgresql' && one !== 'sqlite')
  if (own.kind === 'add_column' && type === null && needsType)
    return `a new script does not know the type ${found.typeText}`
  return {
    script,
    operation: own,
    name: found.name,
    type,
    inBatch: context.batch || meant.size === 0 || meant.has('sqlite'),
    examples: found.examples,
  }
}

/** A type of SQLAlchemy's own, said with nothing that a new script would have to import. */
function isKnownAnywhere(text: string): boolean {
  const words = text.replace(/'[^'\\\n]*'|"[^"\\\n]*"/g, '').match(/(?<![\w.])[A-Za-z_]\w*(?![\w=])/g) ?? []
  return text.startsWith('sa.') && words.every((word) => ['sa', 'True', 'False', 'None'].includes(word))
}

interface Told {
  readonly name: string
  readonly typeText: string
  readonly examples: readonly string[]
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>

function ofAddition({ column }: Of<'add_column'>): Told | string {
  const { name, type, arguments: given } = column
  if (name === null || type === null || given.get('nullable') === undefined) return 'the column is not written out'
  return { name, typeText: type.text, examples: examplesFor(type) }
}

/** It is filled below the script: then it must have been there below the script. */
function ofAlteration(
  { column, table, schema, existingType }: Of<'alter_column'>,
  { downRevisions }: Script,
  before: readonly Operation[],
): Told | string {
  if (column === null) return 'only Python can tell which column it is'
  if (downRevisions.length !== 1) return 'the script has not exactly one parent'
  const changes = before.some((one) => one.kind === 'opaque' || ('table' in one && isSameTable(one, table, schema)))
  if (changes) return 'the script does more to the table before'
  return { name: column, typeText: existingType?.text ?? '', examples: examplesFor(existingType) }
}

function examplesFor(type: Of<'add_column'>['column']['type']): readonly string[] {
  if (type === null) return ["''", '0']
  if (isBoolean(type)) return ['false', 'true']
  if (type.enumValues !== null) return type.enumValues.map((value) => `'${value.replaceAll("'", "''")}'`)
  switch (familyOf(type)) {
    case 'integer':
    case 'bigint':
    case 'number':
    case 'float':
      return ['0']
    case 'date':
      return ['CURRENT_DATE']
    case 'time':
      return ['CURRENT_TIMESTAMP']
    case 'json':
    case 'jsonb':
      return ["'{}'"]
    default:
      return ["''"]
  }
}

/** Nobody edits what somebody else has, nor what stands on it. */
function whyFixed(
  history: History,
  script: Script,
  { operation }: StagedColumn,
  isEditable: (path: string) => boolean,
): string | null {
  if (!isEditable(script.path)) return `${script.revision} is published, or may be`
  if (operation.kind === 'alter_column') return null
  const child = history.scripts.find(
    ({ downRevisions, path }) => downRevisions.includes(script.revision) && !isEditable(path),
  )
  return child === undefined ? null : `${child.revision}, which stands on it, is published, or may be`
}
