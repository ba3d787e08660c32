/** Names of configuration files that are looked for where `onehead.json` names none; `alembic.ini` among them. */
export const USUAL_NAMES = ['*alembic*.ini', 'pyproject.toml'] as const

/** A virtual environment has this file at its top. */
export const VENV_MARK = 'pyvenv.cfg'

/** Directories of which nobody means the contents: installed packages, build output, caches. */
export const SKIPPED_DIRECTORIES = [
  '.cache',
  '.eggs',
  '.git',
  '.mypy_cache',
  '.nox',
  '.nx',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.venv',
  '__pycache__',
  'build',
  'dist',
  'dist-packages',
  'node_modules',
  'site-packages',
] as const

const USUAL = /(?:^|\/)(?:[^/]*alembic[^/]*\.ini|pyproject\.toml)$/
const SKIPPED: ReadonlySet<string> = new Set(SKIPPED_DIRECTORIES)

/** True for `alembic.ini`, other INI files with `alembic` in their name, and `pyproject.toml`. */
export function hasUsualName(path: string): boolean {
  return USUAL.test(path)
}

/** True below a directory that is skipped: a template (`{{`), installed packages, build output. */
export function isSkipped(path: string): boolean {
  if (path.includes('{{')) return true
  const directories = path.split('/').slice(0, -1)
  return directories.some((name) => SKIPPED.has(name))
}

/** Takes the paths that lie in a virtual environment out; `marks` are the paths of all `pyvenv.cfg`. */
export function withoutVirtualEnvironments(paths: readonly string[], marks: readonly string[]): string[] {
  if (marks.length === 0) return [...paths]
  const tops = marks.map((mark) => mark.slice(0, mark.length - VENV_MARK.length))
  return paths.filter((path) => !tops.some((top) => path.startsWith(top)))
}

/**
 * The configuration files with usual names among all files of a tree (a commit, say): the same rules as on disk, for
 * paths that somebody else has listed.
 */
export function selectUsual(paths: readonly string[]): string[] {
  const marks = paths.filter((path) => path === VENV_MARK || path.endsWith(`/${VENV_MARK}`))
  const named = paths.filter((path) => hasUsualName(path) && !isSkipped(path))
  return withoutVirtualEnvironments(named, marks)
}
