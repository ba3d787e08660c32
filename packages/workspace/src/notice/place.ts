import { relative, sep } from 'node:path'
import { findRoot } from '../root.js'

/**
 * Where the workspace is, for whoever git has started at `cwd`: its root (absolute), and where that lies in the repository
 * (empty, or with `/` at the end).
 */
export function placeOf({
  cwd,
  env,
}: {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}): { readonly root: string; readonly prefix: string } {
  // With a working tree that is named, the folder we stand in need not have a `.git`.
  if (env.GIT_WORK_TREE) return { root: cwd, prefix: '' }
  const { root, repository } = findRoot(cwd)
  const path = repository === null ? '' : relative(repository, root).split(sep).join('/')
  return { root, prefix: path === '' ? '' : `${path}/` }
}
