import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { backfillCode, callCode, columnName, labelAt, prefixOf, quoted } from './support/lint/code.js'
import { isNewColumn } from './support/lint/new-columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'alter_column'>

export const renameColumn = defineRule({
  name: 'rename-column',
  severity: 'info',
  profiles: { strict: 'warn', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'a column gets another name, while the program that knows the old one may still run',
  check: (context) =>
    newOperations(context, 'alter_column').flatMap((at) => {
      const { newName, column, table } = at.operation
      if (newName === null || newName === column || table === null || isNewTable(context, at)) return []
      return isNewColumn(context, at, column) ? [] : [finding(context, at, newName)]
    }),
})

function finding(context: RuleContext, at: Place, newName: string): Finding {
  const name = columnName(tableName(at), at.operation.column)
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `column ${name} becomes ${newName}`,
    labels: [labelAt(at, 'from here on only the new name is there')],
    notes: ['a program that was started before asks for the old name, and fails until it is replaced'],
    help: isPublished ? null : 'keep both names for one release, or stop the program meanwhile',
    ...(isPublished ? {} : { rewrite: rewrite(at, newName) }),
    key: [at.script.revision, name, newName],
  }
}

function rewrite(at: Place, newName: string): readonly RewriteStep[] {
  const { column, existingType, fromSql } = at.operation
  if (column === null || fromSql) return []
  const type = existingType?.text ?? '<type>'
  const library = (prefixOf(existingType) ?? 'sa.').replace('postgresql.', 'sa.')
  return [
    {
      title: 'in this revision; from now on the program writes both',
      code: callCode(at, 'add_column', `${library}Column(${quoted(newName)}, ${type}, nullable=True)`),
    },
    { title: 'in a later one', code: [backfillCode(at, newName, column)] },
    { title: 'and in a third one, once nothing reads the old name', code: callCode(at, 'drop_column', quoted(column)) },
  ]
}
