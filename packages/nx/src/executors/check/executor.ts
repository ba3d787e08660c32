import type { ExecutorContext } from '@nx/devkit'
import { print } from '../task.js'
import type { CheckExecutorOptions } from './options.js'
import { runCheck } from './run-check.js'

/** `nx run app:migrate-check` where Nx does not batch. */
export default async function checkExecutor(
  options: CheckExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { success, output } = await runCheck(context.root, options)
  await print(output)
  return { success }
}
