import { relative, resolve, sep } from 'node:path'
import type { Arguments, Option } from './arguments.js'
import { CommandLineError } from './errors.js'
import type { World } from './world.js'

/** Flags that say which histories are meant. */
export const placeOptions: readonly Option[] = [
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    repeatable: true,
    says: 'a configuration file with an unusual name; nothing else is looked for',
  },
  { name: 'name', short: 'n', value: 'SECTION', says: 'the section of that file, like `alembic -n`' },
  { name: 'root', value: 'DIR', says: 'the workspace; else the folder with onehead.json, or the git repository' },
  { name: 'cwd', value: 'DIR', says: 'run as if started there' },
  { name: 'full', says: 'send every script through the Python parser, not only those that need it' },
]

/** Flags without which the same environments would not be found again, as they were typed. */
export function placeWords(given: Arguments): readonly string[] {
  return given.words((name) => name !== 'full' && placeOptions.some((option) => option.name === name))
}

/** Of the commands that only list. */
export const commitOption: Option = { name: 'at', value: 'REF', says: 'what a commit has, instead of the working tree' }

/** Where we stand and what is meant: ready for a use case. */
export interface Place {
  /** Absolute. */
  readonly root: string
  /** Where the user stands, workspace-relative; `..` and the like outside. */
  readonly here: string
  readonly environments: readonly string[]
  readonly configs: readonly string[]
  readonly full: boolean
  /** A workspace-relative path as seen from where the user stands. */
  readonly showPath: (path: string) => string
  /** A path as it was typed, workspace-relative. Throws `CommandLineError` for one outside. */
  readonly readPath: (typed: string) => string
  /** What to put before a workspace-relative path to make it relative to the git repository; ends with `/` or is empty. */
  readonly repositoryPrefix: string
}

/**
 * @param named the positional arguments that name environments
 * @param findRoot the workspace's own, given so that loading it stays lazy
 */
export function findPlace(
  given: Arguments,
  named: readonly string[],
  world: World,
  findRoot: (folder: string) => { readonly root: string; readonly repository: string | null },
): Place {
  const cwd = resolve(world.cwd, given.value('cwd') ?? '.')
  const explicit = given.value('root')
  const found = findRoot(explicit === null ? cwd : resolve(cwd, explicit))
  const root = explicit === null ? found.root : resolve(cwd, explicit)
  const section = given.value('name')
  const files = given.values('config').length > 0 ? given.values('config') : section === null ? [] : ['alembic.ini']
  return {
    root,
    here: slashes(relative(root, cwd)),
    environments: named.map((name) => fromRoot(name, root, cwd)),
    configs: files.map((file) => inside(file, root, cwd) + (section === null ? '' : `#${section}`)),
    full: given.has('full'),
    readPath: (typed) => inside(typed, root, cwd),
    showPath: (path) => slashes(relative(cwd, resolve(root, path))) || '.',
    repositoryPrefix:
      found.repository === null || found.repository === root ? '' : `${slashes(relative(found.repository, root))}/`,
  }
}

/** A configuration file as the workspace names it. Throws `CommandLineError` for one outside. */
function inside(file: string, root: string, cwd: string): string {
  const path = slashes(relative(root, resolve(cwd, file)))
  if (path === '' || path.startsWith('../') || path === '..' || resolve(path) === path)
    throw new CommandLineError(`${file} is outside the workspace ${slashes(root)}`, 'name the workspace with --root')
  return path
}

/**
 * `.` and `./billing` are directories, meant from where the user stands, and stay recognisable as such; a bare name may also be the
 * name of an environment.
 */
function fromRoot(name: string, root: string, cwd: string): string {
  if (cwd === root || !/^\.{1,2}($|[/\\])/.test(name)) return name
  return `./${slashes(relative(root, resolve(cwd, name)))}`
}

function slashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/')
}
