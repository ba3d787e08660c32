import type { History } from '../../history/history.js'
import { list } from './words.js'

/** True where onehead.json says that this published revision is replaced on purpose. */
export function isReplaced({ environment }: History, revision: string): boolean {
  return environment.settings.replacedRevisions?.includes(revision) ?? false
}

/** How to say so. */
export function replacementNote({ environment }: History, ids: readonly string[]): string {
  const quoted = list(
    ids.map((id) => `"${id}"`),
    3,
  )
  return `to replace it on purpose (a squash, a clean-up), list ${quoted} under \`replacedRevisions\` of "${environment.path}" in onehead.json`
}
