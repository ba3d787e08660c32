import { type DowngradeOutcome, type DowngradePlan, hasLeft } from '@onehead/core'
import { downgrade as downgradeWithAlembic } from '../alembic/commands.js'
import { UsageError } from '../errors.js'
import type { Move } from '../upgrade/carry-out.js'
import { carryOutAll } from '../upgrade/carry-out-all.js'
import type { DowngradeOptions } from '../upgrade/options.js'
import { downgradePlanner } from '../upgrade/plan-downgrades.js'
import { planEnvironments, type ReadyEnvironment } from '../upgrade/plan-environments.js'
import { type PrintedSql, printSql } from '../upgrade/print-sql.js'
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
  const planned = await planEnvironments(workspace, options, planner)
  options.onProgress?.({ kind: 'planned', plans: planned.environments.map(({ plan }) => plan) })
  const carried = await carryOutAll(planned, { moveOf, hasNothing }, workspace.configuration, options)
  const environments = carried.map((one) => ({ ...one, kind: one.kind === 'done' ? 'downgraded' : one.kind }) as const)
  return { environments, stopped: planned.stopped }
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

function hasNothing({ databases }: DowngradePlan): boolean {
  return databases.every(({ undone }) => undone.length === 0)
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

/** Prints what `alembic downgrade --sql from:to` prints. Throws `UsageError` as `downgrade` does, and where it is not said from where. */
export async function downgradeSql(options: DowngradeOptions): Promise<readonly PrintedSql[]> {
  const { to } = options
  if (!to.includes(':'))
    throw new UsageError('--sql asks no database, so it must be said where it stands', {
      help: `write --to <revision>:${to}`,
    })
  const workspace = await openWorkspace(options)
  refuseMany(workspace, options)
  return printSql(workspace, options, (runner, how) => downgradeWithAlembic(runner, to, how))
}
