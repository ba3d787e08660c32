import { awayFromFiles } from '../git/directories.js'
import type { Merged } from '../git/merge-tree.js'
import { type GitObjects, isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { fromMergeTree, type PredictedMerge, predictMerge } from './merged-tree.js'

/** A merge that git refuses ends its process: so often it is started again for what comes after. */
const MOST_RESTARTS = 3

/**
 * Predicts many merges with one git process (`merge-tree --stdin`, git 2.39), as `predictMerge` does one. `null` where it
 * could not be done: this git is older, or too many of them have no common history.
 *
 * @param pairs full ids
 */
export async function predictMerges(
  cwd: string,
  objects: GitObjects,
  pairs: readonly { readonly target: string; readonly source: string }[],
  prefix: string,
): Promise<readonly (PredictedMerge | null)[]> {
  for (const { target, source } of pairs) {
    if (!isOid(target) || !isOid(source)) throw new TypeError('predictMerges takes full ids of commits')
  }
  const predicted: (PredictedMerge | null)[] = []
  const place = awayFromFiles(cwd)
  for (let restarts = 0; predicted.length < pairs.length && restarts <= MOST_RESTARTS; restarts++) {
    const left = pairs.slice(predicted.length)
    const input = left.map(({ target, source }) => `${target} ${source}\n`).join('')
    const args = ['merge-tree', '--write-tree', '-z', '--no-messages', '--stdin']
    const { stdout } = await runGit(place.cwd, args, { input, env: place.env })
    for (const merged of parseMany(stdout.toString('utf8'))) {
      predicted.push(await fromMergeTree(objects, merged, null, prefix))
    }
    const refused = pairs[predicted.length]
    if (refused !== undefined)
      predicted.push(await predictMerge(cwd, objects, refused.target, refused.source, { prefix }))
  }
  return pairs.map((_, index) => predicted[index] ?? null)
}

/** For each merge `0|1 NUL tree NUL`, an entry and NUL for every unmerged stage, and an empty entry at the end. */
function parseMany(output: string): Merged[] {
  const fields = output.split('\0')
  const all: Merged[] = []
  for (let at = 0; at + 2 < fields.length; at++) {
    const tree = fields[at + 1]!
    if (!/^[01]$/.test(fields[at]!) || !isOid(tree)) break
    const unmerged: Merged['unmerged'][number][] = []
    for (at += 2; fields[at] !== undefined && fields[at] !== ''; at++) {
      const match = /^(\d+) ([0-9a-f]+) ([123])\t(.*)$/s.exec(fields[at]!)
      if (match !== null) unmerged.push({ mode: match[1]!, oid: match[2]!, stage: match[3]!, path: match[4]! })
    }
    all.push({ tree, unmerged })
  }
  return all
}
