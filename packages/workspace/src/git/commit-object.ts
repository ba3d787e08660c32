import { type GitObjects, isOid } from './objects.js'

/** One commit as its object tells. */
export interface Commit {
  /** Full id. */
  readonly oid: string
  /** Its root tree. */
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: string
  /** Seconds since 1970; null where the commit does not say. */
  readonly authoredAt: number | null
  /** The first line of its message. */
  readonly subject: string
}

/**
 * Reads what a full id or ref leads to, tags peeled; `null` where that is no commit, or not here. Throws
 * `ObjectUnreadable` for a corrupt one.
 */
export async function readCommit(objects: GitObjects, spec: string): Promise<Commit | null> {
  const found = await objects.read(`${spec}^{commit}`)
  if (found?.type !== 'commit') return null
  const text = Buffer.from(found.bytes).toString('utf8')
  const end = text.indexOf('\n\n')
  const headers = end === -1 ? text : text.slice(0, end)
  const tree = /^tree ([0-9a-f]+)$/m.exec(headers)?.[1]
  if (tree === undefined || !isOid(tree)) return null
  const [, author = '', seconds] = /^author (.*?) ?<[^>]*> (\d+)/m.exec(headers) ?? []
  return {
    oid: found.oid,
    tree,
    parents: [...headers.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, oid]) => oid!),
    author,
    authoredAt: seconds === undefined ? null : Number(seconds),
    subject: (end === -1 ? '' : text.slice(end).trimStart()).split('\n', 1)[0] ?? '',
  }
}
