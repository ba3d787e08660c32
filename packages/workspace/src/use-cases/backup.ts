import {
  type BackedUpDatabase,
  type BackupListing,
  type BackupNote,
  type BackupOutcome,
  type BrokenEnvironment,
  type ConcernedEnvironment,
  type Environment,
  maskSecrets,
} from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import { findRunners } from '../alembic/find-runners.js'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { backUp } from '../database/backup.js'
import { backupFolder } from '../database/backup-folder.js'
import { BackupFailed } from '../database/failure.js'
import { listBackups } from '../database/list-backups.js'
import { noteOf } from '../database/note.js'
import { listed } from '../restore/find-backup.js'
import { restoreCommand, shortName } from '../restore/restore-command.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'

export interface BackupDatabasesOptions extends WorkspaceOptions {
  /** The folder to put them into, instead of the one that onehead.json names; absolute. */
  readonly to?: string | null
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
  /** Milliseconds since 1970, for the names of backups. */
  readonly now: () => number
  readonly onProgress?: (progress: BackupProgress) => void
}

/** What happens; secrets are masked. `database` is what env.py calls it where it has several, else null. */
export type BackupProgress =
  | { readonly kind: 'backup'; readonly environment: string; readonly database: string | null }
  | { readonly kind: 'backed-up'; readonly environment: string; readonly backup: BackupNote }
  | { readonly kind: 'output'; readonly line: string }

export interface BackupResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly BackupOutcome[]
  /** The signal that ended it before every database was backed up, or null. */
  readonly stopped: string | null
}

/**
 * Backs up every database of every environment and reads each backup back, one after the other; what fails keeps nobody else from a
 * backup. Changes nothing in any database. Throws `UsageError` as `openWorkspace` does.
 */
export async function backupDatabases(options: BackupDatabasesOptions): Promise<BackupResult> {
  const { root, shell = process.env } = options
  const { environments, broken, configuration } = await openWorkspace(options)
  const outcomes: BackupOutcome[] = []
  for (const runner of await findRunners(root, environments, configuration, shell)) {
    const outcome = await backUpEnvironment(runner, configuration, options)
    outcomes.push(outcome)
    const stopped = outcome.databases.find(({ failure }) => failure?.kind === 'stopped')?.failure?.message
    if (stopped !== undefined) return { environments: outcomes, stopped: /SIG\w+/.exec(stopped)?.[0] ?? 'a signal' }
  }
  const unusable = broken.map((one): BackupOutcome => {
    const failure = { message: one.message, cause: null, help: one.help }
    return { ...concerned(one), x: options.x ?? [], databases: [], failure }
  })
  return { environments: [...outcomes, ...unusable], stopped: null }
}

async function backUpEnvironment(
  runner: Runner | RunnerMissing,
  configuration: Configuration,
  options: BackupDatabasesOptions,
): Promise<BackupOutcome> {
  const about = { ...concerned(runner.environment), x: options.x ?? [] }
  if (runner.kind === 'missing') {
    return { ...about, databases: [], failure: { message: runner.message, cause: null, help: runner.help } }
  }
  const { databases, failure } = await askDatabase(runner, { x: options.x ?? [], withPassword: true })
  if (failure !== null) {
    const { message, cause, help } = failure
    return { ...about, databases: [], failure: { message, cause, help } }
  }
  const done: BackedUpDatabase[] = []
  for (const database of databases) {
    const one = await backUpOne(runner, database, configuration, options)
    done.push(one)
    if (one.failure?.kind === 'stopped') break
  }
  return { ...about, databases: done, failure: null }
}

async function backUpOne(
  runner: Runner,
  facts: DatabaseFacts,
  configuration: Configuration,
  { to, now, x, onProgress }: BackupDatabasesOptions,
): Promise<BackedUpDatabase> {
  const { name, dialect, address, currentRevisions: revisions } = facts
  const environment = runner.environment.name
  const { backup: settings } = environmentConfigurationFor(configuration, runner.environment)
  // Who asks for a backup by name wants one, also where an upgrade makes none.
  const wish = settings === undefined || settings === false ? {} : { settings }
  const folder = to == null ? {} : { folder: to }
  const onOutput = (line: string) => onProgress?.({ kind: 'output', line: maskSecrets(line) })
  const about = { name, dialect, address, revisions }
  onProgress?.({ kind: 'backup', environment, database: name })
  try {
    const backup = noteOf(await backUp(runner, facts, { ...wish, ...folder, now, onOutput }))
    onProgress?.({ kind: 'backed-up', environment, backup })
    const word = backup.kind !== 'file' ? null : to == null ? shortName(backup.path) : backup.path
    const restore = word === null ? null : restoreCommand(environment, word, { database: name, x })
    return { ...about, backup, restore, failure: null }
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    const { kind, message, help } = error
    return { ...about, backup: null, restore: null, failure: { kind, message, help } }
  }
}

/**
 * The backups that there are, of every environment. Asks no database: it may be what is broken. Throws `UsageError` as `openWorkspace` does.
 */
export async function listDatabaseBackups(
  options: Pick<BackupDatabasesOptions, 'to' | 'x' | 'shell' | keyof WorkspaceOptions>,
): Promise<readonly BackupListing[]> {
  const { root, shell = process.env, to, x = [] } = options
  const { environments, configuration } = await openWorkspace(options)
  return environments.map((environment) => {
    const { backup: settings } = environmentConfigurationFor(configuration, environment)
    const configured = typeof settings === 'object' ? settings.directory : undefined
    const folder = backupFolder({ root, environment }, shell, to ?? configured)
    return { ...concerned(environment), x, folder, backups: listBackups(folder).map((one) => listed(one, to == null)) }
  })
}

function concerned(environment: Environment | BrokenEnvironment): ConcernedEnvironment {
  const { name, config, section } = environment
  return { name, path: 'path' in environment ? environment.path || '.' : null, config, section }
}
