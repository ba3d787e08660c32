import type { Column } from '../operations/operation.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { argumentEdit, columnName, labelAt, prefixOf } from './support/lint/code.js'
import { isBoolean, mayReachRows } from './support/lint/columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'
import { mayChangeRows } from './support/lint/rows.js'

type Place = NewOperation<'add_column'>

export const booleanWithoutServerDefault = defineRule({
  name: 'boolean-without-server-default',
  severity: 'warn',
  scope: 'script',
  summary: 'a boolean column is added without a server default',
  check: (context) =>
    newOperations(context, 'add_column').flatMap((at) =>
      isThirdState(at.operation.column) && !isNewTable(context, at) && !isFilledBehind(at)
        ? [finding(context, at)]
        : [],
    ),
})

/** One that may not be NULL fails at once: another rule's finding. */
function isThirdState(column: Column): boolean {
  const { nullable, unresolved } = column
  return nullable !== false && isBoolean(column.type) && !unresolved.includes('nullable') && !mayReachRows(column)
}

/** True where the same script goes on to fill it, or may do so. */
function isFilledBehind({ operation, operations, direction, index }: Place): boolean {
  const { table, schema, column } = operation
  return operations[direction].operations.slice(index + 1).some((one) => {
    if (one.kind === 'alter_column') return isSameTable(one, table, schema) && one.column === column.name
    return mayChangeRows(one, table, schema)
  })
}

function finding(context: RuleContext, at: Place): Finding {
  const { column } = at.operation
  const name = columnName(tableName(at), column)
  const prefix = prefixOf(column.type)
  const canEdit = !context.isPublished(at.script.revision) && !at.operation.fromSql && column.serverDefault === null
  const value = `server_default=${prefix ?? ''}false()`
  const edit = canEdit && prefix !== null ? argumentEdit(context, at, column.span, value) : null
  return {
    message: `boolean column ${name} has no server default`,
    labels: [labelAt(at, 'NULL in every row that is there already')],
    notes: ['NULL is neither true nor false: `WHERE NOT …` finds none of these rows, nor does `WHERE … = false`'],
    help: edit === null ? null : `say what holds for rows that are there: \`${value}\`, or true()`,
    fix: edit && { applicability: 'ask', edits: [edit], command: null },
    key: [at.script.revision, name],
  }
}
