import type { BackupNote } from '@onehead/core'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { type Backup, backUp, typedShellCommand } from '../database/index.js'
import type { UpgradeOptions } from './options.js'
import type { ReadyEnvironment } from './plan-environments.js'

/**
 * Backs up every database of an environment in which something is pending, and reads each backup back.
 *
 * @throws BackupFailed
 */
export async function backUpDatabases(
  { plan, runner, answer }: ReadyEnvironment,
  configuration: Configuration,
  { now, onProgress }: UpgradeOptions,
): Promise<readonly BackupNote[]> {
  if (plan.backup !== 'wanted') return []
  const { environment } = runner
  const { backup: settings } = environmentConfigurationFor(configuration, environment)
  const wish = settings === undefined || settings === false ? {} : { settings }
  const onOutput = (line: string) => onProgress?.({ kind: 'output', line })
  const notes: BackupNote[] = []
  for (const [index, database] of answer.databases.entries()) {
    if (plan.databases[index]!.pending.length === 0) continue
    onProgress?.({ kind: 'backup', environment: environment.name, database: database.name })
    const backup = noteOf(await backUp(runner, database, { ...wish, now, onOutput }))
    onProgress?.({ kind: 'backed-up', environment: environment.name, backup })
    notes.push(backup)
  }
  return notes
}

function noteOf(backup: Backup): BackupNote {
  const database = backup.name
  if (backup.kind === 'command') return { kind: 'command', database, command: backup.command }
  if (backup.kind === 'nothing') return { kind: 'nothing', database, because: backup.because }
  const { path, bytes, tables, restore } = backup
  const { place, commands } = restore.toNewPlace
  const toNewPlace = { place, commands: commands.map(typedShellCommand) }
  return { kind: 'file', database, path, bytes, tables, toNewPlace, inPlace: restore.inPlace.map(typedShellCommand) }
}
