import { basename, dirname } from 'node:path'
import type { RestorePlan, RestoreRefusal } from '@onehead/core'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import { environmentConfigurationFor } from '../configuration/index.js'
import { labelOf } from '../database/backup.js'
import { backupFolder } from '../database/backup-folder.js'
import { BackupFailed } from '../database/failure.js'
import { heldBackup } from '../database/held-backup.js'
import { isLoopback } from '../database/loopback.js'
import type { Method } from '../database/method.js'
import { methodFor, restorerFor } from '../database/method-for.js'
import { surroundingsOf } from '../database/program.js'
import type { Restorer } from '../database/restorer.js'
import type { Target } from './ask-target.js'
import { examineBackup } from './examine.js'
import { type FoundBackup, findBackup } from './find-backup.js'
import type { RestoreOptions } from './options.js'

/** A restore that can begin. */
export interface ReadyRestore {
  readonly plan: RestorePlan
  readonly runner: Runner
  readonly facts: DatabaseFacts
  /** Of the database in env.py's order. */
  readonly index: number
  readonly found: FoundBackup
  /** How many tables the backup holds. */
  readonly tables: number
  readonly restorer: Restorer
}

/** Finds the backup, reads all of it, and asks the server whether it can go where it should. Changes nothing. */
export async function planRestore(target: Target, options: RestoreOptions): Promise<ReadyRestore | RestorePlan> {
  const { runner, answer, environment } = target
  const { name, path, config, section } = environment
  const blank: RestorePlan = {
    ...{
      name,
      path: path || '.',
      config,
      section,
      x: options.x ?? [],
      database: null,
      dialect: '',
      address: null,
      backup: null,
    },
    ...{ place: null, inPlace: options.inPlace === true, steps: [], warnings: [], refusal: null },
  }
  const refuse = (refusal: RestoreRefusal, more: Partial<RestorePlan> = {}) => ({ ...blank, ...more, refusal })
  if (runner.kind === 'missing' || answer === null) {
    const { message, help, command } = runner as Extract<typeof runner, { kind: 'missing' }>
    return refuse({ kind: 'unasked', message, help, command })
  }
  if (answer.failure !== null) {
    const { message, cause, help } = answer.failure
    return refuse({ kind: 'unasked', message, help: help ?? cause, command: null })
  }
  const chosen = choose(target, runner, options)
  if ('kind' in chosen) return refuse(chosen)
  const { found, index } = chosen
  const facts = answer.databases[index]!
  const about = { database: facts.name, dialect: facts.dialect, address: facts.address, backup: found.listed }
  try {
    const surroundings = surroundingsOf(runner)
    if (!options.remote && !isLoopback(facts, surroundings.env)) return refuse(remote(facts), about)
    const method = methodFor(runner, facts, surroundings)
    const restorer = restorerFor(runner, facts, surroundings)
    const tables = await examineBackup(found, method)
    const where = options.inPlace ? await inPlace(restorer) : await newPlace(restorer, options.as ?? null)
    if (typeof where !== 'string') return refuse(where, about)
    const plan = { ...blank, ...about, place: where, warnings: warnings(found, facts, environment.path) }
    const steps = stepsOf(plan, restorer, method, options)
    return { plan: { ...plan, steps }, runner, facts, index, found, tables, restorer }
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    const { kind, message, help } = error
    return refuse({ kind, message, help, command: null }, about)
  }
}

