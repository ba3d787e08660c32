import type { MovedRecord } from '../moves/moved.js'

/** What the caller knows about a repair; kept with its files until the next one, so that it can be taken back. */
export interface RepairRecord {
  /** The command: `fix`, `rebase`, `merge`, `revision`, … */
  readonly kind: string
  /** As it was typed, for people: `onehead fix --commit`. */
  readonly command: string
  /** ISO 8601. */
  readonly at: string
  /** Names of the environments that it concerns. */
  readonly environments: readonly string[]
  /** Null outside git. */
  readonly git: RepairGit | null
  /** Revisions that it re-parents or renames: written down together with the files, forgotten together with them. */
  readonly moves: readonly Omit<MovedRecord, 'repair'>[]
}

/** What git did for a repair, before its files were written. All ids are full. */
export interface RepairGit {
  /** A merge that we began (in progress, or a fast-forward), a rebase that we ran to its end, or neither. */
  readonly kind: 'merge' | 'rebase' | null
  /** `HEAD` before git did anything; null on an unborn branch. */
  readonly headBefore: string | null
  /** The commit merged, or rebased onto. */
  readonly target: string | null
  /** The commit that holds the repair, once there is one: see `noteCommit`. */
  readonly committed: string | null
}

/** A repair that stands in the files. */
export interface Applied {
  /** Names the repair, for `noteCommit`. */
  readonly id: string
  /** Workspace-relative, in the order of the changes; those that already were as wanted are left out. */
  readonly written: readonly string[]
  /** What an earlier run had left half done, and what became of that. */
  readonly recovered: Recovery | null
}

/** What became of a run that was interrupted. */
export interface Recovery {
  readonly record: RepairRecord
  /**
   * `discarded`: no script had been touched. `taken-back`: every script holds again what it held before. `completed`: every
   * script held what the repair writes, and the repair stands. `undo-taken-back`: an undo that had not come far; the repair
   * stands. `undo-unfinished`: its files are back, what git did perhaps not: undo once more.
   */
  readonly outcome: 'discarded' | 'taken-back' | 'completed' | 'undo-taken-back' | 'undo-unfinished'
  /** Workspace-relative: those that got back what they held. */
  readonly restored: readonly string[]
  /** Changed by somebody in between: their contents stay. */
  readonly kept: readonly KeptFile[]
}

/** A file with contents of somebody else's; ours lie elsewhere. */
export interface KeptFile {
  /** Workspace-relative. */
  readonly path: string
  /** Absolute paths of what it held before the repair and of what the repair writes; null where that is no file. */
  readonly before: string | null
  readonly after: string | null
}
