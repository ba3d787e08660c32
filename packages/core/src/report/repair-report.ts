import type { Environment } from '../history/history.js'
import type { DatabaseStep, FileChange, Refusal } from '../plan/plan.js'
import type { Diagnostic } from '../rules/rule.js'

/** What became of a repair plan. */
export interface RepairOutcome {
  /** False where it was only shown, or where there was nothing to write. */
  readonly applied: boolean
  /** Full id of the commit that was made of it; null where none was. */
  readonly commit: string | null
  /** What the gate says to a push of that commit; null where it was not asked. */
  readonly push: 'passes' | 'stopped' | null
  /** What a second check still finds in the environments of the plan. */
  readonly left: readonly Diagnostic[]
  /** Databases that were to be put right, where that was asked for. */
  readonly walked?: readonly WalkedDatabase[]
  /** The one command that comes next once it is applied, such as a commit; null where nothing has to follow. */
  readonly next: string | null
}

/** A database of an environment in which something moved, and what became of it. */
export interface WalkedDatabase {
  /** The environment's name. */
  readonly environment: string
  /** As people know it; empty where it could not be asked. */
  readonly database: string
  /**
   * `arrived`: it has what it would have skipped; `untouched`: it had run nothing of what moved. Everything else needs a
   * person: `unreachable`, `elsewhere` and `no-backup` have changed nothing, `failed` and `astray` may have.
   */
  readonly kind: 'arrived' | 'untouched' | 'unreachable' | 'elsewhere' | 'no-backup' | 'failed' | 'astray'
  /** Where it stood, and stands now; null where nobody knows. */
  readonly from: readonly string[]
  readonly to: readonly string[] | null
  readonly steps: readonly DatabaseStep[]
  /** Absolute paths. */
  readonly backups: readonly string[]
  /** What went wrong: lower case, no full stop. */
  readonly message: string | null
}

/** What taking the last repair back does, or did. */
export interface UndoReport {
  /** The command line that is taken back, such as `onehead fix`; null where there is none to take back. */
  readonly command: string | null
  /** False where it was only shown, or refused. */
  readonly applied: boolean
  /** From what lies there now to what lay there before the repair. */
  readonly changes: readonly FileChange[]
  /** What git takes back with it: a merge that is still open, the commit of the repair, or the branch to where it was. */
  readonly git: 'abort-merge' | 'uncommit' | 'go-back' | null
  /** Databases that were upgraded since. */
  readonly databases: readonly UndoneDatabase[]
  readonly refusals: readonly Refusal[]
}

/** A database that ran the repaired scripts: it stands where the old ones mean something else. */
export interface UndoneDatabase {
  readonly environment: Environment
  /** A database at this revision. */
  readonly at: string
  /** What tells it, by the scripts as they are then, what it has run. */
  readonly steps: readonly DatabaseStep[]
}
