import type { BackupNote } from '@onehead/core'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { holdBackup } from '../database/held-backup.js'
import { backUp } from '../database/index.js'
import { noteOf } from '../database/note.js'
import type { Move } from './carry-out.js'
import type { RunOptions } from './options.js'

/**
 * Backs up every database of an environment in which something is to be run, and reads each backup back. What it makes is held.
 *
 * @throws BackupFailed
 */
export async function backUpDatabases(
  { backup: wanted, databases, runner, answer }: Move,
  configuration: Configuration,
  { now, onProgress }: RunOptions,
): Promise<readonly BackupNote[]> {
  if (wanted !== 'wanted') return []
  const { environment } = runner
  const { backup: settings } = environmentConfigurationFor(configuration, environment)
  const wish = settings === undefined || settings === false ? {} : { settings }
  const onOutput = (line: string) => onProgress?.({ kind: 'output', line })
  const notes: BackupNote[] = []
  for (const [index, database] of answer.databases.entries()) {
    if (databases[index]!.steps.length === 0) continue
    onProgress?.({ kind: 'backup', environment: environment.name, database: database.name })
    const backup = held(noteOf(await backUp(runner, database, { ...wish, now, onOutput })))
    onProgress?.({ kind: 'backed-up', environment: environment.name, backup })
    notes.push(backup)
  }
  return notes
}

function held(backup: BackupNote): BackupNote {
  if (backup.kind !== 'file') return backup
  const first = holdBackup(backup.path)
  return first === backup.path ? backup : { ...backup, beforeTries: first }
}
