import type { DatabaseWay } from '@onehead/core'

/**
 * A revision that a repair gave other parents or another id. A database that ran it before must be put right: what
 * `status` and `upgrade` look for. Paths are workspace-relative with `/`.
 */
export interface MovedRecord {
  /** The repair that did it: `Applied.id`. */
  readonly repair: string
  readonly environment: { readonly path: string; readonly config: string; readonly section: string }
  /** The id now. */
  readonly revision: string
  /** The id that a database may be stamped with; the same unless it was renamed. */
  readonly formerly: string
  readonly path: string
  /** Parents as declared before and after; empty for a base. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** What a database that ran it would skip for ever; parents first. */
  readonly skipped: readonly string[]
  readonly ways: readonly DatabaseWay[]
  /** ISO 8601. */
  readonly when: string
}
