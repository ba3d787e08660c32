import { statSync } from 'node:fs'
import { fingerprint } from '../database/backup-record.js'
import { BackupFailed } from '../database/failure.js'
import type { Method } from '../database/method.js'
import type { FoundBackup } from './find-backup.js'

/**
 * Reads a backup to its end before anything is touched; how many tables it holds.
 *
 * @throws BackupFailed `damaged`, `foreign` or `newer`
 */
export async function examineBackup({ listed, record }: FoundBackup, method: Method): Promise<number> {
  const { path } = listed
  if (record === 'newer') {
    throw new BackupFailed('newer', `${path} was made by a newer onehead`, 'update onehead, then restore it')
  }
  if (record !== null && record.method !== method.kind) {
    throw new BackupFailed('foreign', `${path} is a backup of ${record.method}, and this database is ${method.kind}`)
  }
  if (statSync(path).size === 0) throw new BackupFailed('damaged', `${path} is empty`)
  if (record !== null && (await fingerprint(path)) !== record.sha256) {
    const help = 'restore another one: `onehead backup --list` shows which there are'
    throw new BackupFailed('damaged', `${path} is not what was written: it was cut off or changed since`, help)
  }
  try {
    return await method.verify(path)
  } catch (error) {
    if (!(error instanceof BackupFailed) || error.kind !== 'damaged') throw error
    throw new BackupFailed('damaged', `${path} does not read back: ${error.message}`, 'restore another one')
  }
}
