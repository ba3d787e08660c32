import { cacheDirectory, clearStore } from '../cache/store.js'
import { UsageError } from '../errors.js'
import { findGitDirectories } from '../git/directories.js'

/**
 * Forgets what `check` has kept for the repository around `root` (absolute), in all of its worktrees; returns how many
 * bytes that were. Throws `UsageError` outside git, where nothing is ever kept.
 */
export function clearCache(root: string): number {
  const directories = findGitDirectories(root, process.env)
  if (directories === null) throw new UsageError('there is no cache outside a git repository')
  return clearStore(cacheDirectory(directories.common))
}
