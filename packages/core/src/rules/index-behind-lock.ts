import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { locks } from './support/lint/locks.js'
import { before, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'create_index'>

export const indexBehindLock = defineRule({
  name: 'index-behind-lock',
  severity: 'off',
  profiles: { strict: 'info', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'an index is made while the same transaction has locked its table',
  check: (context) =>
    newOperations(context, 'create_index').flatMap((at) => {
      const { operation } = at
      if (operation.context.autocommit || !speaksFor(context, ['postgresql'], at) || isNewTable(context, at)) return []
      const locking = before(at).find((one) => locks(one) && isSameTable(operation, one.table, one.schema))
      return locking === undefined ? [] : [finding(context, at, locking)]
    }),
})

function finding(context: RuleContext, at: Place, locking: Parameters<typeof labelAt>[0]['operation']): Finding {
  const { name } = at.operation
  const table = tableName(at)
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `${name === null ? 'an index' : `index ${name}`} is made while ${table} is locked`,
    labels: [
      labelAt(at, 'reads the whole table under the lock'),
      labelAt({ ...at, operation: locking }, 'locks the table'),
    ],
    notes: [
      'PostgreSQL keeps the lock until the end of the transaction: until the index is there, nobody reads the table',
    ],
    help: isPublished ? null : 'make the index in a revision of its own, above this one',
    key: [at.script.revision, table, name ?? String(at.index)],
  }
}