function choose(
  { workspace, environment, answer }: Target,
  runner: Runner,
  { database, backup, from, cwd, x = [] }: RestoreOptions,
): { readonly index: number; readonly found: FoundBackup } | RestoreRefusal {
  const { databases } = answer!
  const names = databases.map(({ name }) => name ?? 'unnamed').join(', ')
  const { backup: settings } = environmentConfigurationFor(workspace.configuration, environment)
  const configured = typeof settings === 'object' ? settings.directory : undefined
  const folder = backupFolder(runner, runner.childEnvironment(), from ?? configured)
  const wish = { backup, folder, isUsual: from == null, cwd, environment: environment.name, x }
  if (databases.length === 0) {
    return { kind: 'unasked', message: 'env.py connects to no database', help: 'see `onehead status`', command: null }
  }
  const named =
    database == null ? (databases.length === 1 ? 0 : -1) : databases.findIndex(({ name }) => name === database)
  if (database != null && named === -1) {
    return {
      kind: 'no-database',
      message: `no database is called ${database}`,
      help: `choose from: ${names}`,
      command: null,
    }
  }
  if (named !== -1) {
    const found = findBackup(wish, databases[named]!)
    return 'kind' in found ? found : { index: named, found }
  }
  const found = backup === 'latest' ? null : findBackup(wish, null)
  if (found !== null && 'kind' in found) return found
  const index = found === null ? -1 : databases.findIndex((one) => labelOf(one) === found.label)
  if (found !== null && index !== -1) return { index, found }
  return {
    kind: 'no-database',
    message: `env.py connects to ${databases.length} databases: ${names}`,
    help: 'say which with --database',
    command: null,
  }
}

function remote({ address }: DatabaseFacts): RestoreRefusal {
  return {
    kind: 'remote',
    message: `${address ?? 'the database'} is on another machine`,
    help: 'add --remote where that is meant',
    command: null,
  }
}

async function newPlace(restorer: Restorer, as: string | null): Promise<string | RestoreRefusal> {
  const { beside, database } = restorer
  if (as !== null) {
    const place = restorer.placeOf(as)
    if (place !== database && !(await restorer.exists(place))) return place
    const message = `${place} is there already, and a new place must be new`
    return { kind: 'place', message, help: 'choose another name with --as', command: null }
  }
  for (let number = 1; number < 100; number++) {
    const place = number === 1 ? beside : `${beside.slice(0, 60)}_${number}`
    if (!(await restorer.exists(place))) return place
  }
  return {
    kind: 'place',
    message: `${beside} and many others are there already`,
    help: 'drop those that nobody needs, or choose a name with --as',
    command: null,
  }
}

async function inPlace(restorer: Restorer): Promise<string | RestoreRefusal> {
  const others = await restorer.connected()
  return others === 0 || others === null ? restorer.database : refuseConnected(others)
}

/** Nobody's session is ended by us. */
export function refuseConnected(others: number): RestoreRefusal {
  const who = others === 1 ? '1 other is' : `${others} others are`
  return {
    kind: 'connected',
    message: `${who} connected to the database`,
    help: 'stop the application and close other sessions, then run it again',
    command: null,
  }
}

function warnings(found: FoundBackup, facts: DatabaseFacts, path: string): readonly string[] {
  return [...ofWhat(found, facts, path), ...afterFailures(found, facts)]
}

/** Whoever tried again has backed up what the first try left. */
function afterFailures({ listed: { path } }: FoundBackup, facts: DatabaseFacts): readonly string[] {
  const held = heldBackup(dirname(path), labelOf(facts))
  if (held === null || basename(path) <= basename(held)) return []
  return [`it holds what upgrades that failed have left; the one from before the first of them is ${basename(held)}`]
}

function ofWhat({ record, label }: FoundBackup, facts: DatabaseFacts, path: string): readonly string[] {
  if (record === null || record === 'newer')
    return ['nothing is written down about this backup: nobody can tell of what it is']
  const isOther = record.environment.path !== path || (label !== null && label !== labelOf(facts))
  const of = record.address ?? record.database
  return isOther ? [`it is a backup of ${of} of ${record.environment.name}, not of this database`] : []
}

function stepsOf(
  { place }: Pick<RestorePlan, 'place'>,
  { typedName, scratch, isAtomic }: Restorer,
  { kind }: Method,
  { inPlace, noBackup }: RestoreOptions,
): readonly string[] {
  if (!inPlace) return [`load the backup into ${place}`, 'ask where it stands, and count its rows']
  return [
    noBackup ? `no backup of what is there: --no-backup was given` : `back up ${typedName} as it is now`,
    `load the backup into ${scratch}, and compare it with what was written down`,
    !isAtomic
      ? `empty ${typedName} and load the backup into it, then drop ${scratch}`
      : kind === 'sqlite'
        ? `rename that file to ${typedName}`
        : `let both change their names in one transaction, then drop what was ${typedName}`,
    'ask where it stands, and count its rows',
  ]
}
