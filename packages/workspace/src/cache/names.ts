import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { Entry, Snapshot } from '../snapshot/snapshot.js'

/** What of a version location's names matters to Alembic: equal states are the same names. */
export interface NamesState {
  readonly state: string
  /** How many scripts lie directly in it, and with those in its subfolders. */
  readonly scripts: number
  readonly allScripts: number
}

interface Name {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'other'
}

type NamesIn = (directory: string) => readonly Name[] | null

/** The names on disk below `root` (absolute), with those in subfolders; null where a link or anything odd is among them. */
export function namesOnDisk(root: string, location: string): NamesState | null {
  return namesState(location, (directory) => {
    try {
      return readdirSync(`${root}/${directory}`, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other',
      }))
    } catch {
      return null
    }
  })
}

/** The same of a snapshot. */
export async function namesInSnapshot(snapshot: Snapshot, location: string): Promise<NamesState | null> {
  const listings = new Map<string, readonly Entry[] | null>()
  const load = async (directory: string): Promise<void> => {
    const entries = await snapshot.list(directory)
    listings.set(directory, entries)
    for (const { path, mode } of entries ?? []) if (mode === 'directory') await load(path)
  }
  await load(location)
  return namesState(location, (directory) => {
    const prefix = directory === '' ? 0 : directory.length + 1
    const kindOf = ({ mode }: Entry) => (mode === 'file' || mode === 'directory' ? mode : 'other')
    return listings.get(directory)?.map((entry) => ({ name: entry.path.slice(prefix), kind: kindOf(entry) })) ?? null
  })
}

function namesState(location: string, namesIn: NamesIn): NamesState | null {
  const counts = { scripts: 0, allScripts: 0 }
  const hash = createHash('sha256')
  const pending = [location]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const names = namesIn(directory)
    // A link may be loaded under any name, and what it leads to lies elsewhere.
    if (names === null || names.some(({ kind }) => kind === 'other')) return null
    const scripts = names.filter(({ name, kind }) => kind === 'file' && /\.py\n?$/.test(name)).map(({ name }) => name)
    // Git knows no empty directories, and nobody loads what Python has compiled.
    const below = names.filter(({ name, kind }) => kind === 'directory' && name !== '__pycache__')
    const loaded = scripts.filter((name) => !/^(?:\.#|__init__)/.test(name)).length
    counts.allScripts += loaded
    if (directory === location) counts.scripts = loaded
    if (scripts.length > 0) hash.update(`${directory}\0${scripts.sort().join('\0')}\0\0`)
    pending.push(...below.map(({ name }) => (directory === '' ? name : `${directory}/${name}`)).sort())
  }
  return { state: hash.digest('hex'), ...counts }
}
