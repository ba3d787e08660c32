import { type Commit, readCommit } from '../git/commit-object.js'
import type { GitObjects } from '../git/objects.js'
import { treeIdOf, treeSnapshot } from '../snapshot/commit.js'
import type { BranchInHand } from './in-hand.js'
import { type BranchPush, isNothing } from './push-lines.js'
import { tellingChanges } from './tree-changes.js'

/** What a push adds to a branch since a commit, as far as it may concern a migration; null: nobody knows, or too much. */
export type FirstLook = (branch: Pick<BranchInHand, 'source'>, from: Commit | null) => Promise<readonly string[] | null>

/** Both ends of a pushed branch. */
export interface Ends extends Pick<BranchInHand, 'push' | 'source' | 'remote' | 'remoteUnknown'> {
  /** Null: it has an onehead.json, which this partial clone has not downloaded. */
  readonly written: Written | null
}

/** The commits at both ends; what is no commit (a tag of a tree) is nothing that anybody deploys. */
export async function readEnds(
  objects: GitObjects,
  branches: readonly BranchPush[],
  prefix: string,
  isTold: (pattern: string) => void,
): Promise<readonly Ends[]> {
  const known = new Map<string, Promise<Commit | null>>()
  const read = (oid: string) => {
    const soon = known.get(oid) ?? readCommit(objects, oid)
    known.set(oid, soon)
    return soon
  }
  const ends = branches.map(async (push): Promise<Ends | null> => {
    const [source, remote] = await Promise.all([
      read(push.localOid),
      isNothing(push.remoteOid) ? null : read(push.remoteOid),
    ])
    if (source === null) return null
    const written = await readOneheadJson(objects, source.tree, prefix)
    for (const pattern of written?.include ?? []) isTold(pattern)
    return { push, source, remote, remoteUnknown: remote === null && !isNothing(push.remoteOid), written }
  })
  return (await Promise.all(ends)).filter((end) => end !== null)
}

/** Configuration files with names of their own, as the onehead.json of any pushed commit gives them. */
export function tellingNames(): { readonly add: (pattern: string) => void; readonly test: (path: string) => boolean } {
  const endings = new Set<string>()
  return {
    add: (pattern) => endings.add(pattern.slice(pattern.lastIndexOf('/') + 1).replace(/^.*[*?\]]/, '')),
    test: (path) => [...endings].some((ending) => path.endsWith(ending)),
  }
}

/** What onehead.json of the pushed commit says about where it lands and where to look. */
export interface Written {
  readonly target: string | null
  readonly targets: Readonly<Record<string, string>>
  readonly include: readonly string[]
}

export const NOTHING_WRITTEN: Written = { target: null, targets: {}, include: [] }

/**
 * What decides the target; whether the file is as it should be is looked at later, and only where that matters. Null where it
 * is not here.
 */
export async function readOneheadJson(objects: GitObjects, tree: string, prefix: string): Promise<Written | null> {
  const snapshot = treeSnapshot(objects, tree, 'the push')
  const path = `${prefix}onehead.json`
  const entry = (await snapshot.list(prefix.replace(/\/$/, '')))?.find((one) => one.path === path)
  if (entry?.mode !== 'file') return NOTHING_WRITTEN
  const blob = await objects.read(entry.contentId!)
  if (blob === null) return null
  try {
    const { target, targets, environments } = JSON.parse(Buffer.from(blob.bytes).toString('utf8'))
    const pairs = Object.entries(targets ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    const include: unknown[] = Array.isArray(environments?.include) ? environments.include : []
    return {
      target: typeof target === 'string' && target !== '' ? target : null,
      targets: Object.fromEntries(pairs),
      include: include.filter((one): one is string => typeof one === 'string' && one !== ''),
    }
  } catch {
    return NOTHING_WRITTEN
  }
}

/** What was added that may concern a migration; null: too much to say, or nothing is known that it could be compared with. */
export async function changesSince(
  objects: GitObjects,
  prefix: string,
  before: Commit | null,
  { oid, tree }: Commit,
  isConfiguration: (path: string) => boolean,
): Promise<readonly string[] | null> {
  if (before === null) return null
  if (before.oid === oid) return []
  const [old, now] = await Promise.all([treeBelow(objects, before.tree, prefix), treeBelow(objects, tree, prefix)])
  return tellingChanges(
    objects,
    treeSnapshot(objects, old, 'before'),
    treeSnapshot(objects, now, 'now'),
    isConfiguration,
  )
}

async function treeBelow(objects: GitObjects, tree: string, prefix: string): Promise<string | null> {
  return prefix === '' ? tree : treeIdOf(treeSnapshot(objects, tree, 'a commit'), prefix.replace(/\/$/, ''))
}
