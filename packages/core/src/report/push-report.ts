import type { Diagnostic } from '../rules/rule.js'

/** Who brought a revision to the branch that the push lands on. */
export interface OtherSide {
  readonly revision: string
  readonly author: string
  /** Seconds since 1970; null where the commit does not say. */
  readonly authoredAt: number | null
  /** The first line of the commit's message. */
  readonly subject: string
  /** Full id. */
  readonly commit: string
}

/** One thing that is wrong with a push. */
export interface PushFinding {
  /** `branch`: so it is in the pushed commit. `merge`: so it will be once that is merged into the target. */
  readonly verdict: 'branch' | 'merge'
  /** False: it is only said. */
  readonly blocks: boolean
  /** The fact that decided: lower case, no full stop. */
  readonly decided: string
  /** As in `check`, with words and commands for a push. */
  readonly diagnostic: Diagnostic
  readonly others: readonly OtherSide[]
}

/** The branch that the push lands on, as it is known here. */
export interface PushTarget {
  /** `origin/main` */
  readonly name: string
  readonly commit: string
  readonly why: 'configured' | 'remote-default' | 'only-usual-branch' | 'pushed-branch'
  /** When it was last known to be what the remote has, in seconds since 1970; null where nothing tells. */
  readonly updatedAt: number | null
}

/** One pushed branch that may bring revisions. */
export interface PushedBranch {
  /** What is pushed, as it was typed. */
  readonly localRef: string
  /** The branch on the remote, without `refs/heads/`. */
  readonly branch: string
  readonly commit: string
  readonly target: PushTarget | null
  /** How the merge was predicted; null where there is nothing to predict. */
  readonly method: 'merge-tree' | 'path-level' | 'union' | null
  /** Scripts and configuration files that both sides changed differently. */
  readonly textualConflicts: readonly string[]
  readonly findings: readonly PushFinding[]
  /** What could not be told, in words: never taken for "all well". */
  readonly untold: readonly string[]
  /** Revisions that this push newly brings. */
  readonly newRevisions: number
}

/** What pre-push found. */
export interface PushReport {
  readonly remote: string
  readonly branches: readonly PushedBranch[]
  /** What else is worth saying, one line each. */
  readonly notices: readonly string[]
  readonly blocked: boolean
}
