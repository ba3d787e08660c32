import type { ExecutorContext } from '@nx/devkit'
import { planRebase } from '@onehead/workspace'
import type { RepairExecutorOptions } from '../repair/options.js'
import { runRepair } from '../repair/run-repair.js'

/** `nx run app:migrate-rebase`: puts the unpublished revisions of the project on top of the target's. */
export default function rebaseExecutor(
  options: RepairExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return runRepair({ kind: 'rebase', plan: planRebase }, options, context)
}
