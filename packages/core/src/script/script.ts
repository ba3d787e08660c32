import type { Revision } from '../revision/revision.js'
import type { Span } from '../text/span.js'
import type { IgnoreComment, ScriptReading } from './reading.js'

/** Where the identifiers of a script stand: bytes of the literals, quotes and prefix included. */
export interface IdentifierSpans {
  /** `null` where the id comes from the file name (Alembic's rule before 0.2). */
  readonly revision: Span | null
  /** The whole value of `down_revision`. */
  readonly downRevision: Span
  /** One for each of `downRevisions`, in the same order; likewise below. */
  readonly downRevisions: readonly Span[]
  readonly dependsOn: readonly Span[]
  readonly branchLabels: readonly Span[]
}

/** A migration script that Alembic would load: its identifiers after Alembic's own normalisation. */
export interface Script extends Revision {
  /** Workspace-relative path with `/`. */
  readonly path: string
  readonly spans: IdentifierSpans
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
    | 'not-downloaded'
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
