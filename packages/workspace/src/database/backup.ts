import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import type { BackupSettings } from '../configuration/configuration.js'
import { splitWords } from '../processes/words.js'
import { backupFolder, named } from './backup-folder.js'
import { BackupFailed } from './failure.js'
import {
  flush,
  makePrivateFile,
  makePrivateFolder,
  removeOld,
  removeUnfinished,
  sizeOf,
  unfinishedPath,
} from './keep.js'
import type { Method, Restore } from './method.js'
import { methodFor } from './method-for.js'
import { runProgram, type Surroundings } from './program.js'

/** A backup that has been read back. */
export interface FileBackup {
  readonly kind: 'file'
  /** What env.py calls the database where it has several, else null. */
  readonly name: string | null
  readonly method: Method['kind']
  /** Absolute; only its owner can read it. */
  readonly path: string
  readonly bytes: number
  /** Counted while reading it back, where that can be told. */
  readonly tables: number | null
  readonly restore: Restore
  /** Older ones that went, so that only the last few stay. */
  readonly removed: readonly string[]
}

/** A command of the user's says that there is a backup; how it goes back, only they know. */
export interface CommandBackup {
  readonly kind: 'command'
  readonly name: string | null
  readonly command: string
}

/** There is nothing that could be lost: no file yet, or a database in memory. */
export interface NothingToBackUp {
  readonly kind: 'nothing'
  readonly name: string | null
  readonly because: 'absent' | 'in-memory'
}

export type Backup = FileBackup | CommandBackup | NothingToBackUp

export interface BackupOptions {
  /** `backup` of onehead.json, unless it is false: whether to go on without one is the caller's to decide, and to say. */
  readonly settings?: string | BackupSettings
  /** Milliseconds since 1970, for the name of the file. */
  readonly now: () => number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Told what a configured command prints, secrets masked. */
  readonly onOutput?: (line: string) => void
}

const KEEP = 5

/** A dump of a large database takes its time; one that takes a day hangs. */
const PATIENCE_MS = 4 * 3_600_000

/**
 * Backs up one database and reads the backup back. Only then older ones go. Writes nothing into the database and nothing into the
 * workspace.
 *
 * @param database asked `withPassword`
 * @throws BackupFailed: there is no backup then, and no file is left
 */
export async function backUp(runner: Runner, database: DatabaseFacts, options: BackupOptions): Promise<Backup> {
  const { settings = {}, timeoutMs = PATIENCE_MS, signal } = options
  const { name } = database
  const surroundings: Surroundings = {
    cwd: runner.cwd,
    env: runner.childEnvironment(),
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  }
  if (typeof settings === 'string') {
    await runConfigured(settings, runner, database, surroundings, options.onOutput)
    return { kind: 'command', name, command: settings }
  }
  if (database.dialect === 'sqlite' && database.database === ':memory:') {
    return { kind: 'nothing', name, because: 'in-memory' }
  }
  if (!database.exists) return { kind: 'nothing', name, because: 'absent' }
  const method = methodFor(runner, database, surroundings)
  const folder = backupFolder(runner, surroundings.env, settings.directory)
  const ending = `_${labelOf(database)}${method.extension}`
  const path = join(folder, `${new Date(options.now()).toISOString().replaceAll(':', '-')}${ending}`)
  const tables = await write(method, path)
  return {
    kind: 'file',
    name,
    method: method.kind,
    path,
    bytes: sizeOf(path),
    tables,
    restore: await method.restore(path),
    removed: removeOld(folder, ending, settings.keep ?? KEEP),
  }
}

/** Which database: its name, and something that tells two of the same name apart. */
function labelOf({ dialect, host, port, database }: DatabaseFacts): string {
  const name = dialect === 'sqlite' ? basename(database ?? '').replace(/\.[^.]*$/, '') : (database ?? '')
  return named(name, [dialect, host, port, database].join(' '))
}

/** The file gets its name when it is whole and on the disk; until then, whatever goes wrong takes it away. */
async function write(method: Method, path: string): Promise<number | null> {
  const unfinished = unfinishedPath(path)
  const remove = () => {
    // Where there is no such folder, there is nothing to remove.
    if (existsSync(unfinished)) rmSync(unfinished)
  }
  process.once('exit', remove)
  try {
    makePrivateFolder(dirname(path))
    removeUnfinished(dirname(path))
    makePrivateFile(unfinished)
    await method.dump(unfinished)
    const tables = await method.verify(unfinished)
    flush(unfinished)
    renameSync(unfinished, path)
    return tables
  } catch (error) {
    throw error instanceof BackupFailed ? error : asFailure(error, dirname(path))
  } finally {
    process.off('exit', remove)
    remove()
  }
}

function asFailure(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new BackupFailed(
      'disk-full',
      `no space is left for the backup in ${folder}`,
      'make room, or choose another place with "backup": {"directory": "…"} in onehead.json',
    )
  if (code === undefined) return error
  return new BackupFailed(
    'place',
    `the backup cannot be written (${message})`,
    'choose another place with "backup": {"directory": "…"} in onehead.json',
  )
}

async function runConfigured(
  command: string,
  runner: Runner,
  { address }: DatabaseFacts,
  surroundings: Surroundings,
  onLine: BackupOptions['onOutput'],
): Promise<void> {
  const [program = '', ...args] = splitWords(command) ?? []
  const env = {
    ONEHEAD_ENVIRONMENT: runner.environment.name,
    ...(address === null ? {} : { ONEHEAD_DATABASE: address }),
  }
  const told = onLine === undefined ? {} : { onLine }
  await runProgram(
    { names: [program], packages: `it, or write its path in "backup" of onehead.json` },
    args,
    surroundings,
    { env, ...told },
  )
}
