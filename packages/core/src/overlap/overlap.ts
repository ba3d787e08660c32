import type { ScriptOperations } from '../operations/operation.js'
import type { Span } from '../text/span.js'

/** A script of one side of a fork, as far as a comparison needs it. */
export interface SideScript {
  readonly revision: string
  readonly path: string
  /** Null where it could not be parsed: its effects are opaque. */
  readonly operations: ScriptOperations | null
}

/** Something in a database that has a name of its own. */
export interface DatabaseObject {
  readonly type: 'table' | 'column' | 'index' | 'constraint' | 'enum' | 'enum value'
  /** Null for a primary key without a name. */
  readonly name: string | null
  /** Of a column, an index or a constraint its table, where that is known; of an enum value its enum; else null. */
  readonly table: string | null
  /** Null for the default one. */
  readonly schema: string | null
}

/** What one side does to an object. `uses`: it works on it, or on what hangs on it, or points to it. */
export type Deed = 'creates' | 'alters' | 'drops' | 'renames' | 'replaces' | 'uses'

/** What one side does to it, and where. */
export interface OverlapPlace {
  /** As this side has it: an index of one name may be on another table. */
  readonly object: DatabaseObject
  readonly revision: string
  readonly path: string
  readonly span: Span
  readonly deed: Deed
  /** Only where the database says that the object is there, or is not. */
  readonly guarded: boolean
}

/**
 * `created-twice`, `dropped-twice`: whichever runs second fails; `altered-twice`: the last one wins;
 * `dropped-or-renamed-while-used`, `created-while-used`: it works in one order only; `same-table`: different things of one
 * table.
 */
export type OverlapKind =
  | 'created-twice'
  | 'altered-twice'
  | 'dropped-twice'
  | 'dropped-or-renamed-while-used'
  | 'created-while-used'
  | 'same-table'

/** One object that both sides have to do with. */
export interface Overlap {
  readonly kind: OverlapKind
  /** `block`: joining the sides would break something; `warn`: somebody has to look. */
  readonly severity: 'block' | 'warn'
  /** As my side has it, where that says more. */
  readonly object: DatabaseObject
  readonly mine: OverlapPlace
  readonly theirs: OverlapPlace
  /** On both sides: nothing fails, but only one of the two takes effect. */
  readonly guarded: boolean
  /** The names differ in upper and lower case only: one name to some databases, two to others. */
  readonly differsInCase: boolean
}

/** An effect that cannot be told, beside another side that does something. */
export interface OpaqueEffect {
  readonly side: 'mine' | 'theirs'
  readonly revision: string
  readonly path: string
  readonly span: Span
  /** Lower case, no full stop. */
  readonly reason: string
}

export interface Comparison {
  /** In the order in which my side runs. */
  readonly overlaps: readonly Overlap[]
  /** Empty where the other side does nothing at all: then nothing can meet. */
  readonly opaque: readonly OpaqueEffect[]
  /**
   * The worst of it: `overlap` before `opaque` before `same-table`. `disjoint` is said only where everything is known and
   * nothing meets.
   */
  readonly grade: 'disjoint' | 'same-table' | 'overlap' | 'opaque'
}

export interface ComparisonOptions {
  /** Dialect names that decide in which space a name must be unique; empty: every database may be meant. */
  readonly dialects?: readonly string[]
}
