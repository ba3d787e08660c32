import type { Edit } from '../text/span.js'
import { defineRule, type Finding, type IgnoreUse, type RuleContext } from './rule.js'
import { list } from './support/words.js'

export const unusedIgnore = defineRule({
  name: 'unused-ignore',
  severity: 'warn',
  scope: 'graph',
  summary: 'an ignore comment silences nothing, gives no reason, or names no rule',
  check: (context) => context.ignores.flatMap((use) => findings(context, use)),
})

function findings(context: RuleContext, use: IgnoreUse): Finding[] {
  const { comment, unknown, unused } = use
  const found: Finding[] = []
  for (const { name, near } of unknown) found.push(unknownRule(use, name, near))
  if (comment.rules.length === 0) found.push(noRule(use))
  const idle = unused.filter(({ name }) => name !== 'unused-ignore')
  if (idle.length > 0) found.push(silencesNothing(context, use, idle))
  if (comment.reason === '' && idle.length === 0 && unknown.length === 0 && comment.rules.length > 0)
    found.push(noReason(use))
  return found
}

function placed({ path, comment }: IgnoreUse, text: string) {
  return [{ path, span: comment.span, text }]
}

function unknownRule(use: IgnoreUse, name: string, near: string | null): Finding {
  return {
    message: `no rule is called "${name}"`,
    labels: placed(use, 'silences nothing'),
    help: near === null ? 'delete the name' : `write "${near}"`,
    key: [use.path, 'unknown', name],
  }
}

function noRule(use: IgnoreUse): Finding {
  return {
    message: 'this ignore comment names no rule',
    labels: placed(use, 'silences nothing'),
    help: 'name the rule and the reason: `# onehead: ignore <rule> — <reason>`',
    key: [use.path, 'no rule'],
  }
}

function noReason(use: IgnoreUse): Finding {
  return {
    message: 'this ignore comment gives no reason',
    labels: placed(use, 'why?'),
    help: `write the reason behind it: \`# onehead: ${use.comment.scope === 'file' ? 'ignore-file' : 'ignore'} ${use.comment.rules.join(', ')} — <reason>\``,
    key: [use.path, 'no reason', ...use.comment.rules],
  }
}

function silencesNothing(context: RuleContext, use: IgnoreUse, idle: IgnoreUse['unused']): Finding {
  const isWhole = idle.length === use.comment.rules.length
  const names = idle.map(({ name }) => name)
  // What a history lacks today another branch may have; what one script lacks is gone for good.
  const safe = idle.every(({ scope }) => scope === 'script')
  return {
    message: `nothing here for ${list(names)} to find`,
    labels: placed(use, 'silences nothing'),
    help: isWhole ? 'delete the comment' : `take ${list(names)} out of the comment`,
    fix: isWhole ? { applicability: safe ? 'safe' : 'ask', edits: [removal(context, use)], command: null } : null,
    key: [use.path, 'unused', ...names],
  }
}

/** The comment with the spaces before it, and with its line where it stands alone. */
function removal(context: RuleContext, { path, comment }: IgnoreUse): Edit {
  const bytes = context.source(path)
  let { start, end } = comment.span
  while (start > 0 && (bytes[start - 1] === 32 || bytes[start - 1] === 9)) start--
  if (comment.alone) {
    if (bytes[end] === 13) end++
    if (bytes[end] === 10) end++
  }
  return { path, span: { start, end }, text: '' }
}
