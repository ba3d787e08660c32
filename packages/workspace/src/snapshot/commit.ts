import { type GitObjects, isOid } from '../git/objects.js'
import { compareNames } from './order.js'
import { type Content, DirectoryUnreadable, type Entry, type ReadFailure, type Snapshot } from './snapshot.js'

/** A snapshot whose directories are tree objects: equal ids are equal contents. */
export interface TreeSnapshot extends Snapshot {
  /** The id of the root tree; null where it has none (an empty workspace in a commit without it). */
  readonly tree: string | null
  list(directory: string): Promise<readonly Entry[] | null>
  readAll(entries: readonly Entry[], visit: (entry: Entry, content: Content) => void): Promise<void>
}

export interface CommitSnapshot extends TreeSnapshot {
  /** Full id. */
  readonly commit: string
  /** Seconds since 1970, of the committer; null where the commit does not say. */
  readonly committedAt: number | null
}

/** One name in a tree object. */
interface Named {
  readonly name: string
  readonly mode: Entry['mode']
  readonly oid: string
}

/** Tree objects are the same in every snapshot: what one has parsed serves all that share a reader. */
const parsedTrees = new WeakMap<GitObjects, Map<string, Promise<readonly Named[] | null>>>()

/**
 * The files below a tree object. Symlinks and submodules are entries of their own modes, as in every snapshot.
 * @param tree full id of a tree, or null for a tree without entries
 */
