import type { Column } from '../operations/operation.js'
import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { backfillCode, callCode, columnCode, columnName, labelAt, quoted } from './support/lint/code.js'
import { isBoolean, mayReachRows } from './support/lint/columns.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'
import { isEmptied } from './support/lint/rows.js'

type Place = NewOperation<'add_column'>

export const notNullWithoutServerDefault = defineRule({
  name: 'not-null-without-server-default',
  severity: 'error',
  scope: 'script',
  summary: 'a column that may not be NULL is added without a server default',
  check: (context) =>
    newOperations(context, 'add_column').flatMap((at) =>
      hasNothingForRows(at.operation.column) && !isNewTable(context, at) && !isEmptied(at)
        ? [finding(context, at)]
        : [],
    ),
})

function hasNothingForRows(column: Column): boolean {
  // A key of its own is numbered by the database.
  return column.nullable === false && !column.primaryKey && !mayReachRows(column)
}

function finding(context: RuleContext, at: Place): Finding {
  const { column } = at.operation
  const name = columnName(tableName(at), column)
  const refuses = speaksFor(context, ['postgresql', 'sqlite', 'mssql', 'oracle'], at)
  return {
    message: `column ${name} may not be NULL and has no server default`,
    labels: [labelAt(at, 'rows that are there already get no value')],
    notes: [
      ...(column.clientDefault === null
        ? []
        : ['`default=` is for rows that SQLAlchemy inserts later: it does not reach those that are there']),
      refuses
        ? 'this fails as soon as the table has a row, so that it passes in tests and stops in production'
        : 'MySQL does not fail: it puts 0 or an empty text into every row that is there',
    ],
    help: context.isPublished(at.script.revision)
      ? null
      : 'let the database fill what is there, or take three revisions: `onehead fix --interactive` writes them',
    ...(refuses ? {} : { atMost: 'warn' }),
    ...(context.isPublished(at.script.revision) ? {} : { rewrite: rewrite(context, at) }),
    key: [at.script.revision, name],
  }
}

function rewrite(context: RuleContext, at: Place): readonly RewriteStep[] {
  const { column } = at.operation
  const nullable = columnCode(context, at, column, { nullable: 'True' })
  const filled = columnCode(context, at, column, {
    server_default: isBoolean(column.type) ? 'sa.false()' : "'<value>'",
  })
  const type = column.type?.text
  if (nullable === null || filled === null || column.name === null || type === undefined) return []
  const existing = [quoted(column.name), `existing_type=${type}`, 'nullable=False']
  return [
    { title: 'where one value is right for all rows', code: callCode(at, 'add_column', filled) },
    {
      title: 'else in this revision, so that the code that runs now can still insert',
      code: [...callCode(at, 'add_column', nullable), backfillCode(at, column.name)],
    },
    {
      title: 'and in a later one, once everything that inserts gives a value',
      code: [backfillCode(at, column.name), ...callCode(at, 'alter_column', ...existing)],
    },
  ]
}
