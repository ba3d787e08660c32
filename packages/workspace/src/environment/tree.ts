import type { LinkResolver, Resolution } from '../snapshot/links.js'
import {
  type Content,
  DirectoryUnreadable,
  type Entry,
  isFailure,
  type ReadFailure,
  type Snapshot,
} from '../snapshot/snapshot.js'

/** A snapshot as the environment reader asks it: by path, links followed, directory listings kept. */
export class Tree {
  readonly #snapshot: Snapshot
  readonly #links: LinkResolver
  readonly #listings = new Map<string, ReadonlyMap<string, Entry>>()

  constructor(snapshot: Snapshot, links: LinkResolver) {
    this.#snapshot = snapshot
    this.#links = links
  }

  resolve(path: string): Promise<Resolution> {
    return this.#links.resolve(path)
  }

  /** The names in a directory whose path holds no link; empty where there is none. Throws `DirectoryUnreadable`. */
  async names(directory: string): Promise<ReadonlyMap<string, Entry>> {
    let listing = this.#listings.get(directory)
    if (listing === undefined) {
      const entries = (await this.#snapshot.list(directory)) ?? []
      listing = new Map(entries.map((entry) => [entry.path.slice(entry.path.lastIndexOf('/') + 1), entry]))
      this.#listings.set(directory, listing)
    }
    return listing
  }

  /** Reads files by path in one batch. A path that is no file is a failure of code `missing`. */
  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Content>> {
    const contents = new Map<string, Content>()
    const wanted = new Map<string, string[]>()
    const entries: Entry[] = []
    for (const path of paths) {
      const entry = await this.#fileEntry(path).catch(forbidden)
      if ('code' in entry) {
        contents.set(path, entry)
        continue
      }
      const sharing = wanted.get(entry.path)
      if (sharing === undefined) entries.push(entry)
      wanted.set(entry.path, [...(sharing ?? []), path])
    }
    await this.#snapshot.readAll(entries, (entry, content) => {
      const copy = isFailure(content) ? content : content.slice()
      for (const path of wanted.get(entry.path)!) contents.set(path, copy)
    })
    return contents
  }

  async #fileEntry(path: string): Promise<Entry | ReadFailure> {
    const found = await this.resolve(path)
    if (found.kind === 'outside')
      return { code: 'failed', message: `it is a link to ${found.target}, outside the workspace` }
    if (found.kind !== 'found' || found.mode !== 'file') return { code: 'missing', message: 'there is no such file' }
    const names = await this.names(parentOf(found.path))
    return (
      names.get(found.path.slice(found.path.lastIndexOf('/') + 1)) ?? {
        code: 'missing',
        message: 'there is no such file',
      }
    )
  }

  async isFile(path: string): Promise<boolean> {
    const found = await this.resolve(path)
    return found.kind === 'found' && found.mode === 'file'
  }

  /** The real path of a directory, or null where there is none inside the workspace. */
  async directory(path: string): Promise<string | null> {
    const found = await this.resolve(path)
    return found.kind === 'found' && found.mode === 'directory' ? found.path : null
  }

  /** True where the directory has what `alembic init` makes: `env.py` or `versions`. */
  async looksLikeScriptDirectory(directory: string): Promise<boolean> {
    const names = await this.names(directory)
    const versions = names.get('versions')
    return names.has('env.py') || versions?.mode === 'directory' || versions?.mode === 'symlink'
  }
}

/** For `catch`: what lies in a directory that may not be read cannot be read either. */
function forbidden(error: unknown): ReadFailure {
  if (error instanceof DirectoryUnreadable) return { code: 'forbidden', message: error.message }
  throw error
}

/** `a/b/c` → `a/b`, `a` → the root, which is the empty text. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Joins two workspace-relative paths, the first of which may be the root. */
export function join(directory: string, path: string): string {
  if (directory === '' || path === '') return directory + path
  return `${directory}/${path}`
}

/** For people: the root has a name of its own. */
export function shown(directory: string): string {
  return directory === '' ? 'the workspace root' : directory
}

/** The directory itself, then its ancestors, the root last. */
export function upwards(directory: string): string[] {
  const all = [directory]
  for (let at = directory; at !== ''; at = parentOf(at)) all.push(parentOf(at))
  return all
}
