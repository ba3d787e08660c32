import type { Operation } from '../operations/operation.js'
import type { Span } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOf, columnName, labelAt } from './support/lint/code.js'
import { type Dialect, speaksFor } from './support/lint/dialects.js'
import { type Misordered, misordered } from './support/lint/misordered.js'
import {
  byScript,
  type NewScript,
  newDowngradeOperations,
  newOperations,
  newScripts,
} from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'
import { wayBack } from './support/lint/way-back.js'

export const downgradeOrder = defineRule({
  name: 'downgrade-order',
  severity: 'warn',
  scope: 'script',
  summary: 'downgrade() takes things away in an order that cannot work',
  check(context) {
    const upgrades = byScript(newOperations(context))
    const downgrades = byScript(newDowngradeOperations(context))
    return newScripts(context).flatMap((one) => {
      const ofScript = (all: typeof upgrades) => (all.get(one.script) ?? []).map(({ operation }) => operation)
      // Such a foreign key is for a second ALTER, which nobody runs: Alembic makes the table and nothing else.
      const isLeftOut = (span: Span) => /\buse_alter\s*=\s*True/.test(codeOf(context, one, span))
      return misordered(ofScript(upgrades), ofScript(downgrades), isLeftOut)
        .filter((pair) => failsSomewhere(context, one, pair))
        .map((pair) => finding(context, one, pair))
    })
  },
})

/** In the databases that are meant. SQLite lets go of a table whatever points to it, and makes a whole batch at once. */
function failsSomewhere(context: RuleContext, { operations }: NewScript, { first, second, why }: Misordered): boolean {
  const inBatch = first.context.batch && second.context.batch
  const dialects: readonly Dialect[] =
    first.kind === 'drop_type' ? ['postgresql'] : why === 'held' || inBatch ? WITHOUT_SQLITE : []
  return dialects.length === 0 || speaksFor(context, dialects, { operations, operation: second })
}

const WITHOUT_SQLITE = ['postgresql', 'mysql', 'mssql', 'oracle'] as const

function finding(context: RuleContext, one: NewScript, { first, second, why }: Misordered): Finding {
  const { script, operations } = one
  const published = context.isPublished(script.revision)
  const code = published ? null : wayBack(operations.upgrade.operations)
  return {
    message: `downgrade() drops ${nameOf(first)} before ${nameOf(second)}`,
    labels: [
      labelAt({ script, operation: first }, 'runs first'),
      labelAt({ script, operation: second }, why === 'gone' ? 'has gone by then' : 'still needs it'),
    ],
    notes: [
      why === 'gone'
        ? 'the downgrade stops at the second: what it names went with the first'
        : 'the downgrade stops at the first: the database keeps what something else points to',
    ],
    help: published ? null : 'change their order: backwards is the reverse of upgrade()',
    rewrite: code === null ? [] : [{ title: 'downgrade(), in the reverse order of upgrade()', code }],
    key: [script.revision, nameOf(first), nameOf(second)],
  }
}

function nameOf(operation: Operation): string {
  switch (operation.kind) {
    case 'drop_table':
      return `table ${tableName({ operation })}`
    case 'drop_column':
      return `column ${columnName(tableName({ operation }), operation.column)}`
    case 'drop_index':
      return `index ${operation.name ?? 'without a name'}`
    case 'drop_constraint':
      return `constraint ${operation.name ?? 'without a name'}`
    case 'drop_type':
      return `type ${operation.name ?? 'without a name'}`
    default:
      return 'a change to it'
  }
}
