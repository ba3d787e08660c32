import type { Environment } from '../history/history.js'
import type { GraphRow } from '../rules/rule.js'

/** One file before and after: null where it does not exist. Paths are workspace-relative with `/`. */
export interface FileChange {
  readonly path: string
  readonly before: Uint8Array | null
  readonly after: Uint8Array | null
}

/** A fact that decided, or would have decided otherwise. Data; words are chosen by the report. */
export type Reason =
  /** Nothing of what moves is published: it can be re-parented. */
  | { readonly kind: 'unpublished'; readonly revisions: readonly string[]; readonly target: string | null }
  | { readonly kind: 'published'; readonly revision: string; readonly where: string }
  /** No target is known, so everything committed counts as published. */
  | { readonly kind: 'no-target'; readonly revision: string }
  /** On a remote branch, with commits of other people on top or beside. */
  | { readonly kind: 'shared'; readonly revision: string; readonly branch: string; readonly author: string }
  /** A database that may be asked stands at it or above. */
  | { readonly kind: 'stamped'; readonly revision: string; readonly database: string }
  | { readonly kind: 'policy'; readonly policy: 'rebase' | 'merge' }
  | { readonly kind: 'several-published'; readonly heads: readonly string[] }
  | {
      readonly kind: 'already-joined'
      readonly revision: string
      readonly parents: readonly string[]
      readonly by: string
    }
  /** A branch label of its own: a merge keeps what `label@head` means. */
  | { readonly kind: 'labelled'; readonly revision: string; readonly labels: readonly string[] }
  /** The other side depends on it by `depends_on`, so that it cannot come after it. */
  | { readonly kind: 'depended-on'; readonly revision: string; readonly by: string }
  | { readonly kind: 'asked' }

/** One revision that gets other parents. */
export interface Move {
  readonly revision: string
  readonly path: string
  /** As declared; empty for a base. */
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** Why nothing is written for an environment: one sentence each, with the way out. */
export interface Refusal {
  /** Stable, for JSON and tests: `published`, `shared`, `conflict-markers`, `labelled`, `several-lines`, … */
  readonly kind: string
  /** Lower case, no full stop: the fact. */
  readonly message: string
  /** Starts with a verb; null where there is none. */
  readonly help: string | null
  /** One runnable command, or null. */
  readonly command: string | null
  /** Where, if a file is concerned. */
  readonly path: string | null
  /** The fact behind it, where that decides something else then. */
  readonly about?: Reason
}

/** One for each revision whose ancestors change. How a database that has run what moved gets what it would skip, with the scripts as they are after the plan. */
export interface DatabaseWay {
  /** A database at this revision. */
  readonly at: string
  /** The file that had this id when the database ran it, where another one has it now. */
  readonly formerPath?: string
  /** True for the last revision of a moved line: where its author's database stands most likely. */
  readonly isLast: boolean
  /** Revisions that it would skip for ever; parents first. */
  readonly skipped: readonly string[]
  /** Keeps all data; only where both sides touch different things; null where it is not certain. */
  readonly catchUp: readonly DatabaseStep[] | null
  /** Loses what the moved revisions stored: before the edit `downgrade`. */
  readonly stepBackBefore: readonly DatabaseStep[]
  /** The same after the edit. */
  readonly stepBackAfter: readonly DatabaseStep[]
  /** Which of the two is right here and why. */
  readonly advised: 'catch-up' | 'step-back'
  readonly because: 'disjoint' | 'same-table' | 'overlap' | 'opaque'
}

export interface DatabaseStep {
  readonly command: 'stamp' | 'upgrade' | 'downgrade'
  /** An id, `base` or `head`. */
  readonly revision: string
  /** `stamp --purge`: where the database stands at an id that no script has any more. */
  readonly purge?: boolean
}

/** What a repair does to one environment. Data only; made without writing anything. */
export interface Repair {
  readonly environment: Environment
  readonly decision: 'rebase' | 'merge' | 'drop-merge' | 'mend' | 'none' | 'refuse'
  /** Heads before, and those expected after (ids of new revisions included). */
  readonly headsBefore: readonly string[]
  readonly headsAfter: readonly string[]
  readonly reasons: readonly Reason[]
  readonly moves: readonly Move[]
  /** Ids that changed, for duplicates. */
  readonly renamed: readonly {
    readonly from: string
    readonly to: string
    readonly path: string
    readonly formerPath: string
  }[]
  /** The merge revisions written. */
  readonly merged: readonly { readonly revision: string; readonly parents: readonly string[]; readonly path: string }[]
  /** Merge revisions taken out because the target has joined the same parents. */
  readonly dropped: readonly { readonly revision: string; readonly path: string; readonly by: string }[]
  /** What else was mended: rule name and path. */
  readonly mended: readonly { readonly rule: string; readonly path: string; readonly text: string }[]
  readonly ways: readonly DatabaseWay[]
  readonly refusals: readonly Refusal[]
  readonly notes: readonly string[]
  /** The part of the history where the heads part, newest first; absent where its shape stays what it is. */
  readonly picture?: { readonly before: readonly GraphRow[]; readonly after: readonly GraphRow[] }
}

/** What git has to do before the files can be written. */
export interface GitStep {
  readonly kind: 'merge' | 'rebase'
  /** As people call it: `origin/main`. */
  readonly target: string
  readonly commit: string
  /** How many commits of the target are not here. */
  readonly behind: number
}

/** A repair of a workspace: data first, shown by `--dry-run`, applied as a whole or not at all. */
export interface RepairPlan {
  readonly git: GitStep | null
  readonly repairs: readonly Repair[]
  readonly changes: readonly FileChange[]
  /** Refusals about the workspace as a whole. */
  readonly refusals: readonly Refusal[]
  /** Worth saying whatever comes of it: a stale target, no network; lower case, no full stop. */
  readonly notices: readonly string[]
}
