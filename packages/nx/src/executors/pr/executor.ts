import type { ExecutorContext } from '@nx/devkit'
import { runCheck } from '../check/run-check.js'
import { print } from '../task.js'
import type { PrExecutorOptions } from './options.js'

/** `nx run app:migrate-pr`: what will exist once this branch is merged into its target. */
export default async function prExecutor(
  options: PrExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { at, target } = options
  const { success, output } = await runCheck(context.root, options, {
    cache: true,
    ...(at === undefined ? {} : { at }),
    ...(target === undefined ? { mergeWithTarget: true } : { mergeWith: target }),
  })
  await print(output)
  return { success }
}
