import type { RehearsedDatabase } from './rehearsal.js'
import type { DataDifference, SchemaDifference, SchemaItem } from './schema.js'

export type RehearsalStep = 'up' | 'down' | 'up-again'

/** A step that raised. */
export interface FailedStep {
  readonly revision: string | null
  readonly step: RehearsalStep | 'back' | 'replay' | 'other-order'
  /** The exception. */
  readonly type: string
  readonly message: string
  readonly statement: string | null
  /** Of the script; null where it was not in it. */
  readonly line: number | null
  /** The script itself says that there is no way. */
  readonly irreversible: boolean
}

/** One revision on one database, as far as it came. */
export interface SeenRevision {
  readonly revision: string
  readonly database: number
  /** Steps that ended. */
  readonly done: readonly RehearsalStep[]
  /** What is another thing after up and down than before; null where it did not come so far. */
  readonly notRestored: readonly SchemaDifference[] | null
  readonly data: readonly DataDifference[]
  /** What the second up made otherwise than the first; null where it did not come so far. */
  readonly again: readonly SchemaDifference[] | null
  /** True where the second up left another number of rows or values. */
  readonly isDataOther: boolean
}

/** Models against schema, of one database. */
export interface SeenModels {
  readonly state: 'none' | 'equal' | 'differ'
  readonly differences: readonly {
    /** Alembic's word: `add column`. */
    readonly operation: string
    readonly table: string | null
    readonly column: string | null
    readonly text: string
  }[]
}

/** What was seen of a rehearsal, before anybody judges it. */
export interface SeenRehearsal {
  /** In the order of env.py. */
  readonly databases: readonly RehearsedDatabase[]
  /** By revision in the order in which they ran, then by database. */
  readonly revisions: readonly SeenRevision[]
  readonly failed: readonly FailedStep[]
  /** In the order in which everything ran. */
  readonly order: readonly string[]
  /** The ends of branches and what their other order made otherwise, by database; null where there was one branch. */
  readonly otherOrder: {
    readonly heads: readonly string[]
    readonly differences: readonly (readonly SchemaDifference[] | null)[]
  } | null
  /** Of each database after the last revision; null where it did not come so far. */
  readonly ends: readonly (readonly SchemaItem[] | null)[]
  readonly models: readonly (SeenModels | null)[]
}
