import type { ExecutorContext } from '@nx/devkit'
import { formatUpgradeJson, formatUpgradeOutcome, formatUpgradePlan, isUpgraded, type UpgradePlan } from '@onehead/core'
import { upgradeDatabases } from '@onehead/workspace'
import { runDatabase } from '../database/run-database.js'
import { taskLook, typedAgain } from '../database/tasks.js'
import { tellStep } from '../database/tell.js'
import type { UpgradeExecutorOptions } from './options.js'

/** `nx run app:migrate-upgrade`: backs up and upgrades the databases of the project, and asks where they stand then. */
export default function upgradeExecutor(
  options: UpgradeExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { to = null, dryRun = false, acceptMoved = false } = options
  const noBackup = options.noBackup === true || options.backup === false
  return runDatabase('upgrade', options, context, async ({ given, isText, look, command }) => {
    const lookOf = (plans: readonly UpgradePlan[]) => taskLook(context, look, plans)
    const { environments, stopped } = await upgradeDatabases({
      ...{ ...given, to, dryRun, noBackup, acceptMoved },
      now: Date.now,
      onProgress: (step) => {
        if (step.kind !== 'planned') tellStep(step, isText)
        else if (isText) process.stdout.write(formatUpgradePlan(step.plans, lookOf(step.plans)))
      },
    })
    const isWell = dryRun ? environments.every(({ kind }) => kind !== 'refused') : environments.every(isUpgraded)
    const success = isWell && stopped === null
    if (!isText) return { success, text: formatUpgradeJson(environments) }
    if (stopped !== null) return { success, text: `stopped by ${stopped}: nothing was run\n` }
    if (!dryRun)
      return { success, text: formatUpgradeOutcome(environments, lookOf(environments.map(({ plan }) => plan))) }
    const isPlanned = isWell && environments.some(({ kind }) => kind === 'untouched')
    return {
      success,
      text: isPlanned ? `nothing is run yet; next: \`${typedAgain(command, options, context)}\`\n` : '',
    }
  })
}
