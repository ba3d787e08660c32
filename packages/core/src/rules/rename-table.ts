import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { codeOnOneLine, labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'rename_table'>

export const renameTable = defineRule({
  name: 'rename-table',
  severity: 'info',
  profiles: { strict: 'warn', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'a table gets another name, while the program that knows the old one may still run',
  check: (context) =>
    newOperations(context, 'rename_table').flatMap((at) =>
      at.operation.newName === null || at.operation.table === null || isNewTable(context, at) || isExchanged(at)
        ? []
        : [finding(context, at, at.operation.newName)],
    ),
})

/** The name is taken again at once, by a copy or a view: that is how tables are made anew. */
function isExchanged({ operations: { upgrade }, operation: { table }, index }: Place): boolean {
  return upgrade.operations.some((one, place) => {
    if (one.kind === 'rename_table') return one.newName === table
    if (place < index) return false
    if (one.kind === 'create_table') return one.table === table
    return one.kind === 'execute' && new RegExp(`\\bview\\s+["\`]?${table}\\b`, 'i').test(one.sql ?? '')
  })
}

function finding(context: RuleContext, at: Place, newName: string): Finding {
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `table ${tableName(at)} becomes ${newName}`,
    labels: [labelAt(at, 'from here on only the new name is there')],
    notes: [
      'a program that was started before asks for the old name, and fails until it is replaced',
      ...(speaksFor(context, ['postgresql'], at)
        ? ['PostgreSQL leaves the names of its sequences, indexes and constraints as they are']
        : []),
    ],
    help: isPublished ? null : 'leave a view under the old name for one release',
    ...(isPublished ? {} : { rewrite: rewrite(context, at, newName) }),
    key: [at.script.revision, tableName(at), newName],
  }
}

function rewrite(context: RuleContext, at: Place, newName: string): readonly RewriteStep[] {
  const { table, schema, fromSql, span, callSite } = at.operation
  if (table === null || schema !== null || fromSql || callSite.start !== span.start) return []
  if (![table, newName].every((name) => /^[a-z_][a-z0-9_]*$/.test(name))) return []
  return [
    {
      title: 'in this revision',
      code: [codeOnOneLine(context, at, span), `op.execute('CREATE VIEW ${table} AS SELECT * FROM ${newName}')`],
    },
    { title: 'in one of a later release', code: [`op.execute('DROP VIEW ${table}')`] },
  ]
}
