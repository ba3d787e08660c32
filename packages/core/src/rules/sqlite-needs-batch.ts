import type { Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { codeOnOneLine, labelAt, quoted } from './support/lint/code.js'
import { meantDialects, speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newDowngradeOperations, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'

const KINDS = ['create_constraint', 'drop_constraint', 'alter_column', 'add_column', 'table_comment'] as const
type Place = NewOperation<(typeof KINDS)[number]>

export const sqliteNeedsBatch = defineRule({
  name: 'sqlite-needs-batch',
  severity: 'error',
  scope: 'script',
  summary: 'a table is altered outside a batch, in a way that SQLite cannot',
  check(context) {
    const places = [newOperations, newDowngradeOperations]
      .flatMap((operations): readonly Place[] => operations<(typeof KINDS)[number]>(context, ...KINDS))
      .filter((at) => fails(at.operation) && meetsSqlite(context, at))
    // One batch does everything to a table at once.
    const byTable = new Map<string, Place[]>()
    for (const at of places) {
      const key = `${at.script.path}\0${tableName(at)}`
      byTable.set(key, [...(byTable.get(key) ?? []), at])
    }
    return [...byTable.values()].map((ofTable) => finding(context, ofTable))
  },
})

/** Only where somebody says so: most projects never see SQLite. */
function meetsSqlite(context: RuleContext, at: Place): boolean {
  const { batch, guard } = at.operation.context
  if (batch || guard === 'condition' || !meantDialects(context, at.operations).has('sqlite')) return false
  return speaksFor(context, ['sqlite'], at)
}

/** What Alembic or SQLite refuses; new names and new columns both can. */
function fails(operation: Place['operation']): boolean {
  switch (operation.kind) {
    case 'alter_column':
      return (
        operation.type !== null || operation.nullable !== null || operation.serverDefault !== null || operation.comment
      )
    case 'add_column':
      return operation.column.unique || operation.column.references.length > 0
    default:
      return true
  }
}

function finding(context: RuleContext, places: readonly Place[]): Finding {
  const [first] = places as [Place]
  const table = tableName(first)
  const isPublished = context.isPublished(first.script.revision)
  return {
    message: `${table} is altered outside a batch, which SQLite cannot`,
    labels: places.map((at) => labelAt(at, WORDS[at.operation.kind])),
    notes: [
      'SQLite cannot alter what is there: in a batch Alembic makes the table anew and copies its rows; other databases alter it as ever',
    ],
    help: isPublished ? null : `put it into \`with op.batch_alter_table(${quoted(table)}) as batch_op:\``,
    ...(isPublished ? {} : { rewrite: rewrite(context, places) }),
    key: [first.script.revision, table],
  }
}

const WORDS: Readonly<Record<Place['operation']['kind'], string>> = {
  alter_column: 'no ALTER COLUMN in SQLite',
  create_constraint: 'no ADD CONSTRAINT in SQLite',
  drop_constraint: 'no DROP CONSTRAINT in SQLite',
  add_column: 'brings a constraint with it',
  table_comment: 'no comments in SQLite',
}

function rewrite(context: RuleContext, places: readonly Place[]): readonly RewriteStep[] {
  return (['upgrade', 'downgrade'] as const).flatMap((direction) => {
    const there = places.filter((at) => at.direction === direction)
    const calls = there.map((at) => batchCall(context, at))
    const [first] = there
    if (first === undefined || !calls.every((call) => call !== null)) return []
    const { table, schema } = first.operation
    const place = [quoted(table ?? ''), ...(schema === null ? [] : [`schema=${quoted(schema)}`])].join(', ')
    return [
      {
        title: `in ${direction}()`,
        code: [`with op.batch_alter_table(${place}) as batch_op:`, ...calls.map((call) => `    ${call}`)],
      },
    ]
  })
}

/** The user's own call without its table; null where it is not written as one. */
function batchCall(context: RuleContext, at: Place): string | null {
  const { span, callSite, fromSql, arguments: given, table }: Operation & { table: string | null } = at.operation
  if (fromSql || table === null || callSite.start !== span.start) return null
  const name = /^\w+\.(\w+)\(/.exec(codeOnOneLine(context, at, span))?.[1]
  if (name === undefined) return null
  const kept = [...given].filter(([parameter]) => !['table_name', 'source_table', 'schema'].includes(parameter))
  kept.sort(([, a], [, b]) => a.whole.start - b.whole.start)
  return `batch_op.${name}(${kept.map(([, { whole }]) => codeOnOneLine(context, at, whole)).join(', ')})`
}
