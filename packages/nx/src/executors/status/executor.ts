import type { ExecutorContext } from '@nx/devkit'
import { formatStatus, formatStatusJson, isWell } from '@onehead/core'
import { status } from '@onehead/workspace'
import { runDatabase } from '../database/run-database.js'
import { taskInstead } from '../database/tasks.js'
import type { StatusExecutorOptions } from './options.js'

/** `nx run app:migrate-status`: asks the databases of the project where they stand, and changes nothing. */
export default function statusExecutor(
  options: StatusExecutorOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return runDatabase('status', options, context, async ({ given, isText, look }) => {
    const { environments, stopped } = await status(given)
    const databases = environments.flatMap((environment) => environment.databases)
    const isBehind = databases.some(({ pending }) => pending !== null && pending.length > 0)
    const success = stopped === null && environments.every(isWell) && !(options.checkHeads === true && isBehind)
    if (!isText) return { success, text: formatStatusJson(environments) }
    const stopping = stopped === null ? '' : `stopped by ${stopped}: not every database was asked\n`
    return {
      success,
      text: formatStatus(environments, { ...look, instead: taskInstead(context, environments) }) + stopping,
    }
  })
}
