import type { StampCall, StampOutcome, StampPlan, UpgradeFailure } from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import { runAlembic } from '../alembic/run-alembic.js'
import { runWatched } from '../alembic/watch.js'
import { lockFolder } from '../database/backup-folder.js'
import { UsageError } from '../errors.js'
import { astray, isKept, type KeptNote, kept, NO_SCRIPT } from '../upgrade/failures.js'
import type { StampOptions } from '../upgrade/options.js'
import { planEnvironments, type ReadyEnvironment } from '../upgrade/plan-environments.js'
import { stampPlanner } from '../upgrade/plan-stamps.js'
import { type PrintedSql, printSql } from '../upgrade/print-sql.js'
import { type OpenWorkspace, openWorkspace } from './open-workspace.js'

export interface StampResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly StampOutcome[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/**
 * Writes the version tables of one environment, and runs nothing: plans, looks into the databases for what they would claim to have, asks
 * `agree`, stamps with the project's own Alembic under the lock of `upgrade`, and asks what the tables hold then.
 * Throws `UsageError` as `openWorkspace` does, and where several environments are meant.
 */
export async function stamp(options: StampOptions): Promise<StampResult> {
  const workspace = await openWorkspace(options)
  refuseMany(workspace)
  const { environments, stopped } = await planEnvironments(workspace, options, stampPlanner(options))
  const plans = environments.map(({ plan }) => plan)
  options.onProgress?.({ kind: 'planned', plans })
  const mayBegin = stopped === null && options.dryRun !== true && plans.every(({ refusal }) => refusal === null)
  const goesOn = mayBegin && plans.some(isToWrite) && (await options.agree(plans))
  const outcomes: StampOutcome[] = []
  for (const one of environments) {
    const isMeant = goesOn && 'runner' in one && isToWrite(one.plan)
    outcomes.push(isMeant ? await carryOut(one, options) : untouched(one.plan))
  }
  return { environments: outcomes, stopped }
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  [...some].sort().join('\n') === [...others].sort().join('\n')

const isToWrite = ({ databases }: StampPlan): boolean =>
  databases.some(({ status, to }) => !isSame(status.currentRevisions, to))

function untouched(plan: StampPlan): StampOutcome {
  const kind = plan.refusal !== null ? 'refused' : isToWrite(plan) ? 'untouched' : 'nothing'
  return { plan, kind, failure: null, after: null }
}

async function carryOut(ready: ReadyEnvironment<StampPlan>, options: StampOptions): Promise<StampOutcome> {
  const { plan, runner } = ready
  options.onProgress?.({ kind: 'running', environment: runner.environment.name })
  let failure: UpgradeFailure | null = null
  let rows = plan.databases.map(({ status }) => status.currentRevisions)
  for (const call of plan.calls) {
    failure = await runOne(ready, call, rows, options)
    if (failure !== null) break
    rows = rows.map((held) => (call.purge ? call.revisions : [...held, ...call.revisions]))
  }
  const answer = await askDatabase(runner, { x: options.x ?? [] })
  const after = answer.failure === null ? answer.databases.map(({ currentRevisions }) => currentRevisions) : null
  const isThere = after !== null && plan.databases.every(({ to }, index) => isSame(to, after[index] ?? []))
  failure ??= isThere ? null : ASTRAY
  return { plan, kind: failure === null ? 'stamped' : 'failed', failure, after }
}

const ASTRAY = astray('Alembic said that it went well, and yet the version table does not hold what it should')

async function runOne(
  { runner }: ReadyEnvironment<StampPlan>,
  { revisions, purge }: StampCall,
  rows: readonly (readonly string[])[],
  { x = [], shell = process.env, onProgress }: StampOptions,
): Promise<UpgradeFailure | null> {
  const reasons: KeptNote[] = []
  const run = await runWatched(runner, 'stamp', [...(purge ? ['--purge'] : []), ...revisions], {
    x,
    locks: lockFolder(shell),
    // Alembic empties the table before it looks.
    expected: rows.map((held) => (purge ? [] : [...held].sort())),
    onNote: (note) => {
      if (isKept(note)) reasons.push(note)
    },
    onOutput: (line) => onProgress?.({ kind: 'output', line }),
  })
  if (run.failure === null) return null
  const [reason] = reasons
  if (reason !== undefined) return kept(reason)
  const { message, cause, help, printed } = run.failure
  const kind = run.stopped?.startsWith('SIG') ? 'stopped' : 'failed'
  return { ...NO_SCRIPT, kind, message, cause, help, statement: printed?.statement ?? null }
}

/** A revision belongs to one history. */
function refuseMany({ environments, broken }: OpenWorkspace): void {
  if (environments.length + broken.length === 1) return
  throw new UsageError('a revision belongs to one environment, and several are meant', { help: 'name one of them' })
}

/** Prints what `alembic stamp --sql` prints. No database is touched. Throws `UsageError` as `stamp` does. */
export async function stampSql(options: StampOptions): Promise<readonly PrintedSql[]> {
  const workspace = await openWorkspace(options)
  refuseMany(workspace)
  if (workspace.environments.length === 0)
    throw new UsageError('its configuration cannot be used', { help: 'run `onehead check`' })
  return printSql(workspace, options, (runner, { sql: _, ...how }) =>
    runAlembic(runner, 'stamp', ['--sql', ...options.revisions], how),
  )
}
