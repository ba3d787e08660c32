import { nowInMicroseconds } from '../new-script/index.js'
import { type MergeOptions, planMergeRevisions } from '../repair/plan-merge.js'
import type { PlannedWorkspace } from '../repair/plan-workspace.js'

type MergeAsked = Omit<MergeOptions, 'now'>

/**
 * Plans merge revisions (`onehead merge`): of the heads that are in the working tree, or of those named. The caller closes the
 * plan, and carries it out with `applyPlan`. Throws `UsageError` as `check` does.
 */
export function planMerge(wish: MergeAsked): Promise<PlannedWorkspace> {
  return planMergeRevisions({ ...wish, now: nowInMicroseconds() })
}
