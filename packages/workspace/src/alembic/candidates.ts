import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { splitWords } from '../processes/words.js'

/** How a project's Python is started. `configured` is a command of its own in onehead.json, `active` what $VIRTUAL_ENV names. */
export type Way = 'configured' | 'uv' | 'poetry' | 'pipenv' | 'pdm' | 'venv' | 'active' | 'system'

/** A Python that may be the project's. */
export interface Candidate {
  readonly way: Way
  /** What speaks for it: a file of the workspace, a setting, a variable. */
  readonly because: string
  /** The words that start Python. */
  readonly command: readonly string[]
  /** The words in front of `alembic` or `flask` as a person would type them; the last one is completed by the name. */
  readonly typed: readonly string[]
  /** Where it is started to see what is there; absolute. */
  readonly folder: string
  /** On top of the environment; undefined takes a variable away. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Why it cannot be what is wanted, and so is not started: managers would quietly make an empty environment. */
  readonly trouble: Trouble | null
  /** A command that must succeed first, for the same reason. */
  readonly precondition: { readonly command: readonly string[]; readonly trouble: Trouble } | null
}

export interface Trouble {
  /** Lower case, no full stop. */
  readonly message: string
  /** One runnable command, or null. */
  readonly command: string | null
}

export interface Search {
  /** Absolute: the workspace. */
  readonly root: string
  /** Workspace-relative, nearest to the environment first; the root is the empty text. */
  readonly folders: readonly string[]
  /** Where Alembic will be run; absolute. */
  readonly cwd: string
  /** `runner` of onehead.json. */
  readonly runner: string | readonly string[] | undefined
  readonly shell: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}

const VIRTUAL_ENVIRONMENTS = ['.venv', 'venv', 'env'] as const

/** What speaks for a candidate that onehead.json names. */
export const CONFIGURED = '"runner" in onehead.json'

const NAMED: readonly string[] = ['uv', 'poetry', 'pipenv', 'pdm', 'venv', 'system']

/**
 * The Pythons to try, the most likely first: what is configured and nothing else; or, folder by folder from the environment up to
 * the root, that of the manager whose files lie there and the virtual environments; then the active one; then the system's.
 * Nothing is started. Throws nothing: a `runner` that makes no sense is a candidate with its trouble.
 */
export function listCandidates(search: Search): readonly Candidate[] {
  const { runner } = search
  const found = [
    ...search.folders.flatMap((folder) => inFolder(search, folder)),
    ...activeEnvironment(search),
    ...systemPythons(search),
  ]
  if (runner === undefined) return withoutRepeats(found)
  if (typeof runner !== 'string' || !NAMED.includes(runner)) return [configured(search, runner)]
  const chosen = found.filter(({ way }) => way === runner || (runner === 'venv' && way === 'active'))
  return chosen.length > 0 ? withoutRepeats(chosen) : withoutMarker(search, runner)
}

function inFolder(search: Search, folder: string): readonly Candidate[] {
  const at = join(search.root, folder)
  const has = (name: string) => existsSync(join(at, name))
  const project = has('pyproject.toml') ? read(join(at, 'pyproject.toml')) : ''
  const found: Candidate[] = []
  const uv = has('uv.lock') ? 'uv.lock' : /^\[tool\.uv[.\]]/m.test(project) ? '[tool.uv]' : null
  if (uv !== null) found.push(withUv(search, folder, uv))
  const poetry = has('poetry.lock') ? 'poetry.lock' : /^\[tool\.poetry[.\]]/m.test(project) ? '[tool.poetry]' : null
  if (poetry !== null) found.push(withPoetry(search, folder, poetry))
  if (has('Pipfile')) found.push(withPipenv(search, folder))
  if (has('.pdm-python')) found.push(withPdm(search, folder))
  for (const name of VIRTUAL_ENVIRONMENTS) {
    if (has(join(name, 'pyvenv.cfg')) || has(join(name, pythonIn(search)))) {
      const home = join(at, name)
      found.push(withVirtualEnvironment(search, 'venv', home, shown(folder, name)))
    }
  }
  return found
}

