import type { DatabaseRoute, DatabaseStep, PlannedRepair, Repair, WalkedDatabase } from '@onehead/core'
import { askDatabase, findRunners, type Runner } from '../alembic/index.js'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { type Backup, type Walk, walkWay } from '../database/index.js'
import type { PlannedWorkspace } from './plan-workspace.js'

type Route = ReturnType<PlannedRepair['routeFrom']>

/** A database of one environment of a plan, asked where it stands. */
export interface AskedDatabase {
  readonly repair: Repair
  /** Null where none could be asked; `trouble` says why. */
  readonly runner: Runner | null
  /** What puts it right once the scripts are written. */
  readonly route: Route
  /** The rows of its version table. */
  readonly rows: readonly string[]
  /** As people know it: `shop on localhost`. */
  readonly name: string
  /** On this machine: then most likely nobody else's. */
  readonly isLocal: boolean
  /** Lower case, no full stop; null where all went well. */
  readonly trouble: string | null
}

/** Asks the databases of all environments in which something moves, through the projects' own Alembic. */
export async function askDatabases(
  root: string,
  configuration: Configuration,
  { plan, routes }: Pick<PlannedWorkspace, 'plan' | 'routes'>,
): Promise<readonly AskedDatabase[]> {
  const moved = plan.repairs.filter(({ ways }) => ways.length > 0)
  const runners = await findRunners(
    root,
    moved.map(({ environment }) => environment),
    configuration,
  )
  return Promise.all(
    moved.map(async (repair, index) => {
      const asked = await askOne(repair, runners[index]!)
      return { ...asked, route: routes?.get(repair.environment.path)?.(asked.rows) ?? null }
    }),
  )
}

async function askOne(
  repair: Repair,
  runner: Awaited<ReturnType<typeof findRunners>>[number],
): Promise<Omit<AskedDatabase, 'route'>> {
  const nothing = { repair, runner: null, rows: [], name: '', isLocal: true }
  if (runner.kind === 'missing') {
    return { ...nothing, trouble: 'no Python with Alembic was found (`onehead doctor` says where it was looked for)' }
  }
  const { databases, failure } = await askDatabase(runner)
  if (failure !== null) return { ...nothing, trouble: failure.message }
  const [database, ...others] = databases
  if (database === undefined) return { ...nothing, trouble: 'env.py connects to no database' }
  if (others.some((other) => other.currentRevisions.join() !== database.currentRevisions.join())) {
    return { ...nothing, trouble: 'its databases do not stand at the same revision' }
  }
  const { host, currentRevisions: rows } = database
  const name = [database.database ?? database.dialect, ...(host === null ? [] : [`on ${host}`])].join(' ')
  return { repair, runner, rows, name, isLocal: databases.every((one) => isLocal(one.host)), trouble: null }
}

/** A file and a socket are as local as a loopback address. */
function isLocal(host: string | null): boolean {
  return host === null || host === '' || host === 'localhost' || host === '::1' || /^127\.|^\//.test(host)
}

/** What databases of others have run of what would move: environment path → revision → database. */
export function stampedElsewhere(asked: readonly AskedDatabase[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const stamped = new Map<string, ReadonlyMap<string, string>>()
  for (const { repair, rows, name, isLocal } of asked) {
    const own = new Set(repair.ways.map(({ at }) => at))
    const run = rows.filter((row) => own.has(row))
    if (!isLocal && run.length > 0) stamped.set(repair.environment.path, new Map(run.map((id) => [id, name])))
  }
  return stamped
}

/**
 * Walks the way of each database that has run what moved, with a backup first; to be called when the scripts are written.
 *
 * @param now milliseconds since 1970
 */
export async function walkDatabases(
  asked: readonly AskedDatabase[],
  configuration: Configuration,
  now: () => number,
): Promise<readonly WalkedDatabase[]> {
  const walked: WalkedDatabase[] = []
  for (const one of asked) walked.push(await walkOne(one, configuration, now))
  return walked
}

async function walkOne(
  { repair, route, runner, rows, name, trouble }: AskedDatabase,
  configuration: Configuration,
  now: () => number,
): Promise<WalkedDatabase> {
  const told = { environment: repair.environment.name, database: name, from: rows, steps: [], backups: [] }
  if (runner === null) return { ...told, kind: 'unreachable', to: null, message: trouble }
  if (route === null) return { ...told, kind: 'untouched', to: rows, message: null }
  const steps = route === 'unknown' ? null : stepsOf(route, repair)
  if (steps === null || route === 'unknown') {
    return { ...told, kind: 'elsewhere', to: rows, message: `no way is known from ${rows.join(' and ') || 'base'}` }
  }
  const { backup } = environmentConfigurationFor(configuration, repair.environment)
  const settings = backup === undefined || backup === false ? {} : { settings: backup }
  const options = { backup: backup === false ? null : { ...settings, now } }
  const walk = await walkWay(runner, { from: rows, steps, to: route.to }, options)
  return { ...told, steps, ...outcomeOf(walk) }
}

/** The advised way; where nothing is skipped only the rows are wrong, and no data is at stake. */
function stepsOf({ skipped, catchUp, stepBackAfter }: DatabaseRoute, { ways }: Repair): readonly DatabaseStep[] | null {
  const stepsBack = skipped.length > 0 && ways.some(({ advised }) => advised === 'step-back')
  const steps = stepsBack ? stepBackAfter : catchUp
  return steps === null || steps.length === 0 ? null : steps
}

function outcomeOf(walk: Walk): Pick<WalkedDatabase, 'kind' | 'to' | 'message' | 'backups'> {
  switch (walk.kind) {
    case 'arrived':
      return { kind: 'arrived', to: walk.standing[0] ?? [], message: null, backups: walk.backups.flatMap(placeOf) }
    case 'unreachable':
      return { kind: 'unreachable', to: null, message: walk.failure.message, backups: [] }
    case 'elsewhere':
      return {
        kind: 'elsewhere',
        to: walk.standing[0] ?? null,
        message: 'it stands somewhere else by now',
        backups: [],
      }
    case 'no-backup':
      return { kind: 'no-backup', to: null, message: walk.failure.message, backups: [] }
    case 'failed':
    case 'astray': {
      const message = walk.kind === 'failed' ? walk.failure.message : 'it does not stand where it should'
      return { kind: walk.kind, to: walk.standing?.[0] ?? null, message, backups: walk.backups.flatMap(placeOf) }
    }
  }
}

function placeOf(backup: Backup): readonly string[] {
  return backup.kind === 'file' ? [backup.path] : []
}
