import type { Notice } from '@onehead/core'
import { mayConcernMigrationsBetween } from '../gate/tree-changes.js'
import { type Commit, readCommit } from '../git/commit-object.js'
import { findGitDirectories, type GitDirectories } from '../git/directories.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { subtree, treeSnapshot } from '../snapshot/commit.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { type HookCall, type Moments, momentsOf } from './occasion.js'
import { isOwnConfiguration } from './own-configuration.js'
import { placeOf } from './place.js'
import { stagedOnTopOf } from './staged.js'

export { bypassHook } from '../gate/bypass.js'
export { readStrictness } from '../gate/operator.js'
export { type CommitCall, type CommitJudgement, judgeCommit } from './commit-gate.js'
export type { HookCall, MessengerName } from './occasion.js'

/** Two moments with what is needed to read histories at both. */
export interface MomentsInHand {
  readonly moments: Moments
  readonly directories: GitDirectories
  readonly root: string
  /** Where `root` lies in the repository: empty, or with `/` at the end. */
  readonly prefix: string
  readonly objects: GitObjects
  readonly before: Snapshot
  readonly now: Snapshot
  /** Full ids; `now` is null where it is the index. */
  readonly commits: { readonly before: string; readonly now: string | null }
}

/**
 * What a post-* hook has to tell; `null` where nothing about migrations changed, or where it has been told. Until a changed
 * path may be a migration nothing heavy is loaded, and at most two git processes have been started.
 *
 * Throws `GitMissing`, `ObjectUnreadable` and `UsageError`: the caller makes one line of them.
 */
export async function noticeOf(call: HookCall): Promise<Notice | null> {
  const directories = findGitDirectories(call.cwd, call.env)
  const moments = directories && momentsOf(call, directories)
  if (directories === null || moments === null) return null
  const { root, prefix } = placeOf(call)
  const objects = openObjects(root)
  try {
    const hand = await takeUp({ moments, directories, root, objects, prefix })
    if (hand === null) return null
    const isConfiguration = await isOwnConfiguration([hand.before, hand.now])
    if (!(await mayConcernMigrationsBetween(objects, hand.before, hand.now, isConfiguration))) return null
    const { composeNotice } = await import('./compose.js')
    return await composeNotice(hand)
  } finally {
    objects.close()
  }
}

type Start = Pick<MomentsInHand, 'moments' | 'directories' | 'root' | 'objects' | 'prefix'>

/** Null where one of the two is not there (no commit yet), or both are the same. */
async function takeUp(start: Start): Promise<MomentsInHand | null> {
  const { moments, objects, root, prefix } = start
  const now = moments.now === 'index' ? null : await readCommit(objects, moments.now)
  const before = await beforeOf(objects, moments, now)
  if (before === null || (now === null && moments.now !== 'index')) return null
  if (before.tree === now?.tree) return null
  const at = async (commit: Commit, description: string) =>
    treeSnapshot(objects, await subtree(objects, commit.tree, prefix), description)
  const old = await at(before, 'before')
  return {
    ...start,
    before: old,
    now: now === null ? await stagedOnTopOf(root, old, prefix) : await at(now, 'now'),
    commits: { before: before.oid, now: now?.oid ?? null },
  }
}

function beforeOf(objects: GitObjects, moments: Moments, now: Commit | null): Promise<Commit | null> {
  if (moments.before !== 'first-parent') return readCommit(objects, moments.before)
  const [first, second] = now?.parents ?? []
  return first === undefined || second === undefined ? Promise.resolve(null) : readCommit(objects, first)
}
