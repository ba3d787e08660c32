import { compareNames } from './order.js'
import type { Content, Entry, Snapshot } from './snapshot.js'

/** A file's text or bytes, or a symbolic link and its target text. */
export type MemoryFile = string | Uint8Array | { readonly symlink: string }

/**
 * A snapshot of a tree that exists only in memory: paths are workspace-relative with `/`; folders come from the paths,
 * a path that ends in `/` is an empty folder. Links are not followed, as in every snapshot.
 */
export function memorySnapshot(files: Readonly<Record<string, MemoryFile>>): Snapshot {
  const directories = new Map<string, Map<string, Entry>>([['', new Map()]])
  const contents = new Map<string, Content>()
  const addDirectory = (path: string): Map<string, Entry> => {
    const known = directories.get(path)
    if (known !== undefined) return known
    const made = new Map<string, Entry>()
    directories.set(path, made)
    const slash = path.lastIndexOf('/')
    addDirectory(path.slice(0, Math.max(slash, 0))).set(path.slice(slash + 1), entryOf(path, 'directory'))
    return made
  }
  const encoder = new TextEncoder()
  for (const [path, file] of Object.entries(files)) {
    const slash = path.lastIndexOf('/')
    const directory = addDirectory(path.slice(0, Math.max(slash, 0)))
    if (path.endsWith('/')) continue
    const isLink = typeof file === 'object' && !(file instanceof Uint8Array)
    directory.set(path.slice(slash + 1), entryOf(path, isLink ? 'symlink' : 'file'))
    const content = isLink ? file.symlink : file
    contents.set(path, typeof content === 'string' ? encoder.encode(content) : content)
  }
  const sorted = new Map<string, readonly Entry[]>()
  for (const [path, entries] of directories) {
    const names = [...entries.keys()].sort(compareNames)
    sorted.set(
      path,
      names.map((name) => entries.get(name)!),
    )
  }
  return {
    description: 'a tree in memory',
    list: (directory) => sorted.get(directory) ?? null,
    readAll(entries, visit) {
      for (const entry of entries)
        visit(entry, contents.get(entry.path) ?? { code: 'missing', message: 'no such file' })
    },
  }
}

function entryOf(path: string, mode: Entry['mode']): Entry {
  return { path, mode, contentId: null }
}
