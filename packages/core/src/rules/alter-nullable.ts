import { defineRule, type Finding, type RuleContext } from './rule.js'
import { backfillCode, columnName, labelAt } from './support/lint/code.js'
import { mayReachRows } from './support/lint/columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { earlierOnTable, isNewTable, tableName } from './support/lint/new-tables.js'
import { mayHaveChangedRows } from './support/lint/rows.js'

type Place = NewOperation<'alter_column'>

export const alterNullable = defineRule({
  name: 'alter-nullable',
  severity: 'warn',
  profiles: { strict: 'error' },
  scope: 'script',
  summary: 'a column is made NOT NULL without filling it first',
  check: (context) =>
    newOperations(context, 'alter_column').flatMap((at) =>
      narrows(at) && !isNewTable(context, at) && !mayBeFilled(context, at) ? [finding(context, at)] : [],
    ),
})

function narrows({ operation }: Place): boolean {
  return operation.nullable === false && operation.existingNullable !== false
}

/** Filled by an UPDATE before, or by its own default when it was added in the same slice of history. */
function mayBeFilled(context: RuleContext, at: Place): boolean {
  const filled = earlierOnTable(
    context,
    at,
    'add_column',
    ({ column }) => column.name === at.operation.column && mayReachRows(column),
  )
  return filled.length > 0 || mayHaveChangedRows(context, at)
}

function finding(context: RuleContext, at: Place): Finding {
  const { operation, script } = at
  const column = operation.newName ?? operation.column
  const name = columnName(tableName(at), operation.column)
  const isPublished = context.isPublished(script.revision)
  return {
    message: `column ${name} is made NOT NULL, and nothing fills it before`,
    labels: [labelAt(at, 'fails where a row holds NULL')],
    notes: operation.serverDefault
      ? ['`server_default=` is for rows that are inserted later: it does not reach those that are there']
      : [],
    help: isPublished ? null : 'fill it first: `onehead fix --interactive` asks for the value',
    ...(isPublished || column === null || operation.table === null
      ? {}
      : { rewrite: [{ title: 'in front of it', code: [backfillCode(at, operation.column ?? column)] }] }),
    key: [script.revision, name],
  }
}