function withUv(search: Search, folder: string, marker: string): Candidate {
  const at = join(search.root, folder)
  const project = isNearestProject(search, at) ? [] : ['--project', at]
  const home = search.shell.UV_PROJECT_ENVIRONMENT || '.venv'
  const isThere = existsSync(join(resolve(at, home), pythonIn(search)))
  const trouble = {
    message: `uv has no environment for it yet: ${isAbsolute(home) ? home : shown(folder, home)} is missing`,
    command: 'uv sync',
  }
  return {
    ...bare('uv', whereIs(folder, marker), at),
    command: ['uv', 'run', '--no-sync', ...project, 'python'],
    typed: ['uv', 'run', ...shownProject(search, project), ''],
    // uv passes over the active environment of another project, and says so every time.
    variables: { VIRTUAL_ENV: undefined },
    trouble: isThere ? null : trouble,
  }
}

function withPoetry(search: Search, folder: string, marker: string): Candidate {
  const at = join(search.root, folder)
  const project = isNearestProject(search, at) ? [] : ['--project', at]
  return {
    ...bare('poetry', whereIs(folder, marker), at),
    command: ['poetry', ...project, 'run', 'python'],
    typed: ['poetry', ...shownProject(search, project), 'run', ''],
    precondition: {
      command: ['poetry', 'env', 'info', '--path'],
      trouble: { message: 'poetry has no environment for it yet', command: 'poetry install' },
    },
  }
}

function withPipenv(search: Search, folder: string): Candidate {
  const at = join(search.root, folder)
  return {
    ...bare('pipenv', whereIs(folder, 'Pipfile'), at),
    command: ['pipenv', 'run', 'python'],
    typed: ['pipenv', 'run', ''],
    variables: { PIPENV_PIPFILE: join(at, 'Pipfile'), PIPENV_NOSPIN: '1' },
    precondition: {
      command: ['pipenv', '--venv'],
      trouble: { message: 'pipenv has no environment for it yet', command: 'pipenv install' },
    },
  }
}

/** PDM writes down which interpreter it uses. */
function withPdm(search: Search, folder: string): Candidate {
  const at = join(search.root, folder)
  const python = read(join(at, '.pdm-python')).trim()
  const trouble = { message: `.pdm-python names no interpreter that exists (${python})`, command: 'pdm install' }
  return {
    ...bare('pdm', whereIs(folder, '.pdm-python'), at),
    command: [python],
    typed: ['pdm', 'run', ''],
    trouble: existsSync(python) ? null : trouble,
  }
}

/** With what its `activate` would set. */
function withVirtualEnvironment(search: Search, way: Way, home: string, because: string): Candidate {
  const bin = join(home, search.platform === 'win32' ? 'Scripts' : 'bin')
  const python = join(home, pythonIn(search))
  const path = Object.keys(search.shell).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const separator = search.platform === 'win32' ? ';' : ':'
  const trouble = { message: `${because} is broken: it has no Python any more`, command: `python3 -m venv ${because}` }
  return {
    ...bare(way, because, search.cwd),
    command: [python],
    typed: [`${shownFrom(search.cwd, bin)}/`],
    variables: {
      VIRTUAL_ENV: home,
      PYTHONHOME: undefined,
      [path]: [bin, ...(search.shell[path] ? [search.shell[path]] : [])].join(separator),
    },
    trouble: existsSync(python) ? null : trouble,
  }
}

function activeEnvironment(search: Search): readonly Candidate[] {
  const home = search.shell.VIRTUAL_ENV
  if (!home) return []
  const candidate = withVirtualEnvironment(search, 'active', home, '$VIRTUAL_ENV')
  return [{ ...candidate, typed: [''] }]
}

