import type { ExecutorContext } from '@nx/devkit'
import {
  type DowngradePlan,
  formatDowngradeJson,
  formatDowngradeOutcome,
  formatDowngradePlan,
  isDowngraded,
} from '@onehead/core'
import { downgradeDatabases } from '@onehead/workspace'
import { runDatabase } from '../database/run-database.js'
import { taskLook, typedAgain } from '../database/tasks.js'
import { tellStep } from '../database/tell.js'
import type { DowngradeExecutorOptions } from './options.js'

/** Takes the databases of a project back to a revision. No target is inferred for it: nobody is to do that by oversight. */
export default function downgradeExecutor(
  options: DowngradeExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { to, dryRun = false, acceptIrreversible = false } = options
  const noBackup = options.noBackup === true || options.backup === false
  return runDatabase('downgrade', options, context, async ({ given, isText, look, command }) => {
    const lookOf = (plans: readonly DowngradePlan[]) => taskLook(context, look, plans)
    const { environments, stopped } = await downgradeDatabases({
      ...{ ...given, to, dryRun, noBackup, acceptIrreversible },
      now: Date.now,
      onProgress: (step) => {
        if (step.kind !== 'planned') tellStep(step, isText)
        else if (isText) process.stdout.write(formatDowngradePlan(step.plans, lookOf(step.plans)))
      },
    })
    const isWell = dryRun ? environments.every(({ kind }) => kind !== 'refused') : environments.every(isDowngraded)
    const success = isWell && stopped === null
    if (!isText) return { success, text: formatDowngradeJson(environments) }
    if (stopped !== null) return { success, text: `stopped by ${stopped}: nothing was run\n` }
    if (!dryRun)
      return { success, text: formatDowngradeOutcome(environments, lookOf(environments.map(({ plan }) => plan))) }
    const isPlanned = isWell && environments.some(({ kind }) => kind === 'untouched')
    return {
      success,
      text: isPlanned ? `nothing is run yet; next: \`${typedAgain(command, options, context)}\`\n` : '',
    }
  })
}
