import type { Span } from '../text/span.js'
import type { IgnoreComment, ScriptReading } from './reading.js'

/** An id inside a script, with the bytes of its literal (quotes and prefix included). */
export interface Reference {
  readonly id: string
  readonly span: Span
}

/** A migration script that Alembic would load: its identifiers after Alembic's own normalisation. */
export interface Script {
  /** Workspace-relative path with `/`. */
  readonly path: string
  readonly revision: string
  /** The literal of `revision`; `null` where the id comes from the file name (Alembic's rule before 0.2). */
  readonly revisionSpan: Span | null
  /** As declared, in order, duplicates kept. Empty for a base. */
  readonly downRevisions: readonly Reference[]
  /** The whole value of `down_revision`. */
  readonly downRevisionSpan: Span
  readonly dependsOn: readonly Reference[]
  /** As declared here; labels that reach this revision from others are the revision map's business. */
  readonly branchLabels: readonly Reference[]
  /** Names whose value could not be told without Python (only `depends_on`, `branch_labels`: else it is not a Script). */
  readonly unknown: readonly ('depends_on' | 'branch_labels')[]
  /** Alembic's `longdoc`: the docstring, stripped. */
  readonly longdoc: string
  /** Alembic's `doc`: `longdoc` up to the first blank line; what `history` prints. */
  readonly message: string
  readonly reading: ScriptReading
}

/**
 * A file in a version location that is not a Script: Alembic would fail on it, or only Python can tell.
 * One such file stops every Alembic command of its environment (unless `error` is null: then Alembic may well load it).
 */
export interface UnreadableScript {
  readonly path: string
  readonly cause:
    | 'syntax'
    | 'merge-markers'
    | 'encoding'
    | 'null-byte'
    | 'too-complex'
    | 'dynamic'
    | 'no-revision'
    | 'no-down-revision'
    | 'wrong-type'
    | 'empty'
    | 'not-readable'
    | 'too-large'
    | 'broken-link'
    | 'outside'
  /** What Alembic raises: the Python class and the ids it names. `null` where Alembic may load the file (cause `dynamic`, …). */
  readonly error: AlembicError | null
  /** Lower case, no full stop: what is wrong, in words. */
  readonly detail: string
  /** Where; an empty span at 0 where no place is better than another. */
  readonly span: Span
  /** The reading, where there is one: still used for ids in messages and for ignores. */
  readonly reading: ScriptReading | null
}

/** What real Alembic would raise while it loads a history. */
export interface AlembicError {
  /** The Python class: `KeyError`, `CycleDetected`, `LoopDetected`, `RevisionError`, `SyntaxError`, `AttributeError`, … */
  readonly kind: string
  /** The revision ids (or missing ids) that it names, in Alembic's order where that is stable. */
  readonly revisions: readonly string[]
  /** Alembic's own sentence. */
  readonly message: string
}

export type { IgnoreComment }
