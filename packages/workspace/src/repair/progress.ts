import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GitDirectories } from '../git/directories.js'

/** What git is in the middle of, by its own files (gitrepository-layout(5)). */
export interface GitProgress {
  readonly kind: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | null
  /** The commits being merged; empty unless `kind` is `merge`. */
  readonly merging: readonly string[]
  /** What to type to conclude it; null where there is nothing to conclude. */
  readonly conclude: string | null
}

const NONE: GitProgress = { kind: null, merging: [], conclude: null }

/** @param directories null outside git */
export function readProgress(directories: GitDirectories | null): GitProgress {
  if (directories === null) return NONE
  const { own } = directories
  if (existsSync(join(own, 'rebase-merge')) || existsSync(join(own, 'rebase-apply'))) {
    return { kind: 'rebase', merging: [], conclude: 'git rebase --continue' }
  }
  const merging = linesOf(join(own, 'MERGE_HEAD'))
  if (merging.length > 0) return { kind: 'merge', merging, conclude: 'git commit --no-edit' }
  if (existsSync(join(own, 'CHERRY_PICK_HEAD'))) {
    return { kind: 'cherry-pick', merging: [], conclude: 'git cherry-pick --continue' }
  }
  if (existsSync(join(own, 'REVERT_HEAD'))) return { kind: 'revert', merging: [], conclude: 'git revert --continue' }
  return NONE
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}
