import type { BackedUpBefore } from './backup-record.js'

/** `2026-01-05T10-00-00.000Z_before-restore_shop-1f2e3d4c.dump` */
const NAME =
  /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-([\d.]+Z)_(?:before-(restore|reset)_)?(.+-[0-9a-f]{8})\.(?:sqlite|dump|sql)$/

/** The name of a backup without its ending. */
export function backupName(takenAt: number, label: string, before: BackedUpBefore | null): string {
  const time = new Date(takenAt).toISOString().replaceAll(':', '-')
  return `${time}_${before === null ? '' : `before-${before}_`}${label}`
}

/** What the name of a file says; null where it is not one of ours. */
export function readBackupName(
  fileName: string,
): { readonly takenAt: string; readonly label: string; readonly before: BackedUpBefore | null } | null {
  const parts = NAME.exec(fileName)
  if (parts === null) return null
  const [, day, hour, minute, second, before = null, label = ''] = parts
  return { takenAt: `${day}${hour}:${minute}:${second}`, label, before: before as BackedUpBefore | null }
}
