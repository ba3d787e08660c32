import type { BackupNote } from '@onehead/core'
import type { Backup } from './backup.js'
import { typedShellCommand } from './shell-command.js'

/** A backup as people are told of it. */
export function noteOf(backup: Backup): BackupNote {
  const database = backup.name
  if (backup.kind === 'command') return { kind: 'command', database, command: backup.command }
  if (backup.kind === 'nothing') return { kind: 'nothing', database, because: backup.because }
  const { path, bytes, tables, restore } = backup
  const { place, commands } = restore.toNewPlace
  const toNewPlace = { place, commands: commands.map(typedShellCommand) }
  return { kind: 'file', database, path, bytes, tables, toNewPlace, inPlace: restore.inPlace.map(typedShellCommand) }
}
