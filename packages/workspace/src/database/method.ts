import type { ShellCommand } from './shell-command.js'

/** How a backup goes back, for a person to run; nothing of ours runs it. */
export interface Restore {
  /** Beside what is there, which is not touched. */
  readonly toNewPlace: {
    /** A database on the same server, or a file. */
    readonly place: string
    readonly commands: readonly ShellCommand[]
  }
  /** In its stead: whatever is there now is lost. */
  readonly inPlace: readonly ShellCommand[]
}

/** One way to write a database into a file. */
export interface Method {
  readonly kind: 'sqlite' | 'postgresql' | 'mysql'
  /** Of its files, with the dot. */
  readonly extension: string
  /**
   * Writes into a file that is there, empty and private.
   *
   * @throws BackupFailed
   */
  dump(path: string): Promise<void>
  /**
   * Reads the file to its end; how many tables it holds.
   *
   * @throws BackupFailed `damaged`; `foreign` for what this method has not written
   */
  verify(path: string): Promise<number>
  /** Made from what the file and the server say now. */
  restore(path: string): Promise<Restore>
}
