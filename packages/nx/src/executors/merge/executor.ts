import type { ExecutorContext } from '@nx/devkit'
import { planMerge } from '@onehead/workspace'
import { runRepair } from '../repair/run-repair.js'
import type { MergeExecutorOptions } from './options.js'

/** `nx run app:migrate-merge`: joins the heads of the project with a merge revision. */
export default function mergeExecutor(
  options: MergeExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { heads = [], message = null, revisionId = null, branchLabel = null, allowOverlap = false } = options
  const wish = { heads, message, revision: revisionId, branchLabel, allowOverlap, dryRun: options.dryRun ?? false }
  return runRepair(
    {
      kind: 'merge',
      plan: ({ root, environments = [], configs = [], offline = false }) =>
        planMerge({ root, environments, configs, offline, ...wish }),
    },
    options,
    context,
  )
}
