import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mergeBase } from '../git/merge-base.js'
import { runGit } from '../git/process.js'
import { isZero, rawDiff } from '../git/raw-diff.js'
import { type PredictedMerge, predictMerge } from '../snapshot/merged-tree.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { withFiles } from '../snapshot/with-files.js'
import type { LandingPlace } from './landing-place.js'

/** What the working tree will be once the target is merged into it, with what is not committed on top. */
export interface TreeToCome {
  readonly snapshot: Snapshot
  readonly merge: PredictedMerge
  /** Files that are changed here without being committed, and that the target changes too; workspace-relative. */
  readonly inTheWay: readonly string[]
  /** Files that lie here without being tracked, ignored ones too, where the target adds one; workspace-relative. */
  readonly overwritten: readonly string[]
  /** A commit that both sides have; null where there is none, or a shallow clone has left it out. */
  readonly base: string | null
}

/** Null without a target, without a commit, or where the target is here already. */
export async function treeToCome(landing: LandingPlace): Promise<TreeToCome | null> {
  const { root, objects, target, head, includesTarget, repository, changes } = landing
  if (target === null || head === null || includesTarget) return null
  const { prefix } = repository
  const merge = await predictMerge(root, objects, target.commit, head, { prefix })
  const uncommitted = new Map<string, Uint8Array | null>()
  for (const path of changes.changed) uncommitted.set(path, bytesOnDisk(join(root, path)))
  const base = merge.base ?? (await mergeBase(root, head, target.commit))
  const theirs = base === null ? null : await rawDiff(root, base, target.commit)
  const brought = new Set((theirs ?? []).map(({ path }) => path.slice(prefix.length)))
  const added = (theirs ?? []).filter(({ path, oldOid }) => isZero(oldOid) && path.startsWith(prefix))
  return {
    snapshot: withFiles(merge.snapshot, uncommitted, `${merge.snapshot.description} with what is not committed`),
    merge,
    inTheWay: [...uncommitted.keys()].filter((path) => brought.has(path)),
    overwritten: await untrackedOf(
      root,
      added.map(({ path }) => path.slice(prefix.length)),
    ),
    base,
  }
}

/** Git refuses to overwrite a file that is untracked, and overwrites one that is ignored without a word. */
async function untrackedOf(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const present = paths.filter((path) => isThere(join(root, path)))
  if (present.length === 0) return []
  const { stdout } = await runGit(root, ['ls-files', '-z', '--', ...present.map((path) => `:(literal)${path}`)])
  const tracked = new Set(stdout.toString('utf8').split('\0'))
  return present.filter((path) => !tracked.has(path))
}

function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

function bytesOnDisk(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
