import type { BackupNote } from '../upgrade/upgrade.js'
import type { ConcernedEnvironment, DatabaseTrouble, ListedBackup } from './backup-report.js'

/** Why a restore is not begun: nothing was touched. */
export interface RestoreRefusal extends DatabaseTrouble {
  /** One runnable command for the workspace root, or null. */
  readonly command: string | null
}

/** A restore as it is about to happen. */
export interface RestorePlan extends ConcernedEnvironment {
  /** What env.py calls the database where it has several, else null. */
  readonly database: string | null
  readonly dialect: string
  /** Without a password. */
  readonly address: string | null
  /** Null where it is refused before one was found. */
  readonly backup: ListedBackup | null
  /** Where it goes: a database, or a file. Null where it is refused. */
  readonly place: string | null
  readonly inPlace: boolean
  /** What happens, in this order, in words. */
  readonly steps: readonly string[]
  /** Worth knowing before: it is of another database, … */
  readonly warnings: readonly string[]
  readonly refusal: RestoreRefusal | null
}

/** What stands in a place, by the project's own Alembic. */
export interface RestoredStanding {
  /** The rows of the version table. */
  readonly revisions: readonly string[]
  /** Rows of each table but Alembic's own. */
  readonly rows: Readonly<Record<string, number>>
}

export interface RestoreFailure extends DatabaseTrouble {
  /** What there is now, in words. */
  readonly stands: string
  /** Commands for a shell, in their order, that bring back what was there before; empty where nothing is lost. */
  readonly wayBack: readonly string[]
}

export interface RestoreOutcome {
  readonly plan: RestorePlan
  /** `untouched`: only shown. */
  readonly kind: 'refused' | 'untouched' | 'restored' | 'failed'
  /** Of what was there before, where it was replaced. */
  readonly before: BackupNote | null
  /** What brings that back; null where nothing was replaced. */
  readonly undo: string | null
  /** Null where nobody could ask. */
  readonly standing: RestoredStanding | null
  /** Commands for a shell: to look into the new place, and to be rid of it. */
  readonly look: string | null
  readonly discard: string | null
  /** Worth knowing after. */
  readonly notes: readonly string[]
  readonly failure: RestoreFailure | null
}

/** True where nobody has to do anything. */
export function isRestored({ kind }: RestoreOutcome): boolean {
  return kind === 'restored'
}
