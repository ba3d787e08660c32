import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { labelAt, quoted } from './support/lint/code.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'drop_table'>

export const dropTable = defineRule({
  name: 'drop-table',
  severity: 'info',
  profiles: { strict: 'warn', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'a table goes, with its rows, while the program that reads it may still run',
  check: (context) =>
    newOperations(context, 'drop_table').flatMap((at) =>
      at.operation.table === null || isNewTable(context, at) ? [] : [finding(context, at)],
    ),
})

function finding(context: RuleContext, at: Place): Finding {
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `table ${tableName(at)} is dropped`,
    labels: [labelAt(at, 'its rows are gone')],
    notes: ['no downgrade brings the rows back'],
    help: isPublished ? null : 'rename it first, and drop it when nobody has missed it',
    ...(isPublished ? {} : { rewrite: rewrite(at) }),
    key: [at.script.revision, tableName(at)],
  }
}

function rewrite({ operation: { table, schema } }: Place): readonly RewriteStep[] {
  if (table === null) return []
  const inSchema = schema === null ? '' : `, schema=${quoted(schema)}`
  const unused = quoted(`unused_${table}`)
  return [
    { title: 'in this revision', code: [`op.rename_table(${quoted(table)}, ${unused}${inSchema})`] },
    { title: 'in one of a later release', code: [`op.drop_table(${unused}${inSchema})`] },
  ]
}
