import type { Environment, UnreadableScript } from '@onehead/core'
import type { LinkResolver, Resolution } from '../snapshot/links.js'
import { DirectoryUnreadable, type Entry, type Snapshot } from '../snapshot/snapshot.js'
import { scriptsNotLoaded } from './not-loaded.js'

/** The files Alembic would load for one environment, in its order. */
export interface ScriptListing {
  /** A file to read, or one that is already known to be unreadable (a broken link, …); paths are real paths. */
  readonly files: readonly (Entry | UnreadableScript)[]
  /** Real paths reached twice; Alembic warns and ignores the second. */
  readonly loadedTwice: readonly string[]
  /** What is worth saying about the folders; see `Environment.notes`. */
  readonly notes: readonly string[]
  /** Folders with scripts that Alembic does not enter; see `Environment.notLoaded`. */
  readonly notLoaded?: readonly string[]
}

/** Alembic's own pattern for the name of the *resolved* file (`script/base.py`); `$` in Python allows one line feed. */
const LOADED_NAME = /^(?!\.#|__init__)([^\n]*\.py)\n?$/
const COMPILED_NAME = /^(?!\.#|__init__)[^\n]*\.py[co]$/

/** Lists the scripts of an environment as Alembic 1.20 walks its version locations (`Script._list_py_dir`). */
export async function listScripts(
  snapshot: Snapshot,
  links: LinkResolver,
  environment: Environment,
): Promise<ScriptListing> {
  const found: (Entry | UnreadableScript)[] = []
  const passed: string[] = []
  for (const location of environment.versionLocations)
    await collect(snapshot, links, location, environment, found, passed)
  const seen = new Map<string, Entry | UnreadableScript>()
  const loadedTwice: string[] = []
  const files = found.filter((file) => {
    const known = seen.get(file.path)
    if (known === undefined) seen.set(file.path, file)
    else if (areTwins(known, file)) return true
    else loadedTwice.push(file.path)
    return known === undefined
  })
  const below = passed.length === 0 ? null : await scriptsNotLoaded(snapshot, passed, environment.versionLocations)
  if (below === null) return { files, loadedTwice, notes: [] }
  return { files, loadedTwice, notes: [below.note], notLoaded: below.folders }
}

/** A predicted merge may have two files of one name, one from each side: nobody has chosen between them yet. */
function areTwins(one: Entry | UnreadableScript, other: Entry | UnreadableScript): boolean {
  const [a, b] = [one, other].map((file) => ('contentId' in file ? file.contentId : null))
  return a != null && b != null && a !== b
}

/**
 * All files of a directory before its subdirectories; the latter only where the environment is recursive, else they are
 * `passed` by.
 */
async function collect(
  snapshot: Snapshot,
  links: LinkResolver,
  directory: string,
  environment: Environment,
  found: (Entry | UnreadableScript)[],
  passed: string[],
): Promise<void> {
  const entries = await entriesOf(snapshot, directory, found)
  if (!directory.endsWith('__pycache__')) {
    const others = new Map<Entry, Entry | UnreadableScript | null>()
    for (const entry of entries.filter(isNoFile)) others.set(entry, await otherFile(links, entry))
    pushScripts(entries, others, found)
    if (environment.sourceless) found.push(...(await compiledScripts(snapshot, directory, entries)))
  }
  for (const entry of entries.filter(({ mode }) => mode === 'directory')) {
    if (environment.recursive) await collect(snapshot, links, entry.path, environment, found, passed)
    else passed.push(entry.path)
  }
}

const isNoFile = ({ mode }: Entry) => mode !== 'file'

/** Apart from all that waits: hundreds of names go through this. */
function pushScripts(
  entries: readonly Entry[],
  others: ReadonlyMap<Entry, Entry | UnreadableScript | null>,
  into: (Entry | UnreadableScript)[],
): void {
  for (const entry of entries) {
    const script = isNoFile(entry) ? others.get(entry) : plainFile(entry)
    if (script != null) into.push(script)
  }
}

async function entriesOf(
  snapshot: Snapshot,
  directory: string,
  found: (Entry | UnreadableScript)[],
): Promise<readonly Entry[]> {
  try {
    return (await snapshot.list(directory)) ?? []
  } catch (error) {
    if (!(error instanceof DirectoryUnreadable)) throw error
    found.push(unreadable(directory, 'not-readable', 'this directory may not be read (permissions)'))
    return []
  }
}

function plainFile(entry: Entry): Entry | UnreadableScript | null {
  const name = nameOf(entry.path)
  if (!LOADED_NAME.test(name)) return null
  return name === '.py' ? withoutName(entry.path) : entry
}

/** `.py` and nothing before it is loaded, and then has no suffix for Alembic: a bare `AssertionError`. */
function withoutName(path: string): UnreadableScript {
  const error = { kind: 'AssertionError', revisions: [], message: '' }
  return unreadable(path, 'no-revision', 'Alembic loads a file of this name, and fails on it', error)
}

/** Symlinks are followed first and named after their target; pipes and devices would make Alembic hang. */
async function otherFile(links: LinkResolver, entry: Entry): Promise<Entry | UnreadableScript | null> {
  if (entry.mode === 'other' && LOADED_NAME.test(nameOf(entry.path)))
    return unreadable(entry.path, 'not-readable', 'this is not a regular file')
  if (entry.mode !== 'symlink') return null
  return linkedFile(entry, await links.resolve(entry.path))
}

function linkedFile(entry: Entry, target: Resolution): Entry | UnreadableScript | null {
  const couldLoad = LOADED_NAME.test(nameOf(entry.path))
  switch (target.kind) {
    case 'found':
      if (target.mode !== 'file' || !LOADED_NAME.test(nameOf(target.path))) return null
      return plainFile({ path: target.path, mode: 'file', contentId: null })
    case 'outside':
      if (!couldLoad && !LOADED_NAME.test(nameOf(target.target))) return null
      return unreadable(entry.path, 'outside', `this link leads out of the workspace, to ${target.target}`)
    case 'missing':
      if (!LOADED_NAME.test(nameOf(target.path))) return null
      return unreadable(entry.path, 'broken-link', `this link leads to ${target.path}, which does not exist`, {
        kind: 'ImportError',
        revisions: [],
        message: `Can't find Python file ${target.path}`,
      })
    case 'loop':
      return couldLoad
        ? unreadable(entry.path, 'broken-link', 'this link leads to itself', {
            kind: 'RuntimeError',
            revisions: [],
            message: `Symlink loop from '${entry.path}'`,
          })
        : null
  }
}

/** With `sourceless = true` Alembic loads `.pyc` files that have no source beside them; nobody can read those here. */
async function compiledScripts(
  snapshot: Snapshot,
  directory: string,
  entries: readonly Entry[],
): Promise<readonly UnreadableScript[]> {
  const names = new Set(entries.filter((entry) => entry.mode === 'file').map((entry) => nameOf(entry.path)))
  const stems = new Set([...names].map(stemOf))
  const cached = (await snapshot.list(`${directory}/__pycache__`)) ?? []
  return [
    ...entries.filter((entry) => !names.has(nameOf(entry.path).slice(0, -1))),
    ...cached.filter((entry) => !stems.has(stemOf(nameOf(entry.path)))),
  ]
    .filter((entry) => COMPILED_NAME.test(nameOf(entry.path)))
    .map((entry) =>
      unreadable(entry.path, 'dynamic', 'this is a compiled script without its source, which only Python can read'),
    )
}

function unreadable(
  path: string,
  cause: UnreadableScript['cause'],
  detail: string,
  error: UnreadableScript['error'] = null,
): UnreadableScript {
  return { path, cause, error, detail, span: { start: 0, end: 0 }, reading: null }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Alembic cuts at the first dot. */
function stemOf(name: string): string {
  const dot = name.indexOf('.')
  return dot === -1 ? name : name.slice(0, dot)
}
