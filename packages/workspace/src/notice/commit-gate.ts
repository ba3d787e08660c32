import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckReport, SourceLines } from '@onehead/core'
import { mayConcernMigrationsBetween } from '../gate/tree-changes.js'
import { readCommit } from '../git/commit-object.js'
import { findGitDirectories } from '../git/directories.js'
import { type GitObjects, isOid, openObjects } from '../git/objects.js'
import { subtree, treeSnapshot } from '../snapshot/commit.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { isOwnConfiguration } from './own-configuration.js'
import { placeOf } from './place.js'
import { stagedOnTopOf } from './staged.js'

/** `pre-commit` or `pre-merge-commit` as git has started it. */
export interface CommitCall {
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What a commit would newly bring: only diagnostics of severity error, at least one. */
export interface CommitJudgement {
  readonly report: CheckReport
  readonly source: SourceLines
  /** True where it would conclude a merge. */
  readonly isMerge: boolean
}

/**
 * Judges what is staged, before it is committed, by the graph rules: what is wrong now and stands on neither side of it.
 * `null`: nothing. Until a staged path may be a migration nothing heavy is loaded, with two git processes.
 *
 * Throws `GitMissing`, `ObjectUnreadable`, `IndexUnreadable` and `UsageError`.
 */
export async function judgeCommit(call: CommitCall): Promise<CommitJudgement | null> {
  const { root, prefix } = placeOf(call)
  const objects = openObjects(root)
  try {
    const head = (await snapshotOf(objects, 'HEAD', prefix)) ?? treeSnapshot(objects, null, 'no commit yet')
    const staged = await stagedOnTopOf(root, head, prefix)
    const isConfiguration = await isOwnConfiguration([head, staged])
    if (!(await mayConcernMigrationsBetween(objects, head, staged, isConfiguration))) return null
    const merged = await Promise.all(mergedInto(call).map((commit) => snapshotOf(objects, commit, prefix)))
    const sides = [head, ...merged.filter((side) => side !== null)]
    const { judgeStaged } = await import('./judge-staged.js')
    const directories = findGitDirectories(call.cwd, call.env)
    // Of two sides that are committed the published one stays; else what is staged moves, and not what is committed.
    const hand = sides.length > 1 && directories !== null ? { root, prefix, objects, directories } : null
    const found = await judgeStaged(staged, sides, hand)
    return found && { ...found, isMerge: sides.length > 1 }
  } finally {
    objects.close()
  }
}

async function snapshotOf(objects: GitObjects, name: string, prefix: string): Promise<Snapshot | null> {
  const commit = await readCommit(objects, name)
  return commit === null ? null : treeSnapshot(objects, await subtree(objects, commit.tree, prefix), name)
}

/** The commits that are merged: git names them in variables before it has written `MERGE_HEAD`. */
function mergedInto({ cwd, env }: CommitCall): readonly string[] {
  const found = Object.keys(env).flatMap((name) => /^GITHEAD_([0-9a-f]+)$/.exec(name)?.[1] ?? [])
  const directories = findGitDirectories(cwd, env)
  if (directories !== null) {
    try {
      found.push(...readFileSync(join(directories.own, 'MERGE_HEAD'), 'utf8').split('\n'))
    } catch {
      // No merge is under way, or git has not written it yet.
    }
  }
  return [...new Set(found)].filter(isOid)
}
