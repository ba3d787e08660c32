import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mergeBase } from '../git/merge-base.js'
import { rawDiff } from '../git/raw-diff.js'
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
  return {
    snapshot: withFiles(merge.snapshot, uncommitted, `${merge.snapshot.description} with what is not committed`),
    merge,
    inTheWay: [...uncommitted.keys()].filter((path) => brought.has(path)),
  }
}

function bytesOnDisk(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
