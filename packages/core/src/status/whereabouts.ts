/** A commit as people are told of it. */
export interface CommitNote {
  /** Full id. */
  readonly commit: string
  readonly author: string
  /** ISO 8601, of the author. */
  readonly date: string
  readonly subject: string
}

/** A branch or tag by the name that people use. */
export interface RefNote {
  readonly name: string
  readonly kind: 'branch' | 'remote' | 'tag'
}

/** Where git has the script of a revision that this tree does not have. */
export interface Whereabouts {
  readonly revision: string
  /** Of the script, where it is or was; workspace-relative where it lies in the workspace, else from the top of the repository. */
  readonly path: string
  /** First line of its docstring. */
  readonly message: string
  /** Branches and tags that have it now: local branches first. */
  readonly refs: readonly RefNote[]
  /** The commit that brought it; null where that is not known. */
  readonly added: CommitNote | null
  /** The commit of this branch's own history that took it away; null where it never was on this branch. */
  readonly removed: CommitNote | null
  /** The id that stands in the same file since then; null where the file is gone. */
  readonly renamedTo: string | null
  /** Every script that is missing here: its own, and those below it down to what this tree has. Paths like `path`, its own first. */
  readonly missing: readonly string[]
  /** The nearest revisions below it that this tree has too; empty where there are none, or where that is not known. */
  readonly below: readonly string[]
}
