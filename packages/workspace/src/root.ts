import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from './errors.js'

export interface WorkspaceRoot {
  /** Absolute path. */
  readonly root: string
  /** The top of the git repository around it, absolute; null outside git. */
  readonly repository: string | null
}

/**
 * The workspace that a folder belongs to: the nearest ancestor with an onehead.json, else the top of the git repository,
 * else the nearest ancestor with an nx.json, else the folder itself. Nothing above the git repository is looked at: what lies
 * there belongs to somebody else. No process is started.
 *
 * @param folder absolute path; throws `UsageError` where it is no folder
 */
export function findRoot(folder: string): WorkspaceRoot {
  if (!isFolder(folder)) throw new UsageError(`there is no folder ${folder}`)
  let nx: string | null = null
  let configured: string | null = null
  for (const ancestor of ancestorsOf(folder)) {
    if (configured === null && existsSync(join(ancestor, 'onehead.json'))) configured = ancestor
    // A folder in an ordinary clone, a file in a linked worktree or a submodule.
    if (existsSync(join(ancestor, '.git'))) return { root: configured ?? ancestor, repository: ancestor }
    if (nx === null && existsSync(join(ancestor, 'nx.json'))) nx = ancestor
  }
  return { root: configured ?? nx ?? folder, repository: null }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function ancestorsOf(folder: string): readonly string[] {
  const ancestors = [folder]
  for (let at = folder; dirname(at) !== at; at = dirname(at)) ancestors.push(dirname(at))
  return ancestors
}