export function treeSnapshot(objects: GitObjects, tree: string | null, description: string): TreeSnapshot {
  const listings = new Map<string, Promise<readonly Entry[] | null>>()
  if (tree !== null) objects.addRoot(tree)

  function list(directory: string): Promise<readonly Entry[] | null> {
    let listing = listings.get(directory)
    if (listing === undefined) {
      listing = listNew(directory)
      listings.set(directory, listing)
    }
    return listing
  }

  async function listNew(directory: string): Promise<readonly Entry[] | null> {
    if (directory === '') return tree === null ? [] : entriesOf(tree, '')
    const entry = await entryAt(directory)
    return entry?.mode === 'directory' ? entriesOf(entry.contentId!, directory) : null
  }

  async function entriesOf(oid: string, directory: string): Promise<readonly Entry[]> {
    const names = await readTree(objects, oid)
    if (names === null) throw new DirectoryUnreadable(directory)
    const prefix = directory === '' ? '' : `${directory}/`
    return names.map(({ name, mode, oid }): Entry => ({ path: prefix + name, mode, contentId: oid }))
  }

  async function entryAt(path: string): Promise<Entry | null> {
    const entries = await list(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    return entries?.find((entry) => entry.path === path) ?? null
  }

  return { description, tree, list, readAll: contentsOf(objects, entryAt) }
}

/**
 * The files of a commit, below `prefix` (where the workspace lies in the repository: empty, or with `/` at its end).
 * @param commit full id, or anything on one line that names a commit; `null` where it names none here
 */
export async function commitSnapshot(objects: GitObjects, commit: string, prefix = ''): Promise<CommitSnapshot | null> {
  const found = await objects.read(`${commit}^{commit}`)
  if (found?.type !== 'commit') return null
  const text = Buffer.from(found.bytes).toString('latin1')
  const tree = /^tree ([0-9a-f]+)\n/.exec(text)?.[1]
  if (tree === undefined || !isOid(tree)) return null
  const seconds = /^committer .*> (\d+) [-+]\d+$/m.exec(text.slice(0, endOfHeaders(text)))?.[1]
  const root = await subtree(objects, tree, prefix)
  return {
    ...treeSnapshot(objects, root, `commit ${found.oid.slice(0, 7)}`),
    commit: found.oid,
    committedAt: seconds === undefined ? null : Number(seconds),
  }
}

/** The tree at a path below a tree; null where there is no directory. */
export async function subtree(objects: GitObjects, tree: string, prefix: string): Promise<string | null> {
  if (prefix === '') return tree
  return treeIdOf(treeSnapshot(objects, tree, 'a tree'), prefix.replace(/\/+$/, ''))
}

/** The id of a directory's tree: equal ids are equal contents. Null where it is no directory or the snapshot has no ids. */
export async function treeIdOf(snapshot: Snapshot, directory: string): Promise<string | null> {
  if (directory === '') return 'tree' in snapshot ? (snapshot as TreeSnapshot).tree : null
  const parent = directory.slice(0, Math.max(0, directory.lastIndexOf('/')))
  const entry = (await snapshot.list(parent))?.find(({ path }) => path === directory)
  return entry?.mode === 'directory' ? entry.contentId : null
}

/** Reads entries by the ids of their blobs; `entryAt` finds the id of those that came without (a link followed, a path named). */
export function contentsOf(
  objects: GitObjects,
  entryAt: (path: string) => Promise<Entry | null>,
): (entries: readonly Entry[], visit: (entry: Entry, content: Content) => void) => Promise<void> {
  return async (entries, visit) => {
    const wanted: Entry[] = []
    for (const entry of entries) wanted.push(entry.contentId === null ? ((await entryAt(entry.path)) ?? entry) : entry)
    let index = 0
    const oids = wanted.map(({ mode, contentId }) => (mode === 'file' || mode === 'symlink' ? (contentId ?? '') : ''))
    await objects.readAll(oids, (oid, object) => {
      const at = index++
      if (object?.type === 'blob') visit(entries[at]!, object.bytes)
      else visit(entries[at]!, failureFor(objects, wanted[at]!, oid))
    })
  }
}

function endOfHeaders(text: string): number {
  const end = text.indexOf('\n\n')
  return end === -1 ? text.length : end
}

function readTree(objects: GitObjects, oid: string): Promise<readonly Named[] | null> {
  let trees = parsedTrees.get(objects)
  if (trees === undefined) {
    trees = new Map()
    parsedTrees.set(objects, trees)
  }
  let names = trees.get(oid)
  if (names === undefined) {
    names = objects.read(oid).then(
      (object) => (object?.type === 'tree' ? parseTree(object.bytes, oid.length / 2) : null),
      () => null,
    )
    trees.set(oid, names)
  }
  return names
}

/** `<octal mode> <name>\0<id>` for each entry; an id has 20 bytes, or 32 in a sha256 repository. Null where it is cut. */
function parseTree(bytes: Uint8Array, idBytes: number): readonly Named[] | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const names: Named[] = []
  for (let at = 0; at < buffer.length; ) {
    const space = buffer.indexOf(32, at)
    const end = buffer.indexOf(0, space)
    if (space === -1 || end === -1 || end + 1 + idBytes > buffer.length) return null
    const mode = modeOf(buffer.toString('latin1', at, space))
    const name = buffer.toString('utf8', space + 1, end)
    at = end + 1 + idBytes
    names.push({ name, mode, oid: buffer.toString('hex', end + 1, at) })
  }
  return names.sort((a, b) => compareNames(a.name, b.name))
}

/** Git knows five kinds of entries; files of old repositories have odd permissions. */
export function modeOf(mode: string): Entry['mode'] {
  if (mode === '40000' || mode === '040000') return 'directory'
  if (mode === '120000') return 'symlink'
  if (mode === '160000') return 'submodule'
  return mode.startsWith('100') ? 'file' : 'other'
}

function failureFor(objects: GitObjects, entry: Entry, oid: string): ReadFailure {
  if (entry.contentId === null) return { code: 'missing', message: 'it is not there' }
  if (entry.mode !== 'file' && entry.mode !== 'symlink') return { code: 'failed', message: 'it is not a regular file' }
  switch (objects.failureOf(oid)) {
    case 'too-large':
      return { code: 'too-large', message: 'it is larger than 16 MB' }
    case 'missing':
      return { code: 'missing', message: `git does not have its content here (blob ${oid.slice(0, 7)})` }
    case 'absent':
      return { code: 'not-downloaded', message: notDownloaded(objects, oid) }
    default:
      return { code: 'failed', message: `git cannot read its content (blob ${oid.slice(0, 7)})` }
  }
}

function notDownloaded(objects: GitObjects, oid: string): string {
  const failure = objects.downloadFailure()
  return `git has not downloaded its content (blob ${oid.slice(0, 7)}${failure === '' ? '' : `; ${failure}`})`
}
