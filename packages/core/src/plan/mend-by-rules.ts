import { judgeHistory } from '../rules/judge.js'
import type { RuleName } from '../rules/registry.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import type { Repair } from './plan.js'

/**
 * Applies the safe fixes of these rules to scripts that are not published, until none is left. Edits `draft`.
 */
export function mendByRules(draft: Draft, { standing }: PlanContext, only: readonly RuleName[]): Repair['mended'] {
  const mended: Repair['mended'][number][] = []
  // Each round repairs at least one script, and a repaired script has no such finding any more.
  for (let round = 0; round <= draft.history.scripts.length; round++) {
    const { diagnostics } = judgeHistory(draft.history, {
      levels: () => 'error',
      isPublished: (_, id) => standing.publishedIn(id) !== null,
      baseline: new Set(),
      scripts: 'all',
      only,
      source: draft.source,
    })
    const published = new Set(
      draft.history.scripts.filter(({ revision }) => standing.publishedIn(revision) !== null).map(({ path }) => path),
    )
    const next = diagnostics.find(
      ({ fix }) =>
        fix !== null &&
        fix.applicability === 'safe' &&
        fix.edits.length > 0 &&
        fix.edits.every(({ path }) => !published.has(path)),
    )
    if (next === undefined) return mended
    draft.edit(
      next.fix!.edits.map(({ path, range, text }) => ({
        path,
        span: { start: range.start.offset, end: range.end.offset },
        text,
      })),
    )
    mended.push({ rule: next.rule, path: next.labels[0]?.path ?? '', text: next.help ?? next.message })
  }
  return mended
}
