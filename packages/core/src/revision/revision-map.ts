import type { AlembicError } from '../script/script.js'
import type { Revision } from './revision.js'

/** A parent or dependency that no revision has. */
export interface MissingReference<R> {
  readonly from: R
  readonly id: string
  readonly via: 'down_revision' | 'depends_on'
  /** True when the id is a branch label: Alembic accepts that in `depends_on`, never in `down_revision`. */
  readonly isLabel: boolean
}

/**
 * Alembic's `RevisionMap`, built whole and without throwing: missing parents, duplicates and cycles are recorded as
 * facts. All lists are in load order unless said otherwise, each id once.
 */
export interface RevisionMapFacts<R extends Revision> {
  /** Missing `down_revision` and `depends_on` references, all of them. */
  readonly missing: readonly MissingReference<R>[]
  /** Ids declared by more than one revision, with all of them in load order (the last wins in Alembic). */
  readonly duplicates: ReadonlyMap<string, readonly R[]>
  /** Real cycles (strongly connected components and self-loops), each as the shortest path along parents, closed implicitly. */
  readonly cycles: readonly { readonly revisions: readonly string[]; readonly throughDependency: boolean }[]
  readonly labelClashes: readonly { readonly label: string; readonly revisions: readonly [R, R] }[]
  readonly reservedCharacters: readonly { readonly revision: R; readonly characters: readonly string[] }[]
  /** What Alembic 1.20 raises when it builds this map, or null. */
  readonly error: AlembicError | null
}

export declare class RevisionMap<R extends Revision> implements RevisionMapFacts<R> {
  constructor(revisions: Iterable<R>)
  readonly missing: readonly MissingReference<R>[]
  readonly duplicates: ReadonlyMap<string, readonly R[]>
  readonly cycles: readonly { readonly revisions: readonly string[]; readonly throughDependency: boolean }[]
  readonly labelClashes: readonly { readonly label: string; readonly revisions: readonly [R, R] }[]
  readonly reservedCharacters: readonly { readonly revision: R; readonly characters: readonly string[] }[]
  readonly error: AlembicError | null
}
