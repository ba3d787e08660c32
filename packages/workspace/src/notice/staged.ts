import { runGit } from '../git/process.js'
import { isZero, parseRawDiff, RAW_DIFF } from '../git/raw-diff.js'
import { modeOf } from '../snapshot/commit.js'
import { IndexUnreadable } from '../snapshot/index-tree.js'
import { overlay } from '../snapshot/overlay.js'
import type { Entry, Snapshot } from '../snapshot/snapshot.js'

/**
 * What is staged, as the last commit with the differences on top: directories without any keep their tree ids. Honours
 * `GIT_INDEX_FILE`. One git process. Throws `IndexUnreadable`.
 *
 * @param head the snapshot of `HEAD`, empty where there is no commit yet
 * @param prefix where the workspace lies in the repository
 */
export async function stagedOnTopOf(root: string, head: Snapshot, prefix: string): Promise<Snapshot> {
  const { code, stdout, stderr } = await runGit(root, [...RAW_DIFF, '--cached', '--'])
  if (code !== 0) throw new IndexUnreadable(stderr.split('\n')[0] ?? '')
  const changes = new Map<string, Entry | null>()
  for (const { path, newMode, newOid } of parseRawDiff(stdout)) {
    if (!path.startsWith(prefix)) continue
    const own = path.slice(prefix.length)
    changes.set(own, isZero(newOid) ? null : { path: own, mode: modeOf(newMode), contentId: newOid })
  }
  return overlay(head, changes, 'the index')
}
