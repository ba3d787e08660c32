import { type Entry, isFailure, type Snapshot } from './snapshot.js'

/** Where a path leads once every symlink on the way is followed, as `Path.resolve()` in Python. */
export type Resolution =
  | { readonly kind: 'found'; readonly path: string; readonly mode: Entry['mode'] }
  | { readonly kind: 'missing'; readonly path: string }
  /** It leaves the workspace: a snapshot cannot tell what is there. */
  | { readonly kind: 'outside'; readonly target: string }
  | { readonly kind: 'loop' }

export interface LinkResolver {
  /** `path` is workspace-relative with `/` and may hold `.` and `..`. */
  resolve(path: string): Promise<Resolution>
}

/** As many as Linux follows. */
const MAX_LINKS = 40

/**
 * Follows symlinks inside a snapshot. Directory listings are kept for as long as the resolver lives.
 * `root` is the absolute path of the workspace (for absolute link targets), or null where there is none.
 */
export function createLinkResolver(snapshot: Snapshot, root: string | null): LinkResolver {
  const listings = new Map<string, ReadonlyMap<string, Entry> | null>()

  async function entryAt(directory: string, name: string): Promise<Entry | undefined> {
    let listing = listings.get(directory)
    if (listing === undefined) {
      const entries = await snapshot.list(directory)
      listing = entries && new Map(entries.map((entry) => [entry.path, entry]))
      listings.set(directory, listing)
    }
    return listing?.get(directory === '' ? name : `${directory}/${name}`)
  }

  async function targetOf(link: Entry): Promise<string> {
    let target = ''
    await snapshot.readAll([link], (_, content) => {
      if (!isFailure(content)) target = new TextDecoder().decode(content)
    })
    return target
  }

  async function resolve(path: string): Promise<Resolution> {
    const pending = path.split('/').reverse()
    let current = ''
    let mode: Entry['mode'] = 'directory'
    let links = 0
    while (pending.length > 0) {
      const name = pending.pop()!
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (current === '') return { kind: 'outside', target: path }
        current = current.slice(0, Math.max(0, current.lastIndexOf('/')))
        mode = 'directory'
        continue
      }
      const entry: Entry | undefined = mode === 'directory' ? await entryAt(current, name) : undefined
      if (!entry) return { kind: 'missing', path: [current, name, ...pending.reverse()].filter(Boolean).join('/') }
      if (entry.mode !== 'symlink') {
        current = entry.path
        mode = entry.mode
        continue
      }
      if (++links > MAX_LINKS) return { kind: 'loop' }
      let target = await targetOf(entry)
      if (target.startsWith('/')) {
        const inside = root === null ? null : below(root, target)
        if (inside === null) return { kind: 'outside', target }
        target = inside
        current = ''
        mode = 'directory'
      }
      pending.push(...target.split('/').reverse())
    }
    return { kind: 'found', path: current, mode }
  }

  return { resolve }
}

/** `path` relative to `root`, or null where it is not below it. Both absolute, with `/`. */
function below(root: string, path: string): string | null {
  if (path === root) return ''
  const prefix = root.endsWith('/') ? root : `${root}/`
  return path.startsWith(prefix) ? path.slice(prefix.length) : null
}
