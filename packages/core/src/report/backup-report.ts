import type { StatusFailure } from '../status/status.js'
import type { BackupNote } from '../upgrade/upgrade.js'

/** Which environment a report about its databases is of. Paths are workspace-relative. */
export interface ConcernedEnvironment {
  readonly name: string
  /** Null for a configuration that cannot be used. */
  readonly path: string | null
  readonly config: string
  readonly section: string | null
  /** `name=value`, as env.py was given it: what our next commands have to repeat. Not in JSON, whose reader has said it. */
  readonly x?: readonly string[]
}

/** One database, and what became of its backup. */
export interface BackedUpDatabase {
  /** What env.py calls it where it has several, else null. */
  readonly name: string | null
  readonly dialect: string
  /** Without a password. */
  readonly address: string | null
  /** The rows of its version table when it was backed up. */
  readonly revisions: readonly string[]
  /** Null where there is none. */
  readonly backup: BackupNote | null
  /** What restores it beside; null where only its owner knows. */
  readonly restore: string | null
  readonly failure: DatabaseTrouble | null
}

/** What stood in the way; `kind` is stable. */
export interface DatabaseTrouble {
  readonly kind: string
  /** Lower case, no full stop. */
  readonly message: string
  /** Starts with a verb. */
  readonly help: string | null
}

/** One environment in `backup`. */
export interface BackupOutcome extends ConcernedEnvironment {
  readonly databases: readonly BackedUpDatabase[]
  /** Why nobody could ask which databases there are. */
  readonly failure: StatusFailure | null
}

/** A backup that is there. */
export interface ListedBackup {
  /** What `restore` takes for it. */
  readonly backup: string
  /** Absolute. */
  readonly path: string
  /** ISO 8601. */
  readonly takenAt: string
  readonly bytes: number
  /** Counted while reading it back; null where nobody wrote it down. */
  readonly tables: number | null
  /** Where the database stood then; null where nobody wrote it down. */
  readonly revisions: readonly string[] | null
  /** The database by its name. */
  readonly database: string
  /** What made it, where nobody asked for it. */
  readonly before: 'restore' | 'reset' | null
}

/** One environment in `backup --list`. */
export interface BackupListing extends ConcernedEnvironment {
  /** Absolute: where they lie. */
  readonly folder: string
  /** The newest first. */
  readonly backups: readonly ListedBackup[]
}

/** True where every database has its backup, or has nothing that could be lost. */
export function isBackedUp({ databases, failure }: BackupOutcome): boolean {
  return failure === null && databases.every((one) => one.failure === null)
}
