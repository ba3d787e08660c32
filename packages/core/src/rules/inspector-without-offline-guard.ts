import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { type NewScript, newScripts } from './support/lint/new-operations.js'

export const inspectorWithoutOfflineGuard = defineRule({
  name: 'inspector-without-offline-guard',
  severity: 'warn',
  scope: 'script',
  summary: 'a script asks the database, also where there is none (`--sql`)',
  check: (context) => newScripts(context).flatMap((one) => finding(context, one) ?? []),
})

/** One for each script: whoever guards the first question guards them all. */
function finding(context: RuleContext, { script, operations }: NewScript): Finding | null {
  const asked = operations.inspections.filter(
    ({ offlineGuarded, direction }) => !offlineGuarded && direction === 'upgrade',
  )
  const [first] = asked
  if (first === undefined) return null
  const isPublished = context.isPublished(script.revision)
  return {
    message: `${script.revision} asks the database what is there, also offline`,
    labels: [
      labelAt({ script, operation: first }, asked.length === 1 ? '' : `the first of ${asked.length} such questions`),
    ],
    notes: ['`alembic upgrade --sql` has no database: it stops here, and with it every tool that reads its SQL'],
    help: isPublished
      ? null
      : 'let the operation look for itself (`if_not_exists=True`, `if_exists=True`), or ask only where there is a database',
    ...(isPublished
      ? {}
      : {
          rewrite: [
            {
              title: 'around the questions, with the answer for an empty database where there is none',
              code: [
                'if context.is_offline_mode():',
                '    …',
                'else:',
                '    inspector = sa.inspect(op.get_bind())',
                '    …',
              ],
            },
          ],
        }),
    key: [script.revision],
  }
}
