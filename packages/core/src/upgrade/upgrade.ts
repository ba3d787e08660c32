import type { DatabaseStep } from '../plan/plan.js'
import type { DatabaseStatus, EnvironmentStatus, RevisionNote, StatusFailure } from '../status/status.js'

/** What undoes a revision: its downgrade, or nothing but a backup. `unknown`: it cannot be read without running it. */
export type UndoneBy = 'downgrade' | 'raises' | 'empty' | 'unknown'

export interface PendingRevision extends RevisionNote {
  readonly back: UndoneBy
}

export interface PlannedDatabase {
  /** Where it stands. */
  readonly status: DatabaseStatus
  /** In the order of the upgrade. */
  readonly pending: readonly PendingRevision[]
  /** What brings its scripts back to where it stands; null where one step of Alembic cannot. */
  readonly back: DatabaseStep | null
  /** Tables that a failed batch operation has left there: Alembic stumbles over them. */
  readonly leftovers: readonly string[]
}

/** Why an upgrade, a downgrade or a stamp is not begun. */
export interface UpgradeRefusal {
  /** `irreversible` only of a downgrade, `overlap` only of a stamp. */
  readonly kind: 'scripts' | 'unasked' | 'database' | 'moved' | 'target' | 'irreversible' | 'overlap'
  /** Lower case, no full stop. */
  readonly message: string
  readonly notes: readonly string[]
  /** Starts with a verb. */
  readonly help: string | null
  /** For the workspace root. */
  readonly command: string | null
}

/** What an upgrade of one environment would do; nothing was written for it. */
export interface UpgradePlan {
  readonly status: EnvironmentStatus
  /** As Alembic is given it: `head`, `heads`, an id. */
  readonly target: string
  /** What that means here; empty where it is refused. */
  readonly targetIds: readonly string[]
  /** Empty where it is refused. */
  readonly databases: readonly PlannedDatabase[]
  /** Null: it can begin. */
  readonly refusal: UpgradeRefusal | null
  /** Whether there will be a backup; `refused` by the user, `off` in `onehead.json`. */
  readonly backup: 'wanted' | 'refused' | 'off'
}

/** A backup as people are told of it. */
export type BackupNote =
  | {
      readonly kind: 'file'
      /** What env.py calls the database where it has several, else null. */
      readonly database: string | null
      readonly path: string
      readonly bytes: number
      readonly tables: number | null
      /** Commands for a shell, in their order. */
      readonly toNewPlace: { readonly place: string; readonly commands: readonly string[] }
      readonly inPlace: readonly string[]
      /** The backup from before the first of several tries in a row, of which none has ended well; absent where this is the first. */
      readonly beforeTries?: string
    }
  | { readonly kind: 'command'; readonly database: string | null; readonly command: string }
  | { readonly kind: 'nothing'; readonly database: string | null; readonly because: 'absent' | 'in-memory' }

export interface UpgradeFailure extends StatusFailure {
  readonly kind: 'backup' | 'locked' | 'moved-on' | 'stopped' | 'failed' | 'astray'
  /** The one whose script failed; null where none had begun. */
  readonly revision: string | null
  /** The innermost line of the workspace's own that it came through; the path is workspace-relative, the line counts from 1. */
  readonly place: { readonly path: string; readonly line: number } | null
  /** The statement that failed, where it is known. */
  readonly statement: string | null
  /** Statements of that revision that had run, the last of them; secrets masked. */
  readonly ran: readonly string[]
  /** True where what had run outlives the failure, or may: this database does not take it back. */
  readonly isHalfWay: boolean
}

/** Where a database stands in the end. */
export interface StandingAfter {
  readonly rows: readonly string[]
  readonly leftovers: readonly string[]
}

/** What became of a run of Alembic that moves the databases of one environment. */
export interface MoveResult {
  /** `nothing`: there was nothing to run. */
  readonly kind: 'nothing' | 'done' | 'failed'
  readonly backups: readonly BackupNote[]
  /** Revisions that said they were done, each with the place of its database in env.py's order. */
  readonly done: readonly { readonly database: number; readonly revision: string }[]
  readonly failure: UpgradeFailure | null
  /** In env.py's order; null where nobody could tell, and where nothing was tried. */
  readonly after: readonly StandingAfter[] | null
}

export interface UpgradeOutcome extends Omit<MoveResult, 'kind'> {
  readonly plan: UpgradePlan
  /** `untouched`: it was its turn no more, or it was only shown. */
  readonly kind: 'refused' | 'nothing' | 'untouched' | 'upgraded' | 'failed'
}

/** True where nobody has to do anything. */
export function isUpgraded({ kind }: UpgradeOutcome): boolean {
  return kind === 'upgraded' || kind === 'nothing'
}
