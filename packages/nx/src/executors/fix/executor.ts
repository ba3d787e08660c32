import type { ExecutorContext } from '@nx/devkit'
import { planFix } from '@onehead/workspace'
import type { RepairExecutorOptions } from '../repair/options.js'
import { runRepair } from '../repair/run-repair.js'

/** `nx run app:migrate-fix`: brings every history of the project back to one head, with reasons. */
export default function fixExecutor(
  options: RepairExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return runRepair({ kind: 'fix', plan: planFix }, options, context)
}
