import { defineRule, type Finding, type RuleContext } from './rule.js'
import { headerLabel, saysWhy } from './support/lint/function-words.js'
import { type NewScript, newScripts } from './support/lint/new-operations.js'
import { list } from './support/words.js'

export const emptyUpgrade = defineRule({
  name: 'empty-upgrade',
  severity: 'warn',
  scope: 'script',
  summary: 'a new script does nothing, and is no merge either',
  check: (context) =>
    newScripts(context)
      .filter((one) => doesNothing(one) && !joinsOrMarks(one) && !isSaid(context, one))
      .map((one) => finding(context, one)),
})

function doesNothing({ operations: { upgrade, downgrade } }: NewScript): boolean {
  return upgrade.span !== null && upgrade.isEmpty && downgrade.operations.length === 0 && !downgrade.raises
}

/** What a script is for that does nothing: a merge, a base to stamp, a branch that gets its name, a dependency. */
function joinsOrMarks({ script }: NewScript): boolean {
  const { downRevisions, dependsOn, branchLabels, unknown } = script
  return downRevisions.length !== 1 || dependsOn.length + branchLabels.length + unknown.length > 0
}

function isSaid(context: RuleContext, one: NewScript): boolean {
  const { upgrade, downgrade } = one.operations
  const { message, longdoc } = one.script
  const explained = longdoc.slice(message.length).replace(/^\W*(?:Revision ID|Revises|Create Date):.*$/gm, '')
  if (ON_PURPOSE.test(message) || /\p{L}{2}/u.test(explained)) return true
  return [upgrade, downgrade].some((body) => saysWhy(context, one, body))
}

const ON_PURPOSE = /\b(?:no[- ]?op|placeholder|baseline|squash(?:ed)?|marker|stub|dummy|removed|reverted|moved)\b/i

function finding(context: RuleContext, one: NewScript): Finding {
  const { script, operations } = one
  const children = context.history.scripts.filter(({ downRevisions }) => downRevisions.includes(script.revision))
  return {
    message: `revision ${script.revision} does nothing`,
    labels: [headerLabel(context, one, operations.upgrade.span!, 'empty')],
    notes: ['whatever it was meant for has not been written, or stands in another revision'],
    help: context.isPublished(script.revision) ? null : helpOf(one, children),
    key: [script.revision],
  }
}

function helpOf({ script }: NewScript, children: readonly { readonly revision: string }[]): string {
  if (children.length === 0) return 'write what it is for, or delete it before anybody else has it'
  const above = list(children.map(({ revision }) => revision))
  return `write what it is for, or delete it and let ${above} revise ${script.downRevisions[0]}`
}
