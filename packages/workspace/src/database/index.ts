export {
  type Backup,
  type BackupOptions,
  backUp,
  type CommandBackup,
  type FileBackup,
  type NothingToBackUp,
} from './backup.js'
export { BackupFailed, type BackupTrouble } from './failure.js'
export type { Restore } from './method.js'
export { type ShellCommand, typedShellCommand } from './shell-command.js'
export {
  type Standing,
  typedStep,
  type Walk,
  type WalkOptions,
  type WalkProgress,
  type WayToWalk,
  walkWay,
} from './walk-way.js'
