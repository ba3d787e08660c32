import type { Environment } from '../history/history.js'
import type { Refusal } from '../plan/plan.js'
import type { Diagnostic } from '../rules/rule.js'

/** What came of `onehead revision`. */
export interface NewRevisionReport {
  readonly environment: Environment
  /** False where it was only shown, or refused, or where there was nothing to write. */
  readonly applied: boolean
  /** Null where none was made. */
  readonly script: MadeScript | null
  /** Autogenerate has found that the models and the database agree. */
  readonly noChanges: boolean
  /** Heads there are afterwards, or would be. */
  readonly heads: readonly string[]
  /** Worth knowing, lower case, no full stop: who wrote it and why, a name that could not follow a convention. */
  readonly notes: readonly string[]
  /** Warnings: a stale target, a fork to come. */
  readonly notices: readonly string[]
  readonly refusals: readonly Refusal[]
  /** What a check finds in the new script, or in the history with it. */
  readonly left: readonly Diagnostic[]
}

/** A script that was made. Its bytes are null where only running the project's Alembic would tell. */
export interface MadeScript {
  readonly revision: string
  readonly parents: readonly { readonly revision: string; readonly message: string }[]
  /** Null where only running the project's Alembic would tell. */
  readonly path: string | null
  readonly bytes: Uint8Array | null
  /** Filled in by comparing the models with the database. */
  readonly isGenerated: boolean
}
