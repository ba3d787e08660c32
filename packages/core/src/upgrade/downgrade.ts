import type { DatabaseStep } from '../plan/plan.js'
import type { DatabaseStatus, EnvironmentStatus, RevisionNote } from '../status/status.js'
import type { Made } from './made-by.js'
import type { MoveResult, UndoneBy, UpgradePlan, UpgradeRefusal } from './upgrade.js'

/** A revision that is to be undone. */
export interface UndoneRevision extends RevisionNote {
  /** Anything but `downgrade` does not undo it. */
  readonly by: UndoneBy
  /** Tables and columns that its downgrade() drops, with what is stored in them. */
  readonly loses: readonly Made[]
  /** True where its downgrade() also does what cannot be read, such as SQL of its own: nobody knows what that loses. */
  readonly mayLoseMore: boolean
}

export interface DowngradedDatabase {
  /** Where it stands. */
  readonly status: DatabaseStatus
  /** In the order of the downgrade. */
  readonly undone: readonly UndoneRevision[]
  /** The rows of the version table then; sorted. */
  readonly to: readonly string[]
  /** What brings its scripts up again to where it stands now. */
  readonly back: readonly DatabaseStep[]
  /** Tables that a failed batch operation has left there: Alembic stumbles over them. */
  readonly leftovers: readonly string[]
}

/** What a downgrade of one environment would do; nothing was written for it. */
export interface DowngradePlan {
  readonly status: EnvironmentStatus
  /** As Alembic is given it: an id, `base`, `-1`, `label@base`. */
  readonly target: string
  /** Empty where it is refused. */
  readonly databases: readonly DowngradedDatabase[]
  /** Null: it can begin. */
  readonly refusal: UpgradeRefusal | null
  readonly backup: UpgradePlan['backup']
}

export interface DowngradeOutcome extends Omit<MoveResult, 'kind'> {
  readonly plan: DowngradePlan
  /** `untouched`: it was its turn no more, or it was only shown. */
  readonly kind: 'refused' | 'nothing' | 'untouched' | 'downgraded' | 'failed'
}

/** True where nobody has to do anything. */
export function isDowngraded({ kind }: DowngradeOutcome): boolean {
  return kind === 'downgraded' || kind === 'nothing'
}
