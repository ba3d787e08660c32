import { treeSnapshot } from '../snapshot/commit.js'
import { type Commit, readCommit } from './commit-object.js'
import type { GitObjects } from './objects.js'

/** A file that is older than this many commits is nobody's news. */
const MOST_COMMITS = 1000

/**
 * The commit that brought a path to where `commit` is: going back, the last one that has it. Reads objects only; `null` where
 * the path is not there, where that is too long ago, or where the history ends before (a shallow clone).
 *
 * @param commit full id
 * @param path from the top of the repository
 */
export async function introducedBy(objects: GitObjects, commit: string, path: string): Promise<Commit | null> {
  let at = await readCommit(objects, commit)
  if (at === null || !(await hasPath(objects, at.tree, path))) return null
  for (let steps = 0; steps < MOST_COMMITS; steps++) {
    let before: Commit | null = null
    for (const parent of at.parents) {
      const older = await readCommit(objects, parent)
      if (older === null) return null
      if (before === null && (await hasPath(objects, older.tree, path))) before = older
    }
    if (before === null) return at
    at = before
  }
  return null
}

async function hasPath(objects: GitObjects, tree: string, path: string): Promise<boolean> {
  const directory = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const entries = await treeSnapshot(objects, tree, 'a commit').list(directory)
  return entries?.some((entry) => entry.path === path) ?? false
}
