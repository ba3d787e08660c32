import { posix } from 'node:path'
import type { Resolution } from '../snapshot/links.js'
import { VIRTUAL_ROOT } from './sources.js'
import { join, shown, type Tree, upwards } from './tree.js'

/** Where Alembic looks from. Paths are workspace-relative. */
export interface Surroundings {
  readonly tree: Tree
  /** The absolute path of the workspace, with `/`, or null where there is none. */
  readonly root: string | null
  /** The directory in which Alembic is run, as far as is known. */
  readonly cwd: string
  readonly prependSysPath: readonly string[]
  /** Directories to look for a package in when `prepend_sys_path` does not have it. */
  readonly guesses: readonly string[]
}

export type Location =
  /** `note` says how it was found, where that was a guess. */
  | { readonly kind: 'directory'; readonly path: string; readonly note: string | null }
  | { readonly kind: 'missing'; readonly message: string }
  /** Could not tell: it leaves the workspace. */
  | { readonly kind: 'outside'; readonly message: string }
  /** `package:dir` of a package that is nowhere to be seen. */
  | { readonly kind: 'no-package'; readonly message: string; readonly pythonMessage: string }

/** True where the meaning of a location depends on the directory Alembic is run in. */
export function dependsOnCwd(location: string, prependSysPath: readonly string[]): boolean {
  if (location.startsWith('/')) return false
  return !location.includes(':') || prependSysPath.some((entry) => !entry.startsWith('/'))
}

/** Finds the directory that a `script_location` or one item of `version_locations` means, links followed. */
export async function locate(location: string, around: Surroundings): Promise<Location> {
  if (!location.startsWith('/') && location.includes(':')) return locateInPackage(location, around)
  const resolution = await resolveText(location, around)
  return settle(location, resolution)
}

function settle(location: string, resolution: Resolution | 'elsewhere'): Location {
  const text = quoted(location)
  if (resolution === 'elsewhere') return { kind: 'outside', message: `${text} is outside the workspace` }
  switch (resolution.kind) {
    case 'found':
      if (resolution.mode === 'directory') return { kind: 'directory', path: resolution.path, note: null }
      return { kind: 'missing', message: `${text} is not a directory` }
    case 'missing':
      return { kind: 'missing', message: `${text} does not exist` }
    case 'outside':
      return { kind: 'outside', message: `${text} is outside the workspace` }
    case 'loop':
      return { kind: 'missing', message: `${text} is a symbolic link that leads to itself` }
  }
}

/** `location` as people know it: what starts at the virtual root is relative to the workspace. */
export function withoutRoot(location: string): string {
  return location.replaceAll(`${VIRTUAL_ROOT}/`, '').replaceAll(VIRTUAL_ROOT, '.')
}

function quoted(location: string): string {
  const text = withoutRoot(location)
  return `"${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`
}

async function resolveText(location: string, around: Surroundings): Promise<Resolution | 'elsewhere'> {
  const path = location.startsWith('/') ? insideRoot(location, around.root) : join(around.cwd, location)
  if (path === null) return 'elsewhere'
  const resolution = await around.tree.resolve(path)
  if (resolution.kind !== 'outside' || around.root === null) return resolution
  const back = comeBack(path, around.root)
  return back === null ? resolution : around.tree.resolve(back)
}

/** An absolute path as a workspace-relative one, or null where it is not below the root. */
function insideRoot(location: string, root: string | null): string | null {
  for (const base of root === null ? [VIRTUAL_ROOT] : [VIRTUAL_ROOT, root.replace(/\/+$/, '')]) {
    if (location === base) return ''
    if (location.startsWith(`${base}/`)) return location.slice(base.length + 1)
  }
  return null
}

/** `../workspace/db` from a root called `workspace` is `db` again. */
function comeBack(path: string, root: string): string | null {
  const segments: string[] = []
  for (const segment of `${root}/${path}`.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return insideRoot(`/${segments.join('/')}`, root)
}

/** `package:dir:dir` as `importlib.resources` finds it, with the packages looked for instead of imported. */
async function locateInPackage(location: string, around: Surroundings): Promise<Location> {
  const [name = '', ...rest] = location.split(':')
  const prepended: string[] = []
  for (const entry of around.prependSysPath) {
    const found = await resolveText(entry, around)
    if (found !== 'elsewhere' && found.kind === 'found' && found.mode === 'directory') prepended.push(found.path)
  }
  const named = await findPackage(around.tree, name, prepended)
  const portions = named.length > 0 ? named : await firstGuess(around, name)
  if (portions.length === 0) return noPackage(location, name)
  const note =
    named.length > 0
      ? null
      : `the package ${name} of "${location}" is the one in ${shown(portions[0]!.from)}, found by looking around; "${posix.relative(around.cwd, portions[0]!.from) || '.'}" in prepend_sys_path says so`
  const inside = rest.filter((segment) => segment !== '').join('/')
  let missing: Location | null = null
  for (const portion of portions) {
    const settled = settle(location, await around.tree.resolve(join(portion.path, inside)))
    if (settled.kind === 'directory') return { ...settled, note }
    missing ??= settled
  }
  return missing!
}

function noPackage(location: string, name: string): Location {
  const text = quoted(location)
  const message = /^[^\s.]+(\.[^\s.]+)*$/u.test(name)
    ? `the Python package ${name} of ${text} is not in this workspace`
    : `${text} holds a ":", and what stands before it is no Python package`
  return { kind: 'no-package', message, pythonMessage: `No module named '${name.split('.')[0]}'` }
}

interface Portion {
  /** The directory of the package. */
  readonly path: string
  /** The entry of the search path it was found in. */
  readonly from: string
}

async function firstGuess(around: Surroundings, name: string): Promise<readonly Portion[]> {
  for (const directory of around.guesses) {
    const found = await findPackage(around.tree, name, [directory])
    if (found.length > 0) return found
  }
  return []
}

/**
 * Python's path finder: the first directory with an `__init__.py`, else all directories of that name (a namespace
 * package). A module `name.py` that comes first is no package and hides those behind it.
 */
async function findPackage(tree: Tree, name: string, searchPath: readonly string[]): Promise<readonly Portion[]> {
  let portions: readonly Portion[] = searchPath.map((path) => ({ path, from: path }))
  for (const part of name.split('.')) {
    const next: Portion[] = []
    for (const { path, from } of portions) {
      if (part === '' || part.includes('/')) continue
      const directory = await tree.directory(join(path, part))
      if (directory !== null && (await tree.isFile(`${directory}/__init__.py`))) {
        next.splice(0, next.length, { path: directory, from })
        break
      }
      if (await tree.isFile(`${join(path, part)}.py`)) {
        next.length = 0
        break
      }
      if (directory !== null) next.push({ path: directory, from })
    }
    portions = next
  }
  return portions
}

/** Where packages usually lie, nearest first: the directory of the configuration and those above it, each also with `src`. */
export function usualPlaces(cwd: string, directory: string): string[] {
  const all = [cwd, ...upwards(directory)].flatMap((at) => [at, join(at, 'src')])
  return [...new Set(all)]
}
