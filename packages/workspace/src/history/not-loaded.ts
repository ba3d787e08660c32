import { type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'

/** Folders that are looked into for one environment: enough for any real one, and an end for a hostile one. */
const MOST_FOLDERS = 200
/** Files of one folder that are read to tell whether it holds scripts. */
const TELLING_FILES = 3

const SCRIPT_NAME = /^(?!\.|__init__).*\.py$/
const DECLARES = /^down_revision\b/m

export interface NotLoaded {
  readonly folders: readonly string[]
  /** For the notes of the environment. */
  readonly note: string
}

/**
 * Without `recursive_version_locations` Alembic loads nothing below a version location. Scripts there mean that `env.py`
 * or the caller adds locations at run time, or that somebody moved scripts away: either way nobody judges them, and that
 * must be said.
 * @param folders the folders that lie in the version locations and are not entered
 * @returns null where no scripts lie there
 */
export async function scriptsNotLoaded(
  snapshot: Snapshot,
  folders: readonly string[],
  versionLocations: readonly string[],
): Promise<NotLoaded | null> {
  const loaded = new Set(versionLocations)
  const counts = (folder: string) => !loaded.has(folder) && !/\/\.[^/]*$|__pycache__$/.test(folder)
  const queue = folders.filter(counts)
  const found: string[] = []
  for (let next = 0; next < Math.min(queue.length, MOST_FOLDERS); next++) {
    const entries = await entriesOf(snapshot, queue[next]!)
    if (await holdScripts(snapshot, entries)) found.push(queue[next]!)
    for (const { path, mode } of entries) if (mode === 'directory' && counts(path)) queue.push(path)
  }
  if (found.length === 0) return null
  const more = found.length > 2 ? ` and ${found.length - 2} more` : ''
  const note =
    `scripts in subfolders are not loaded as configured: ${found.slice(0, 2).join(', ')}${more}; ` +
    'if env.py adds these folders, name them in version_locations, or set recursive_version_locations = true'
  return { folders: found, note }
}

async function holdScripts(snapshot: Snapshot, entries: readonly Entry[]): Promise<boolean> {
  const files = entries.filter(
    ({ path, mode }) => mode === 'file' && SCRIPT_NAME.test(path.slice(path.lastIndexOf('/') + 1)),
  )
  let found = false
  await snapshot.readAll(files.slice(0, TELLING_FILES), (_, content) => {
    found ||= !isFailure(content) && DECLARES.test(new TextDecoder('latin1').decode(content))
  })
  return found
}

/** A folder that may not be read is not Alembic's, so that there is nothing to say about it. */
async function entriesOf(snapshot: Snapshot, folder: string): Promise<readonly Entry[]> {
  try {
    return (await snapshot.list(folder)) ?? []
  } catch {
    return []
  }
}
