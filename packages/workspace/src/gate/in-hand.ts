import type { Commit } from '../git/commit-object.js'
import type { GitDirectories } from '../git/directories.js'
import type { Merged } from '../git/merge-tree.js'
import type { GitObjects } from '../git/objects.js'
import type { MissingTarget, Target } from '../git/target.js'
import type { OperatorSettings } from './operator.js'
import type { BranchPush } from './push-lines.js'

/** One branch that is pushed, with what git knows about both ends. */
export interface BranchInHand {
  readonly push: BranchPush
  readonly source: Commit
  /** What the remote has on that branch; null for a new branch, and where it is not here. */
  readonly remote: Commit | null
  /** True where the remote has something that is not here: git will refuse the push unless it is forced. */
  readonly remoteUnknown: boolean
  readonly target: Target | MissingTarget | null
  /** What git says of the merge of `source` into `target`, where it is at it already; null where somebody else has to ask. */
  readonly merging: Promise<Merged | null> | null
  /** Workspace-relative paths that this push changes and that may concern a migration; null: anything may. */
  readonly changed: readonly string[] | null
}

/** A push that may bring revisions: everything that is known when its histories are read. */
export interface PushInHand {
  /** Absolute path of the workspace; git runs there. */
  readonly root: string
  /** Where the workspace lies in the repository: empty, or with `/` at its end. */
  readonly prefix: string
  readonly directories: GitDirectories | null
  readonly objects: GitObjects
  readonly settings: OperatorSettings
  /** The remote's name; null where only its address is known. */
  readonly remote: string | null
  /** The remote as it was given, for messages. */
  readonly remoteText: string
  readonly branches: readonly BranchInHand[]
  /** Ids (of commits, or of tags) by the full refs of tags; git is asked once, when somebody asks first. */
  readonly tags: () => Promise<ReadonlyMap<string, string>>
  /** The commit of the default branch of the remote pushed to, and of `origin` where that is another one. */
  readonly defaultCommits: readonly string[]
  /** What is worth saying whatever comes of it; lower case, no full stop. */
  readonly notices: readonly string[]
}
