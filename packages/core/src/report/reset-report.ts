import type { BackupNote } from '../upgrade/upgrade.js'
import type { ConcernedEnvironment } from './backup-report.js'
import type { RestoreFailure, RestoreRefusal } from './restore-report.js'

/** One database that a reset empties. */
export interface ResetDatabase {
  /** What env.py calls it where it has several, else null. */
  readonly name: string | null
  readonly dialect: string
  /** Without a password. */
  readonly address: string | null
  /** What a person types to mean it. */
  readonly typedName: string
  readonly revisions: readonly string[]
  /** Why it is taken for a development database. */
  readonly reasons: readonly string[]
}

/** A reset as it is about to happen. */
export interface ResetPlan extends ConcernedEnvironment {
  readonly databases: readonly ResetDatabase[]
  /** True: the scripts too, with one initial revision instead. */
  readonly history: boolean
  /** Scripts that go; workspace-relative. */
  readonly scripts: readonly string[]
  readonly steps: readonly string[]
  readonly refusal: RestoreRefusal | null
}

export interface ResetOutcome {
  readonly plan: ResetPlan
  /** `untouched`: only shown. */
  readonly kind: 'refused' | 'untouched' | 'reset' | 'failed'
  readonly backups: readonly BackupNote[]
  /** Where the scripts are kept; absolute. Null where they stay. */
  readonly scriptsBackup: string | null
  /** The new initial revision. */
  readonly initial: { readonly revision: string; readonly path: string } | null
  /** Of each database in env.py's order, in the end; null where nobody could tell. */
  readonly standing: readonly (readonly string[])[] | null
  /** Commands for the workspace root, in their order, that bring back what was there; empty where nothing is lost, or nothing was kept. */
  readonly undo: readonly string[]
  /** What Alembic says of the models against the schema; null where it cannot compare. */
  readonly modelsAgree: boolean | null
  readonly failure: RestoreFailure | null
}

/** True where nobody has to do anything. */
export function isReset({ kind }: ResetOutcome): boolean {
  return kind === 'reset'
}
