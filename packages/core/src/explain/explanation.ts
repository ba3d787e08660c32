import type { RewriteStep } from '../rules/rule.js'
import type { ErrorWeight } from './known-error.js'

/** A place in a file that says something about an error. */
export interface FactPlace {
  /** Workspace-relative. */
  readonly path: string
  /** From 1; null where the whole file is meant. */
  readonly line: number | null
  readonly column: number | null
  /** Lower case, no full stop; null where the fact says it all. */
  readonly text: string | null
}

/** Something about an error that the files of the workspace, or git, say. */
export interface Fact {
  /** The environment's name; null where it is about none. */
  readonly environment: string | null
  /** Lower case, no full stop. */
  readonly message: string
  readonly places: readonly FactPlace[]
}

/** One known error of a text: what it means, and what it means here. */
export interface Explanation {
  /** Stable name of what went wrong. */
  readonly kind: string
  readonly weight: ErrorWeight
  /** The part of the text that was recognised. */
  readonly matched: string
  /** A sentence. */
  readonly cause: string
  /** Starts with a verb. */
  readonly cure: string
  /** Rules of ours whose pages say more, most likely first. */
  readonly rules: readonly string[]
  /** The statement that failed, in one line; null where the text has none. */
  readonly statement: string | null
  /** The one environment that it is about, where that can be told. */
  readonly environment: string | null
  readonly facts: readonly Fact[]
  /** The safe way in the user's own names. */
  readonly rewrite: readonly RewriteStep[]
  /** What to do in this workspace; null where no fact says more than the cure. */
  readonly help: string | null
  /** What to run next, for the workspace root. */
  readonly command: string
}

/** The answer to a pasted text. */
export interface ExplainReport {
  /** The root first; empty where nothing is known. */
  readonly explanations: readonly Explanation[]
  /** Errors in the text of which nothing is known, as printed. */
  readonly unknown: readonly string[]
  /** Where nothing is known: what the text names that this workspace has. */
  readonly seen: readonly Fact[]
  /** What could not be looked at. Lower case, no full stop. */
  readonly notes: readonly string[]
}
