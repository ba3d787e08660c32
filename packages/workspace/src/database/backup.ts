import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import type { BackupSettings } from '../configuration/configuration.js'
import { splitWords } from '../processes/words.js'
import { backupFolder, named } from './backup-folder.js'
import { backupName } from './backup-name.js'
import { type BackedUpBefore, type BackupRecord, fingerprint, recordPath, writeRecord } from './backup-record.js'
import { BackupFailed } from './failure.js'
import {
  ELSEWHERE,
  flush,
  makePrivateFile,
  makePrivateFolder,
  removeFiles,
  removeUnfinished,
  sizeOf,
  unfinishedPath,
} from './keep.js'
import { findOld } from './list-backups.js'
import type { Method, Restore } from './method.js'
import { methodFor } from './method-for.js'
import { runProgram, type Surroundings, surroundingsOf } from './program.js'

/** A backup that has been read back. */
export interface FileBackup {
  readonly kind: 'file'
  /** What env.py calls the database where it has several, else null. */
  readonly name: string | null
  readonly method: Method['kind']
  /** Absolute; only its owner can read it. */
  readonly path: string
  readonly bytes: number
  /** ISO 8601. */
  readonly takenAt: string
  /** Counted while reading it back. */
  readonly tables: number
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
  /** Instead of the folder that onehead.json names. */
  readonly folder?: string
  /** What makes it, where nobody asked for a backup: it is counted apart from those that were asked for. */
  readonly before?: BackedUpBefore
  /** Backups that are not removed though they are old: somebody is about to restore them. */
  readonly spared?: readonly string[]
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
  const surroundings = surroundingsOf(runner, { timeoutMs, ...(signal === undefined ? {} : { signal }) })
  if (typeof settings === 'string') {
    await runConfigured(settings, runner, database, surroundings, options.onOutput)
    return { kind: 'command', name, command: settings }
  }
  if (database.dialect === 'sqlite' && database.database === ':memory:') {
    return { kind: 'nothing', name, because: 'in-memory' }
  }
  if (!database.exists) return { kind: 'nothing', name, because: 'absent' }
  const method = methodFor(runner, database, surroundings)
  const folder = backupFolder(runner, surroundings.env, options.folder ?? settings.directory)
  const [label, before, at] = [labelOf(database), options.before ?? null, options.now()]
  const path = join(folder, `${backupName(at, label, before)}${method.extension}`)
  const takenAt = new Date(at).toISOString()
  const tables = await write(method, path, async (unfinished, tables) => ({
    ...{ takenAt, environment: { name: runner.environment.name, path: runner.environment.path }, name },
    ...{ method: method.kind, database: database.database!, address: database.address },
    ...{ revisions: database.currentRevisions, tables, bytes: sizeOf(unfinished) },
    ...{ sha256: await fingerprint(unfinished), before },
  }))
  const old = findOld(folder, { label, before }, settings.keep ?? KEEP, options.spared ?? [])
  removeFiles(old.flatMap(({ files }) => files))
  return {
    ...{ kind: 'file', name, method: method.kind, path, bytes: sizeOf(path), takenAt, tables },
    restore: await method.restore(path),
    removed: old.map((one) => one.path),
  }
}

/** Which database: its name, and something that tells two of the same name apart. */
export function labelOf({ dialect, host, port, database }: DatabaseFacts): string {
  const name = dialect === 'sqlite' ? basename(database ?? '').replace(/\.[^.]*$/, '') : (database ?? '')
  return named(name, [dialect, host, port, database].join(' '))
}

/** The file gets its name when it is whole and on the disk; until then, whatever goes wrong takes it away. */
async function write(
  method: Method,
  path: string,
  record: (unfinished: string, tables: number) => Promise<BackupRecord>,
): Promise<number> {
  const unfinished = unfinishedPath(path)
  let isWhole = false
  const remove = () => {
    // Where there is no such folder, there is nothing to remove.
    if (existsSync(unfinished)) rmSync(unfinished)
    if (!isWhole && existsSync(recordPath(path))) rmSync(recordPath(path))
  }
  process.once('exit', remove)
  try {
    makePrivateFolder(dirname(path))
    removeUnfinished(dirname(path))
    makePrivateFile(unfinished)
    await method.dump(unfinished)
    const tables = await method.verify(unfinished)
    flush(unfinished)
    writeRecord(path, await record(unfinished, tables))
    renameSync(unfinished, path)
    isWhole = true
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
    `choose another place with "backup": {"directory": "…"} in onehead.json, or ${ELSEWHERE}`,
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
