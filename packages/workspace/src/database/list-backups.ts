import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BackedUpBefore, type BackupRecord, readRecord, recordPath } from './backup-record.js'

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

/** `2026-01-05T10-00-00.000Z_before-restore_shop-1f2e3d4c.dump` */
const NAME =
  /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-([\d.]+Z)_(?:before-(restore|reset)_)?(.+-[0-9a-f]{8})\.(?:sqlite|dump|sql)$/

/** The backups in the folder of one environment, the newest first; none where there is no such folder. */
export function listBackups(folder: string): readonly KeptBackup[] {
  const found = namesIn(folder).flatMap((fileName): KeptBackup[] => {
    const parts = NAME.exec(fileName)
    if (parts === null) return []
    const [, day, hour, minute, second, before = null, label = ''] = parts
    const path = join(folder, fileName)
    const { size } = statSync(path)
    const takenAt = `${day}${hour}:${minute}:${second}`
    return [
      {
        path,
        fileName,
        takenAt,
        label,
        before: before as BackedUpBefore | null,
        bytes: size,
        record: readRecord(path),
      },
    ]
  })
  return found.sort((a, b) => (a.fileName < b.fileName ? 1 : -1))
}

/** The name of a backup without its ending. */
export function backupName(takenAt: number, label: string, before: BackedUpBefore | null): string {
  const time = new Date(takenAt).toISOString().replaceAll(':', '-')
  return `${time}_${before === null ? '' : `before-${before}_`}${label}`
}

/**
 * Which backups of a database go, so that the last `keep` of their kind stay: those that were asked for, and those that a restore or a reset
 * made for itself, are counted apart. Each with the file beside it.
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
  const old = own.slice(keep).filter(({ path }) => !spared.includes(path))
  return old.map(({ path }) => ({ path, files: [path, recordPath(path)] }))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
