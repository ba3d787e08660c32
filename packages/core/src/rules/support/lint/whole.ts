import type { RuleContext } from '../../rule.js'

/** Without a part of the history nobody can tell what is in that. */
export function isWhole({ history }: RuleContext): boolean {
  const { error, uncertain, unreadable, environment } = history
  return error === null && !uncertain && unreadable.length === 0 && environment.settings.externalRevisions.length === 0
}
