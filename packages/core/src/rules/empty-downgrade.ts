import type { Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { headerLabel, saysWhy } from './support/lint/function-words.js'
import { type NewScript, newScripts } from './support/lint/new-operations.js'
import { wayBack } from './support/lint/way-back.js'

export const emptyDowngrade = defineRule({
  name: 'empty-downgrade',
  severity: 'off',
  profiles: { strict: 'warn' },
  scope: 'script',
  summary: 'a script changes the schema and has no way back',
  check: (context) =>
    newScripts(context)
      .filter((one) => one.script.downRevisions.length < 2 && leadsNowhere(one))
      .filter((one) => !saysWhy(context, one, one.operations.downgrade))
      .map((one) => finding(context, one)),
})

function leadsNowhere({ operations: { upgrade, downgrade } }: NewScript): boolean {
  return downgrade.isEmpty && !downgrade.raises && upgrade.operations.some(changesSchema)
}

/** Rows that were filled in need not be emptied again, and PostgreSQL cannot take a value out of an enum. */
function changesSchema(operation: Operation): boolean {
  switch (operation.kind) {
    case 'opaque':
    case 'execute':
    case 'bulk_insert':
    case 'table_comment':
      return false
    case 'alter_type':
      return operation.newName !== null
    default:
      return true
  }
}

function finding(context: RuleContext, one: NewScript): Finding {
  const { script, operations } = one
  const { upgrade, downgrade } = operations
  const label =
    downgrade.span === null
      ? headerLabel(context, one, upgrade.span ?? NOWHERE, 'there is no downgrade() beside it')
      : headerLabel(context, one, downgrade.span, 'empty')
  return {
    message: `${script.revision} changes the schema, and its downgrade() does not change it back`,
    labels: [label],
    notes: [
      downgrade.span === null
        ? 'Alembic ends in an AttributeError where it looks for downgrade()'
        : 'Alembic calls it a success and stamps the revision below; the next upgrade then stops at what is there already',
    ],
    help: context.isPublished(script.revision)
      ? null
      : 'write the way back, or say that there is none: `# irreversible: …`',
    rewrite: rewriteOf(upgrade.operations, script.downRevisions[0] ?? 'base'),
    key: [script.revision],
  }
}

const NOWHERE = { start: 0, end: 0 }

function rewriteOf(operations: readonly Operation[], below: string): readonly RewriteStep[] {
  const code = wayBack(operations.filter(changesSchema))
  if (code !== null) return [{ title: `in downgrade(), back to ${below}`, code }]
  return [
    { title: 'in downgrade(), where no way leads back', code: [`raise NotImplementedError('irreversible: <why>')`] },
  ]
}
