import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where git keeps what belongs to one working tree, and to all of them together. Absolute. */
export interface GitDirectories {
  readonly own: string
  readonly common: string
}

/**
 * The git directories of the repository around `cwd` (absolute), by gitrepository-layout(5): no process is started.
 * `null` outside a repository.
 */
export function findGitDirectories(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): GitDirectories | null {
  try {
    const own = env.GIT_DIR ? resolve(cwd, env.GIT_DIR) : above(cwd)
    if (own === null || !existsSync(join(own, 'HEAD'))) return null
    const shared = env.GIT_COMMON_DIR ? resolve(cwd, env.GIT_COMMON_DIR) : sharedWith(own)
    return { own, common: shared }
  } catch {
    return null
  }
}

/**
 * Where and how to run git so that it sees no file of a commit: a `.gitattributes` could choose among the merge drivers that the
 * user has configured, and those are commands.
 *
 * @param cwd absolute; in a working tree, or in a git directory
 */
export function awayFromFiles(cwd: string): { readonly cwd: string; readonly env: Readonly<Record<string, string>> } {
  const own = (findGitDirectories(cwd, {}) ?? findGitDirectories(process.cwd(), process.env))?.own
  return own === undefined ? { cwd, env: {} } : { cwd: own, env: { GIT_DIR: own, GIT_WORK_TREE: own } }
}

function above(cwd: string): string | null {
  for (let at = cwd; ; at = dirname(at)) {
    const path = join(at, '.git')
    if (existsSync(path)) return statSync(path).isDirectory() ? path : followed(path)
    if (dirname(at) === at) return null
  }
}

/** `gitdir: <path>`: a linked worktree or a submodule. */
function followed(path: string): string | null {
  const target = /^gitdir: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1]
  return target === undefined ? null : resolve(dirname(path), target)
}

function sharedWith(own: string): string {
  const pointer = join(own, 'commondir')
  return existsSync(pointer) ? resolve(own, readFileSync(pointer, 'utf8').trim()) : own
}
