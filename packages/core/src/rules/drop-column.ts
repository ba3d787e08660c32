import { defineRule, type Finding, type RuleContext } from './rule.js'
import { columnName, labelAt } from './support/lint/code.js'
import { isNewColumn } from './support/lint/new-columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'drop_column'>

export const dropColumn = defineRule({
  name: 'drop-column',
  severity: 'info',
  profiles: { strict: 'warn', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'a column goes, with its values, while the program that reads it may still run',
  check: (context) =>
    newOperations(context, 'drop_column').flatMap((at) =>
      at.operation.table === null ||
      at.operation.column === null ||
      isNewTable(context, at) ||
      isNewColumn(context, at, at.operation.column)
        ? []
        : [finding(context, at)],
    ),
})

function finding(context: RuleContext, at: Place): Finding {
  const name = columnName(tableName(at), at.operation.column)
  return {
    message: `column ${name} is dropped`,
    labels: [labelAt(at, 'its values are gone')],
    notes: ['a program that was started before names it in every query of a model: it fails until it is replaced'],
    help: context.isPublished(at.script.revision)
      ? null
      : 'take it out of the model in one release, and drop it in the next',
    key: [at.script.revision, name],
  }
}
