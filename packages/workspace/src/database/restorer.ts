import type { ShellCommand } from './shell-command.js'

/** Puts backups of one database back. Each step leaves something whole behind: what is there, or what was loaded. */
export interface Restorer {
  /** How its databases are called: on a server by name, else by the path of the file. */
  readonly database: string
  /** What a person types to mean it: the name; of a file the last part of its path. */
  readonly typedName: string
  /** The usual new place: `shop_restored`. */
  readonly beside: string
  /** Where a restore in place loads first. Ours by name: what a killed run left there is removed. */
  readonly scratch: string
  /** A place that the user named, as `database` would be written. */
  placeOf(typed: string): string
  exists(place: string): Promise<boolean>
  /**
   * Makes a new place and loads a backup into it. Where that fails, the place is gone again.
   *
   * @throws BackupFailed
   */
  load(backup: string, place: string): Promise<void>
  remove(place: string): Promise<void>
  /** How many others are connected to the database; null where nobody can tell. */
  connected(): Promise<number | null>
  /**
   * Puts what stands in the scratch place in the database's stead.
   *
   * @returns what was replaced and is still there, until `finish`
   * @throws BackupFailed; `isAtomic` says what is there then
   */
  swap(backup: string): Promise<Swapped>
  /** True where a failed `swap` has changed nothing. */
  readonly isAtomic: boolean
  /** What a person types to look into a place. */
  look(place: string): ShellCommand
  /** And to be rid of it. */
  discard(place: string): ShellCommand
}

export interface Swapped {
  /** Where the former database is; null where it is gone. */
  readonly replaced: string | null
}
