import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { callWith } from './support/lint/calls.js'
import { labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'create_index'>

export const indexNotConcurrent = defineRule({
  name: 'index-not-concurrent',
  severity: 'off',
  profiles: { 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'an index is made on a table that may be large, and nobody can write meanwhile',
  check: (context) =>
    newOperations(context, 'create_index').flatMap((at) =>
      at.operation.table !== null &&
      !at.operation.concurrently &&
      speaksFor(context, ['postgresql'], at) &&
      !isNewTable(context, at)
        ? [finding(context, at)]
        : [],
    ),
})

function finding(context: RuleContext, at: Place): Finding {
  const { name } = at.operation
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `${name === null ? 'an index' : `index ${name}`} is not made concurrently on ${tableName(at)}`,
    labels: [labelAt(at, 'writes wait until it is done')],
    notes: ['PostgreSQL reads the whole table under a lock that lets nobody insert, update or delete'],
    help: isPublished ? null : 'make it concurrently, in a revision of its own',
    ...(isPublished ? {} : { rewrite: rewrite(context, at) }),
    key: [at.script.revision, tableName(at), name ?? String(at.index)],
  }
}

function rewrite(context: RuleContext, at: Place): readonly RewriteStep[] {
  const call = callWith(context, at, 'postgresql_concurrently=True')
  if (call === null) return []
  const title = 'in a revision of its own: the block commits what stands above it'
  return [{ title, code: ['with op.get_context().autocommit_block():', `    ${call}`] }]
}
