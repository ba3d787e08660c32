import { isReplaced } from '../rules/support/replaced.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import type { Refusal, Repair } from './plan.js'
import { refusal } from './refusal.js'

/** Puts back scripts that the target has and this work has taken away, byte for byte. Edits `draft`. */
export function restoreDeleted(
  draft: Draft,
  { standing, includesTarget }: PlanContext,
): { readonly mended: Repair['mended']; readonly refusals: readonly Refusal[] } {
  const mended: Repair['mended'][number][] = []
  const refusals: Refusal[] = []
  if (standing.published === null || !includesTarget) return { mended, refusals }
  const unreadable = new Set(draft.history.unreadable.map(({ path }) => path))
  for (const { revision, path } of standing.published.map.revisions) {
    if (draft.history.map.has(revision) || isReplaced(draft.history, revision) || unreadable.has(path)) continue
    const bytes = standing.publishedSource(path)
    const taken = draft.history.scripts.find((script) => script.path === path)
    if (bytes === null || taken !== undefined) {
      refusals.push(
        refusal(
          'deleted',
          `published revision ${revision} is gone${taken ? `: ${path} declares ${taken.revision} now` : ''}`,
          {
            path,
            help: 'give the published script its file back, and the new one a file of its own',
          },
        ),
      )
      continue
    }
    draft.add(path, bytes)
    mended.push({ rule: 'deleted-published-revision', path, text: `restores ${revision} from ${standing.target}` })
  }
  return { mended, refusals }
}
