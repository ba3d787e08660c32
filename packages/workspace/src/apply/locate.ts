import { basename, dirname, join, relative, sep } from 'node:path'
import { type Refusal, refusal } from '@onehead/core'
import { codeOf, type Disk, isAbsence, isThere } from './disk.js'
import type { Place } from './place.js'

/** Where a path of the workspace really is. */
export interface Location {
  /** Absolute, every symlink followed. */
  readonly real: string
  /** From the top with `/`: still right when the whole repository has moved, and what git calls the file. */
  readonly target: string
  /** Directories that are not there yet, outermost first; absolute. */
  readonly missing: readonly string[]
  /** The path itself is a symlink, and `real` is what it leads to. */
  readonly isLink: boolean
}

/** Follows every symlink of a workspace-relative path, there or not, or says why nothing may be written there. */
export function locate(disk: Disk, place: Place, path: string): Location | Refusal {
  const steps = path.split('/')
  if (path === '' || path.includes('\0') || path.startsWith('/') || steps.includes('..')) return outside(path)
  try {
    const named = join(place.root, ...steps)
    const isLink = isSymlink(disk, named)
    const found = isLink ? { real: disk.realpathSync(named), missing: [] } : follow(disk, named)
    const target = relative(place.top, found.real).split(sep).join('/')
    if (target === '' || target === '..' || target.startsWith('../')) return outside(path, found.real)
    if (target.split('/').includes('.git')) return refusal('git-directory', `${path} is a file of git itself`, { path })
    return { ...found, target, isLink }
  } catch (error) {
    return isAbsence(error) || codeOf(error) === 'ELOOP'
      ? refusal('dangling-link', `${path} goes through a symlink that leads nowhere`, {
          path,
          help: 'mend or remove the link',
        })
      : refusal('not-written', `${path} cannot be reached (${codeOf(error)})`, { path })
  }
}

export function isRefusal(value: object): value is Refusal {
  return 'message' in value
}

function isSymlink(disk: Disk, path: string): boolean {
  try {
    return disk.lstatSync(path).isSymbolicLink()
  } catch (error) {
    if (isAbsence(error)) return false
    throw error
  }
}

/** The real directory with the name, as far as there are directories. Throws where a link leads nowhere. */
function follow(disk: Disk, named: string): { real: string; missing: string[] } {
  const absent: string[] = []
  let above = dirname(named)
  // No directory can be made in the place of a link that leads nowhere.
  while (!isThere(disk, above)) {
    absent.unshift(basename(above))
    above = dirname(above)
  }
  let directory = disk.realpathSync(above)
  const missing: string[] = []
  for (const name of absent) {
    directory = join(directory, name)
    missing.push(directory)
  }
  return { real: join(directory, basename(named)), missing }
}

function outside(path: string, real?: string): Refusal {
  const leads = real === undefined ? 'is not below the workspace' : `leads out of the repository, to ${real}`
  return refusal('outside', `${path} ${leads}`, { path, help: 'repair it where it belongs to' })
}
