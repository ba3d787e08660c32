import { hasReached, type UpgradeOutcome, type UpgradePlan } from '@onehead/core'
import { upgrade as upgradeWithAlembic } from '../alembic/commands.js'
import type { RunFailure } from '../alembic/failure.js'
import { findRunners } from '../alembic/find-runners.js'
import type { RunnerMissing } from '../alembic/runner.js'
import { UsageError } from '../errors.js'
import { carryOut, type Move } from '../upgrade/carry-out.js'
import type { UpgradeOptions } from '../upgrade/options.js'
import { planEnvironments, type ReadyEnvironment } from '../upgrade/plan-environments.js'
import { upgradePlanner } from '../upgrade/plan-upgrades.js'
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
  const { environments, stopped } = await planEnvironments(workspace, options, upgradePlanner(workspace, options))
  const plans = environments.map(({ plan }) => plan)
  options.onProgress?.({ kind: 'planned', plans })
  const isRefused = stopped !== null || plans.some(({ refusal }) => refusal !== null)
  const outcomes: UpgradeOutcome[] = []
  let goesOn = !isRefused && options.dryRun !== true
  for (const one of environments) {
    if (!goesOn || !('runner' in one)) {
      outcomes.push(untouched(one.plan))
      continue
    }
    const result = await carryOut(moveOf(one), workspace.configuration, options)
    goesOn = result.kind !== 'failed'
    outcomes.push({ ...result, plan: one.plan, kind: result.kind === 'done' ? 'upgraded' : result.kind })
  }
  return { environments: outcomes, stopped }
}

function moveOf({ plan, history, runner, answer }: ReadyEnvironment<UpgradePlan>): Move {
  const { target, targetIds, backup } = plan
  return {
    ...{ runner, answer, command: 'upgrade', target, backup },
    databases: plan.databases.map(({ status, pending }) => ({ name: status.name, steps: pending })),
    hasArrived: (after) => after.every(({ rows }) => hasReached(history, rows, targetIds)),
  }
}

function untouched(plan: UpgradeOutcome['plan']): UpgradeOutcome {
  const hasNothing = plan.refusal === null && plan.databases.every(({ pending }) => pending.length === 0)
  const kind = plan.refusal !== null ? 'refused' : hasNothing ? 'nothing' : 'untouched'
  return { plan, kind, backups: [], done: [], failure: null, after: null }
}

/** A revision belongs to one history. */
function refuseManyTargets({ environments, broken }: OpenWorkspace, to: string | null): void {
  if (to === null || environments.length + broken.length === 1) return
  throw new UsageError(`${to} is a revision of one environment, and ${environments.length + broken.length} are meant`, {
    help: `name the environment: onehead upgrade ${environments[0]?.name ?? '<environment>'} --to ${to}`,
  })
}

/** The statements of an upgrade of one environment. */
export interface UpgradeSql {
  readonly environment: string
  /** As Alembic prints them. */
  readonly sql: string
  readonly failure: RunFailure | RunnerMissing | null
}

/** Prints what `alembic upgrade --sql` prints, up to the first that fails. No database is touched, and so nothing is backed up. */
export async function upgradeSql(options: UpgradeOptions): Promise<readonly UpgradeSql[]> {
  const { root, shell = process.env, x = [], onProgress } = options
  const workspace = await openWorkspace(options)
  refuseManyTargets(workspace, options.to ?? null)
  const { environments, configuration } = workspace
  const printed: UpgradeSql[] = []
  for (const runner of await findRunners(root, environments, configuration, shell)) {
    const environment = runner.environment.name
    if (runner.kind === 'missing') return [...printed, { environment, sql: '', failure: runner }]
    const onOutput = (line: string, stream: string) => stream === 'stderr' && onProgress?.({ kind: 'output', line })
    const { stdout, failure } = await upgradeWithAlembic(runner, options.to ?? 'heads', { sql: true, x, onOutput })
    printed.push({ environment, sql: failure === null ? stdout : '', failure })
    if (failure !== null) break
  }
  return printed
}
