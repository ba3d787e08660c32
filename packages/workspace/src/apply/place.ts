import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { findGitDirectories, type GitDirectories } from '../git/directories.js'
import { findRoot } from '../root.js'

/** Where a workspace lies and where its repairs are written down. Absolute paths, every symlink followed. */
export interface Place {
  readonly root: string
  /** What no file may leave: the top of the working tree, or the root outside git. */
  readonly top: string
  /** From the top to the root with `/`; empty where they are the same. */
  readonly prefix: string
  readonly git: GitDirectories | null
  /** Belongs to this working tree. */
  readonly own: string
  /** Belongs to all working trees of the repository: they share their databases. */
  readonly shared: string
}

/**
 * Notes lie below git's directory, out of every commit's reach, and outside git in `.onehead/`, which ignores itself.
 *
 * @param root absolute
 */
export function placeOf(root: string): Place {
  const real = realpathSync(root)
  const { repository } = findRoot(real)
  const git = repository === null ? null : findGitDirectories(real, {})
  const top = git === null ? real : repository!
  return {
    root: real,
    top,
    prefix: relative(top, real).split(sep).join('/'),
    git,
    own: git === null ? join(real, '.onehead') : join(git.own, 'onehead'),
    shared: git === null ? join(real, '.onehead') : join(git.common, 'onehead'),
  }
}

/** Makes the folders for notes. Throws what `node:fs` throws. */
export function preparePlace({ git, own, shared }: Place): void {
  mkdirSync(own, { recursive: true })
  mkdirSync(shared, { recursive: true })
  const ignore = join(own, '.gitignore')
  if (git === null && !existsSync(ignore)) writeFileSync(ignore, '*\n')
}

/** An absolute path as people of the workspace know it: relative to its root, which is `.` itself. */
export function shownPath({ root }: Place, path: string): string {
  return relative(root, path).split(sep).join('/') || '.'
}
