import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type ListedBackup, oursWith, type RestoreRefusal } from '@onehead/core'
import type { DatabaseFacts } from '../alembic/index.js'
import { labelOf } from '../database/backup.js'
import { type BackupRecord, readRecord } from '../database/backup-record.js'
import { type KeptBackup, listBackups } from '../database/list-backups.js'
import { shortName } from './restore-command.js'

/** A backup that was asked for, before anybody has read it. */
export interface FoundBackup {
  readonly listed: ListedBackup
  readonly record: BackupRecord | 'newer' | null
  /** Of the database that it is of; null for a file that lies elsewhere. */
  readonly label: string | null
}

interface Wish {
  /** `latest`, the name of a backup or its beginning, or the path of one. */
  readonly backup: string
  /** Where the backups of the environment lie. */
  readonly folder: string
  /** It is the one that is looked into where nobody says another. */
  readonly isUsual: boolean
  /** From where a path is meant. */
  readonly cwd: string
  readonly environment: string
  /** What env.py was told. */
  readonly x: readonly string[]
}

/** The backup that is meant; `facts` is the database that it should be of, where that is known already. */
export function findBackup(
  { backup, folder, isUsual, cwd, environment, x }: Wish,
  facts: DatabaseFacts | null,
): FoundBackup | RestoreRefusal {
  const kept = listBackups(folder)
  const list = oursWith(x, ['backup', environment, '--list'])
  if (backup === 'latest') {
    const own = kept.filter(({ label, before }) => before === null && (facts === null || label === labelOf(facts)))
    if (own[0] !== undefined) return foundOf(own[0], isUsual)
    const others = kept.length === 0 ? '' : `; there are ${kept.length} of other databases, or made before a restore`
    return {
      kind: 'no-backup',
      message: `there is no backup of this database in ${folder}${others}`,
      help: kept.length === 0 ? 'name the file, or make a backup' : 'see which there are, and name one',
      command: kept.length === 0 ? oursWith(x, ['backup', environment]) : list,
    }
  }
  const path = resolve(cwd, backup)
  if (/[/\\]/.test(backup) || (existsSync(path) && statSync(path).isFile())) return foundAt(path)
  const named = kept.filter(({ fileName }) => fileName.startsWith(backup))
  if (named.length === 1) return foundOf(named[0]!, isUsual)
  const message =
    named.length === 0
      ? `no backup is called ${backup}`
      : `${named.length} backups begin with ${backup}: say more of it`
  return { kind: 'no-backup', message, help: 'see which there are', command: list }
}

function foundAt(path: string): FoundBackup | RestoreRefusal {
  const kept = existsSync(path) ? listBackups(join(path, '..')).find((one) => one.path === path) : undefined
  if (kept !== undefined) return foundOf(kept, false)
  if (!existsSync(path) || !statSync(path).isFile()) {
    return { kind: 'no-backup', message: `there is no file ${path}`, help: 'name another one', command: null }
  }
  const { size, mtime } = statSync(path)
  return {
    listed: listedFrom(path, size, mtime.toISOString(), null, readRecord(path), false),
    record: readRecord(path),
    label: null,
  }
}

function foundOf(kept: KeptBackup, isNear: boolean): FoundBackup {
  return { listed: listed(kept, isNear), record: kept.record, label: kept.label }
}

/** A backup as people are told of it. `isNear`: it lies where `restore` looks by itself, and so its name is enough. */
export function listed({ path, bytes, takenAt, before, record }: KeptBackup, isNear: boolean): ListedBackup {
  return listedFrom(path, bytes, takenAt, before, record, isNear)
}

function listedFrom(
  path: string,
  bytes: number,
  takenAt: string,
  before: ListedBackup['before'],
  record: BackupRecord | 'newer' | null,
  isNear: boolean,
): ListedBackup {
  const known = record === 'newer' ? null : record
  const fileName = basename(path)
  return {
    backup: isNear ? shortName(path) : path,
    path,
    takenAt: known?.takenAt ?? takenAt,
    bytes,
    tables: known?.tables ?? null,
    revisions: known?.revisions ?? null,
    database:
      known === null ? databaseIn(fileName) : known.method === 'sqlite' ? basename(known.database) : known.database,
    before,
  }
}

/** What the name of a file tells. */
function databaseIn(fileName: string): string {
  return /_(?:before-\w+_)?(.+)-[0-9a-f]{8}\.\w+$/.exec(fileName)?.[1] ?? fileName
}