function systemPythons(search: Search): readonly Candidate[] {
  const names = search.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']
  return names.map((name) => ({
    ...bare('system', `${name} on the PATH`, search.cwd),
    command: [name],
    typed: [''],
  }))
}

/** A command of the user's own: what starts Python, or what stands before `python`. */
function configured(search: Search, runner: string | readonly string[]): Candidate {
  const words = typeof runner === 'string' ? splitWords(runner) : runner
  const because = CONFIGURED
  if (words === null || words.length === 0) {
    const trouble = { message: '"runner" is no command: a quote is not closed', command: null }
    return { ...bare('configured', because, search.cwd), command: ['python3'], typed: [''], trouble }
  }
  // As in a shell: a plain name is looked for on the PATH, a path starts at the workspace root, where the file lies.
  const program = /[/\\]/.test(words[0]!) ? resolve(search.root, words[0]!) : words[0]!
  const home = existsSync(join(program, pythonIn(search))) ? program : null
  if (home !== null && words.length === 1) return withVirtualEnvironment(search, 'configured', home, because)
  const startsPython = /^(python|pypy)[\d.]*(\.exe)?$|^py(\.exe)?$/i.test(basename(words.at(-1)!))
  return {
    ...bare('configured', because, search.cwd),
    command: [program, ...words.slice(1), ...(startsPython ? [] : ['python'])],
    typed: startsPython ? [...words, '-m', ''] : [...words, ''],
  }
}

/** A manager that somebody names is tried at the nearest project, also without its lock file. */
function withoutMarker(search: Search, way: string): readonly Candidate[] {
  const folder =
    search.folders.find((one) => existsSync(join(search.root, one, 'pyproject.toml'))) ?? search.folders.at(-1) ?? ''
  const because = CONFIGURED
  const missing = (message: string): Candidate => ({
    ...bare('venv', because, search.cwd),
    command: ['python3'],
    typed: [''],
    trouble: { message, command: null },
  })
  switch (way) {
    case 'uv':
      return [{ ...withUv(search, folder, ''), because }]
    case 'poetry':
      return [{ ...withPoetry(search, folder, ''), because }]
    case 'pipenv':
      return [{ ...missing('there is no Pipfile from the environment up to the root'), way: 'pipenv' }]
    case 'pdm':
      return [{ ...missing('there is no .pdm-python from the environment up to the root'), way: 'pdm' }]
    default:
      return [missing('there is no virtual environment from the environment up to the root, and none is active')]
  }
}

function bare(way: Way, because: string, folder: string) {
  return { way, because, folder, variables: {}, trouble: null, precondition: null }
}

/** The same interpreter is not asked twice. */
function withoutRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>()
  return candidates.filter(({ command }) => {
    const key = command.join('\0')
    return !seen.has(key) && seen.add(key)
  })
}

const pythonIn = ({ platform }: Search): string => (platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** True where a manager that is started in `cwd` and looks upwards comes to this project first. */
function isNearestProject({ cwd }: Search, project: string): boolean {
  for (let at = cwd; ; at = dirname(at)) {
    if (at === project) return true
    if (existsSync(join(at, 'pyproject.toml')) || dirname(at) === at) return false
  }
}

function shownProject({ cwd }: Search, words: readonly string[]): readonly string[] {
  return words.map((word) => (word.startsWith('-') ? word : shown(relativeTo(cwd, word))))
}

const relativeTo = (from: string, to: string): string => relative(from, to).replaceAll('\\', '/')

const shown = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/') || '.'

const whereIs = (folder: string, marker: string): string =>
  marker.startsWith('[') ? `${marker} in ${shown(folder, 'pyproject.toml')}` : shown(folder, marker)

/** Relative where that is shorter to read. */
function shownFrom(cwd: string, path: string): string {
  const short = relativeTo(cwd, path)
  return short.startsWith('../../..') ? path : short
}
