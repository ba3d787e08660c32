import { type DowngradeOutcome, type DowngradePlan, hasLeft } from '@onehead/core'
import { downgrade as downgradeWithAlembic } from '../alembic/commands.js'
import type { RunFailure } from '../alembic/failure.js'
import { findRunners } from '../alembic/find-runners.js'
import type { RunnerMissing } from '../alembic/runner.js'
import { UsageError } from '../errors.js'
import { carryOut, type Move } from '../upgrade/carry-out.js'
import type { DowngradeOptions } from '../upgrade/options.js'
import { downgradePlanner } from '../upgrade/plan-downgrades.js'
import { planEnvironments, type ReadyEnvironment } from '../upgrade/plan-environments.js'
import { type OpenWorkspace, openWorkspace } from './open-workspace.js'

export interface DowngradeResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly DowngradeOutcome[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/**
 * Takes the databases of an environment back to a revision: checks, plans, backs up, runs the project's own Alembic, and asks where they
 * stand then. Refused before anything runs where a downgrade() on the way undoes nothing. Where one environment is refused, none is
 * touched; where one fails, those after it are not. Restores nothing.
 * Throws `UsageError` as `openWorkspace` does, and where several environments are meant that nobody named, or a revision of one of them.
 */
export async function downgrade(options: DowngradeOptions): Promise<DowngradeResult> {
  const workspace = await openWorkspace(options)
  refuseMany(workspace, options)
  const planner = downgradePlanner(workspace, options)
  const { environments, stopped } = await planEnvironments(workspace, options, planner)
  const plans = environments.map(({ plan }) => plan)
  options.onProgress?.({ kind: 'planned', plans })
  const outcomes: DowngradeOutcome[] = []
  let goesOn = stopped === null && plans.every(({ refusal }) => refusal === null) && options.dryRun !== true
  for (const one of environments) {
    if (!goesOn || !('runner' in one)) {
      outcomes.push(untouched(one.plan))
      continue
    }
    const result = await carryOut(moveOf(one), workspace.configuration, options)
    goesOn = result.kind !== 'failed'
    outcomes.push({ ...result, plan: one.plan, kind: result.kind === 'done' ? 'downgraded' : result.kind })
  }
  return { environments: outcomes, stopped }
}

function moveOf({ plan, history, runner, answer }: ReadyEnvironment<DowngradePlan>): Move {
  const { target, backup, databases } = plan
  return {
    ...{ runner, answer, command: 'downgrade', target, backup },
    databases: databases.map(({ status, undone }) => ({ name: status.name, steps: undone })),
    hasArrived: (after) =>
      after.length === databases.length && after.every(({ rows }, index) => hasLeft(history, rows, databases[index]!)),
  }
}

function untouched(plan: DowngradePlan): DowngradeOutcome {
  const hasNothing = plan.refusal === null && plan.databases.every(({ undone }) => undone.length === 0)
  const kind = plan.refusal !== null ? 'refused' : hasNothing ? 'nothing' : 'untouched'
  return { plan, kind, backups: [], done: [], failure: null, after: null }
}

/** Nobody takes back by oversight what they did not name; and a revision belongs to one history. */
function refuseMany({ environments, broken }: OpenWorkspace, options: DowngradeOptions): void {
  const { to, environments: named = [] } = options
  const number = environments.length + broken.length
  const isForAny = to === 'base' || /^-\d+$/.test(to)
  if (number === 1 || (isForAny && named.length > 0)) return
  const why = isForAny ? `there are ${number} environments here` : `${to} is a revision of one environment`
  throw new UsageError(`${why}: say which is to be taken back`, {
    help: `name it: onehead downgrade ${environments[0]?.name ?? '<environment>'} --to ${to}`,
  })
}

/** The statements of a downgrade of one environment. */
export interface DowngradeSql {
  readonly environment: string
  /** As Alembic prints them. */
  readonly sql: string
  readonly failure: RunFailure | RunnerMissing | null
}

/**
 * Prints what `alembic downgrade --sql from:to` prints, up to the first that fails. No database is touched, and so nothing is backed up.
 * Throws `UsageError` as `downgrade` does, and where it is not said from where.
 */
export async function downgradeSql(options: DowngradeOptions): Promise<readonly DowngradeSql[]> {
  const { root, shell = process.env, x = [], onProgress, to } = options
  if (!to.includes(':'))
    throw new UsageError('--sql asks no database, so it must be said where it stands', {
      help: `write --to <revision>:${to}`,
    })
  const workspace = await openWorkspace(options)
  refuseMany(workspace, options)
  const printed: DowngradeSql[] = []
  for (const runner of await findRunners(root, workspace.environments, workspace.configuration, shell)) {
    const environment = runner.environment.name
    if (runner.kind === 'missing') return [...printed, { environment, sql: '', failure: runner }]
    const onOutput = (line: string, stream: string) => stream === 'stderr' && onProgress?.({ kind: 'output', line })
    const { stdout, failure } = await downgradeWithAlembic(runner, to, { sql: true, x, onOutput })
    printed.push({ environment, sql: failure === null ? stdout : '', failure })
    if (failure !== null) break
  }
  return printed
}
