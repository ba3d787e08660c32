import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readBackupName } from './backup-name.js'
import { type BackedUpBefore, type BackupRecord, readRecord, recordPath } from './backup-record.js'
import { heldBackup } from './held-backup.js'

/** A backup that lies in a folder of ours. */
export interface KeptBackup {
  /** Absolute. */
  readonly path: string
  /** Of the file: begins with the time. */
  readonly fileName: string
  /** ISO 8601. */
  readonly takenAt: string
  /** Which database, as `labelOf` says it. */
  readonly label: string
  readonly before: BackedUpBefore | null
  readonly bytes: number
  readonly record: BackupRecord | 'newer' | null
}

/** The backups in the folder of one environment, the newest first; none where there is no such folder. */
export function listBackups(folder: string): readonly KeptBackup[] {
  const found = namesIn(folder).flatMap((fileName): KeptBackup[] => {
    const told = readBackupName(fileName)
    if (told === null) return []
    const path = join(folder, fileName)
    return [{ ...told, path, fileName, bytes: statSync(path).size, record: readRecord(path) }]
  })
  return found.sort((a, b) => (a.fileName < b.fileName ? 1 : -1))
}

/**
 * Which backups of a database go, so that the last `keep` of their kind stay: those that were asked for, and those that a restore or a reset
 * made for itself, are counted apart; one that is held stays too (see `holdBackup`). Each with the file beside it.
 *
 * @param spared paths that stay in any case
 */
export function findOld(
  folder: string,
  { label, before }: Pick<KeptBackup, 'label' | 'before'>,
  keep: number,
  spared: readonly string[],
): readonly { readonly path: string; readonly files: readonly string[] }[] {
  const own = listBackups(folder).filter((one) => one.label === label && (one.before === null) === (before === null))
  const staying = [...spared, heldBackup(folder, label)]
  const old = own.slice(keep).filter(({ path }) => !staying.includes(path))
  return old.map(({ path }) => ({ path, files: [path, recordPath(path)] }))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
