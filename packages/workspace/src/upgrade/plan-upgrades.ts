import { type EnvironmentStatus, planUpgrade, type UpgradePlan, type UpgradeRefusal } from '@onehead/core'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import type { SourceReader } from '../use-cases/sources.js'
import { findLacking } from './find-lacking.js'
import type { UpgradeOptions } from './options.js'
import { type AskedEnvironment, backupWish, leftoversIn, type Planner } from './plan-environments.js'

/** How `upgrade` plans. */
export function upgradePlanner(workspace: OpenWorkspace, options: UpgradeOptions): Planner<UpgradePlan> {
  const refused = (status: EnvironmentStatus, refusal: UpgradeRefusal): UpgradePlan => {
    const target = options.to ?? 'head'
    return { status, target, targetIds: [], databases: [], refusal, backup: 'wanted' }
  }
  const plan = async (asked: AskedEnvironment, status: EnvironmentStatus, reader: SourceReader) => {
    const { history, runner, answer } = asked
    const backup = backupWish(workspace, history, options.noBackup)
    const wish = { to: options.to ?? null, backup, leftovers: leftoversIn(answer), operations: reader.operations }
    const plan = await reader.complete(() => planUpgrade(history, status, wish))
    if (plan.refusal !== null || options.acceptMoved || runner.kind === 'missing') return plan
    const refusal = await findLacking(history, runner, status, reader, options.x ?? [])
    return refusal === null ? plan : { ...plan, databases: [], refusal }
  }
  return { minds: () => true, refused, plan }
}
