import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOnOneLine, labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { locks } from './support/lint/locks.js'
import { before, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable } from './support/lint/new-tables.js'

type Place = NewOperation<'execute'>

export const backfillWithDdl = defineRule({
  name: 'backfill-with-ddl',
  severity: 'off',
  profiles: { strict: 'info', 'postgresql-online': 'warn' },
  scope: 'script',
  summary: 'rows are changed while the same transaction has locked their table',
  check(context) {
    const places = newOperations(context, 'execute').filter(
      (at) => changesRows(at) && speaksFor(context, ['postgresql', 'mssql'], at),
    )
    // Once for each table of a script, however many statements follow.
    const found = places.flatMap((at) => finding(context, at))
    return [...new Map(found.toReversed().map((one) => [one.key.join(' '), one])).values()].toReversed()
  },
})

/** An INSERT does not go through what is there. */
function changesRows({ operation: { effect, sql, context } }: Place): boolean {
  return effect === 'data' && !context.autocommit && !/^\s*INSERT\b/i.test(sql ?? '')
}

function finding(context: RuleContext, at: Place): readonly Finding[] {
  for (const text of at.operation.tables ?? []) {
    const [table = '', schema = null] = text.split('.').reverse()
    const locking = before(at).find((one) => locks(one) && isSameTable(one, table, schema))
    if (locking === undefined || isNewTable(context, { ...at, operation: { table, schema } })) continue
    return [
      {
        message: `rows of ${text} are changed while its table is locked`,
        labels: [labelAt(at, 'runs under the lock'), labelAt({ ...at, operation: locking }, 'locks the table')],
        notes: ['the lock is held until the end of the transaction: as long as this runs, nobody reads the table'],
        help: context.isPublished(at.script.revision)
          ? null
          : 'change the rows in a revision of its own, in batches where they are many',
        rewrite: at.operation.fromSql
          ? []
          : [
              {
                title: 'in upgrade() of a revision above this one',
                code: [codeOnOneLine(context, at, at.operation.span)],
              },
            ],
        key: [at.script.revision, text],
      },
    ]
  }
  return []
}
