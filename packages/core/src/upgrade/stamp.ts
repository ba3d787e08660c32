import type { DatabaseStep } from '../plan/plan.js'
import type { DatabaseStatus, EnvironmentStatus, RevisionNote } from '../status/status.js'
import type { Made } from './made-by.js'
import type { UpgradeFailure, UpgradeRefusal } from './upgrade.js'

/** A revision that the version table would speak of otherwise, without anything being run. */
export interface StampedRevision extends RevisionNote {
  /** Tables and columns that a database which has run it would have; empty where there is nothing to look for. */
  readonly made: readonly Made[]
  /** What looking for them showed: all of them there, some or none, nothing to look for, or nobody could look. */
  readonly seen: 'there' | 'lacking' | 'nothing' | 'unseen'
  /** Those that are not there. */
  readonly lacking: readonly Made[]
}

export interface StampedDatabase {
  /** Where it stands. */
  readonly status: DatabaseStatus
  /** The rows of the version table then; sorted. */
  readonly to: readonly string[]
  /** Count as run from then on, without being run; in the order of an upgrade. */
  readonly marked: readonly StampedRevision[]
  /** Count as not run from then on, without being undone; in the order of a downgrade. */
  readonly unmarked: readonly StampedRevision[]
  /** What writes the rows of today again: steps of Alembic, or SQL where Alembic would refuse those rows. */
  readonly putBack: { readonly steps: readonly DatabaseStep[] } | { readonly sql: readonly string[] }
}

/** What a stamp of one environment would write. */
export interface StampPlan {
  readonly status: EnvironmentStatus
  /** As they were asked for. */
  readonly revisions: readonly string[]
  /** What Alembic is told, one call after the other. */
  readonly calls: readonly StampCall[]
  /** Empty where it is refused. */
  readonly databases: readonly StampedDatabase[]
  /** Null: it can begin. */
  readonly refusal: UpgradeRefusal | null
}

/** One `alembic stamp`. */
export interface StampCall {
  readonly revisions: readonly string[]
  /** The table is emptied first. */
  readonly purge: boolean
}

export interface StampOutcome {
  readonly plan: StampPlan
  /** `untouched`: it was only shown, or nobody said yes. */
  readonly kind: 'refused' | 'nothing' | 'untouched' | 'stamped' | 'failed'
  readonly failure: UpgradeFailure | null
  /** The rows of each database in the end; null where nobody could tell, and where nothing was tried. */
  readonly after: readonly (readonly string[])[] | null
}

/** True where nobody has to do anything. */
export function isStamped({ kind }: StampOutcome): boolean {
  return kind === 'stamped' || kind === 'nothing'
}

/** True where the version table would then say what the database itself does not bear out. */
export function isDoubtful({ databases }: StampPlan): boolean {
  return databases.some(
    ({ marked, unmarked }) =>
      marked.some(({ seen }) => seen !== 'there') ||
      unmarked.some(
        ({ made, lacking, seen }) => seen === 'unseen' || seen === 'nothing' || lacking.length < made.length,
      ),
  )
}
