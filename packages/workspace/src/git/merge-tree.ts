import { awayFromFiles } from './directories.js'
import { isOid } from './oid.js'
import { runGit } from './process.js'

/** What `merge-tree` printed. */
export interface Merged {
  readonly tree: string
  readonly unmerged: readonly {
    readonly mode: string
    readonly oid: string
    readonly stage: string
    readonly path: string
  }[]
}

/**
 * Merges two commits (full ids, validated) in memory, as git does. `null` where this git cannot (too old, no common history, an
 * object missing, nothing may be written).
 */
export async function runMergeTree(cwd: string, target: string, source: string): Promise<Merged | null> {
  const place = awayFromFiles(cwd)
  const args = ['merge-tree', '--write-tree', '-z', '--no-messages', target, source]
  const { code, stdout } = await runGit(place.cwd, args, { env: place.env })
  if (code !== 0 && code !== 1) return null
  const [tree = '', ...entries] = stdout.toString('utf8').split('\0')
  if (!isOid(tree)) return null
  const unmerged = entries.flatMap((entry) => {
    const match = /^(\d+) ([0-9a-f]+) ([123])\t(.*)$/s.exec(entry)
    return match === null ? [] : [{ mode: match[1]!, oid: match[2]!, stage: match[3]!, path: match[4]! }]
  })
  return { tree, unmerged }
}
