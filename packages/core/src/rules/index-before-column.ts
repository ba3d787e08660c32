import { defineRule, type Finding, type RuleContext } from './rule.js'
import { columnName, labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type Later, Timeline } from './support/lint/later.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'
import { stem } from './support/words.js'

type Using = NewOperation<'create_index' | 'create_constraint'>

export const indexBeforeColumn = defineRule({
  name: 'index-before-column',
  severity: 'error',
  scope: 'script',
  summary: 'an index or a constraint is made before the column that it is on',
  check(context) {
    const timeline = new Timeline(context)
    const using = newOperations<'create_index' | 'create_constraint'>(context, 'create_index', 'create_constraint')
    return using.filter((at) => !isSorted(context, at)).flatMap((at) => finding(context, timeline, at))
  },
})

/** SQLite makes the whole table of a batch anew, with its constraints in the end. */
function isSorted(context: RuleContext, at: Using): boolean {
  return at.operation.context.batch && !speaksFor(context, ['postgresql', 'mysql', 'mssql', 'oracle'], at)
}

function finding(context: RuleContext, timeline: Timeline, at: Using): readonly Finding[] {
  for (const { table, schema, column } of columnsUsed(at)) {
    const later = timeline.addedLater(at, { table, schema, column })
    if (later === null) continue
    const missing =
      later.operation.kind === 'create_table' ? `table ${tableName(later)}` : columnName(tableName(later), column)
    const isHere = later.script === at.script
    return [
      {
        message: `${nameOf(at)} is made before ${missing} is there`,
        labels: [
          labelAt(at, isHere ? 'runs first' : `runs first, in ${at.script.revision}`),
          labelAt(later, isHere ? 'made only here' : `made only here, in ${later.script.revision}`),
        ],
        notes: ['an upgrade stops at the first of the two: what it names is not there yet'],
        help: help(context, at, later),
        key: [at.script.revision, nameOf(at), missing],
      },
    ]
  }
  return []
}

function help(context: RuleContext, at: Using, later: Later): string | null {
  if (context.isPublished(at.script.revision)) return null
  if (later.script === at.script) return 'move it below'
  return `move it to ${stem(later.script.path)}, or the column to ${stem(at.script.path)}`
}

interface ColumnUsed {
  readonly table: string
  readonly schema: string | null
  readonly column: string
}

/** Own columns, and those that a foreign key points to; without expressions and what only Python can tell. */
function columnsUsed({ operation }: Using): readonly ColumnUsed[] {
  const on = (table: string | null, schema: string | null, columns: readonly (string | null)[]): ColumnUsed[] =>
    table === null ? [] : columns.flatMap((column) => (column === null ? [] : [{ table, schema, column }]))
  const { table, schema } = operation
  if (operation.kind === 'create_index') return on(table, schema, operation.columns)
  const { columns, referredTable, referredSchema, referredColumns } = operation.constraint
  return [...on(table, schema, columns), ...on(referredTable, referredSchema, referredColumns)]
}

function nameOf({ operation }: Using): string {
  const { name, what } =
    operation.kind === 'create_index'
      ? { name: operation.name, what: 'index' }
      : { name: operation.constraint.name, what: 'constraint' }
  return name === null ? `an unnamed ${what}` : `${what} ${name}`
}
