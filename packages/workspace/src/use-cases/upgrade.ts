import { hasReached, type UpgradeOutcome, type UpgradePlan } from '@onehead/core'
import { upgrade as upgradeWithAlembic } from '../alembic/commands.js'
import { UsageError } from '../errors.js'
import type { Move } from '../upgrade/carry-out.js'
import { carryOutAll } from '../upgrade/carry-out-all.js'
import type { UpgradeOptions } from '../upgrade/options.js'
import { planEnvironments, type ReadyEnvironment } from '../upgrade/plan-environments.js'
import { upgradePlanner } from '../upgrade/plan-upgrades.js'
import { type PrintedSql, printSql } from '../upgrade/print-sql.js'
import { type OpenWorkspace, openWorkspace } from './open-workspace.js'

export interface UpgradeResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly UpgradeOutcome[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/**
 * Upgrades the databases of every environment, one after the other: checks, plans, backs up, runs the project's own Alembic, and asks
 * where they stand then. Where one environment is refused, none is touched; where one fails, those after it are not. Restores nothing.
 * Throws `UsageError` as `openWorkspace` does, and where `to` is meant for several environments.
 */
export async function upgrade(options: UpgradeOptions): Promise<UpgradeResult> {
  const workspace = await openWorkspace(options)
  refuseManyTargets(workspace, options.to ?? null)
  const planned = await planEnvironments(workspace, options, upgradePlanner(workspace, options))
  options.onProgress?.({ kind: 'planned', plans: planned.environments.map(({ plan }) => plan) })
  const carried = await carryOutAll(planned, { moveOf, hasNothing }, workspace.configuration, options)
  const environments = carried.map((one) => ({ ...one, kind: one.kind === 'done' ? 'upgraded' : one.kind }) as const)
  return { environments, stopped: planned.stopped }
}

function moveOf({ plan, history, runner, answer }: ReadyEnvironment<UpgradePlan>): Move {
  const { target, targetIds, backup } = plan
  return {
    ...{ runner, answer, command: 'upgrade', target, backup },
    databases: plan.databases.map(({ status, pending }) => ({ name: status.name, steps: pending })),
    hasArrived: (after) => after.every(({ rows }) => hasReached(history, rows, targetIds)),
  }
}

function hasNothing({ databases }: UpgradePlan): boolean {
  return databases.every(({ pending }) => pending.length === 0)
}

/** A revision belongs to one history. */
function refuseManyTargets({ environments, broken }: OpenWorkspace, to: string | null): void {
  if (to === null || environments.length + broken.length === 1) return
  throw new UsageError(`${to} is a revision of one environment, and ${environments.length + broken.length} are meant`, {
    help: `name the environment: onehead upgrade ${environments[0]?.name ?? '<environment>'} --to ${to}`,
  })
}

/** Prints what `alembic upgrade --sql` prints. Throws `UsageError` as `upgrade` does. */
export async function upgradeSql(options: UpgradeOptions): Promise<readonly PrintedSql[]> {
  const workspace = await openWorkspace(options)
  refuseManyTargets(workspace, options.to ?? null)
  return printSql(workspace, options, (runner, how) => upgradeWithAlembic(runner, options.to ?? 'heads', how))
}
