import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Environment } from '@onehead/core'
import type { Bytes } from '../hooks/hook-file.js'

/** One env.py and the environments that it serves. Paths are relative to the workspace with `/`. */
export interface GuardedFile {
  readonly path: string
  readonly environments: readonly Environment[]
  /** Null where there is none. */
  readonly text: Bytes | null
  /** It is a symbolic link to something outside the workspace. */
  readonly leadsOutside: boolean
  /** Nobody may write it, not even its owner. */
  readonly isReadOnly: boolean
}

/**
 * The env.py of each environment, each file once, however many links lead to it.
 * @param root absolute path of the workspace
 */
export function loadEnvFiles(root: string, environments: readonly Environment[]): readonly GuardedFile[] {
  const files = new Map<string, GuardedFile>()
  for (const environment of environments) {
    const path = environment.path === '' || environment.path === '.' ? 'env.py' : `${environment.path}/env.py`
    const absolute = join(root, path)
    const real = existsSync(absolute) ? realpathSync(absolute) : absolute
    const known = files.get(real)
    if (known !== undefined) files.set(real, { ...known, environments: [...known.environments, environment] })
    else files.set(real, { path, environments: [environment], ...look(root, absolute, real) })
  }
  return [...files.values()]
}

function look(root: string, absolute: string, real: string): Omit<GuardedFile, 'path' | 'environments'> {
  try {
    const isLink = lstatSync(absolute).isSymbolicLink()
    return {
      text: readFileSync(real).toString('latin1'),
      leadsOutside: isLink && !real.startsWith(realpathSync(root) + sep),
      isReadOnly: (statSync(real).mode & 0o222) === 0,
    }
  } catch {
    return { text: null, leadsOutside: false, isReadOnly: false }
  }
}
