import { compareNames } from './order.js'
import type { Entry, Snapshot } from './snapshot.js'

/**
 * A snapshot with some entries replaced (an `Entry`) or gone (`null`), by path. Directories come and go with what is in
 * them. The entries put in are read by their ids, so they have to come from the same repository.
 * @param twins second entries of paths that have one already: two files of one name, between which nobody has chosen yet
 */
export function overlay(
  base: Snapshot,
  changes: ReadonlyMap<string, Entry | null>,
  description: string,
  twins: readonly Entry[] = [],
): Snapshot {
  const byDirectory = new Map<string, Map<string, Entry | null>>()
  const note = (path: string, entry: Entry | null) => {
    const directory = parentOf(path)
    const known = byDirectory.get(directory)
    if (known === undefined) byDirectory.set(directory, new Map([[path, entry]]))
    else if (entry?.mode !== 'directory' || !known.get(path)) known.set(path, entry)
  }
  /** Directories that lost something: git keeps none that is empty. */
  const thinned = new Set<string>()
  const second = new Map<string, Entry[]>()
  for (const twin of twins) {
    const directory = parentOf(twin.path)
    second.set(directory, [...(second.get(directory) ?? []), twin])
  }
  for (const [path, entry] of [...changes, ...twins.map((twin) => [twin.path, twin] as const)]) {
    if (!twins.includes(entry!)) note(path, entry)
    for (let at = parentOf(path); at !== ''; at = parentOf(at)) {
      if (entry === null) thinned.add(at)
      else note(at, { path: at, mode: 'directory', contentId: null })
    }
  }

  async function list(directory: string): Promise<readonly Entry[] | null> {
    const own = byDirectory.get(directory)
    const below = await base.list(directory)
    const isThinned = thinned.has(directory) || directory === ''
    if (own === undefined && !isThinned && !second.has(directory)) return below
    const entries = new Map((below ?? []).map((entry) => [entry.path, entry]))
    for (const [path, entry] of own ?? []) {
      if (entry === null) entries.delete(path)
      else entries.set(path, entry)
    }
    for (const [path, { mode }] of isThinned ? entries : []) {
      if (mode !== 'directory' || !thinned.has(path)) continue
      if ((await list(path)) === null) entries.delete(path)
      else entries.set(path, { path, mode, contentId: null })
    }
    if (entries.size === 0 && (below === null || directory !== '')) return null
    return [...entries.values(), ...(second.get(directory) ?? [])].sort((a, b) => compareNames(a.path, b.path))
  }

  return {
    description,
    list,
    async readAll(entries, visit) {
      const known = entries.map((entry) => (entry.contentId === null ? (changes.get(entry.path) ?? entry) : entry))
      let index = 0
      await base.readAll(known, (_, content) => visit(entries[index++]!, content))
    },
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
