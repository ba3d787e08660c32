import { scan, toScript } from '@onehead/core'
import { mergeBase } from '../git/merge-base.js'
import { type Merged, runMergeTree } from '../git/merge-tree.js'
import { type GitObjects, isOid, ObjectUnreadable } from '../git/objects.js'
import { isZero, type RawChange, rawDiff } from '../git/raw-diff.js'
import { commitSnapshot, modeOf, subtree, treeSnapshot } from './commit.js'
import { overlay } from './overlay.js'
import type { Entry, Snapshot } from './snapshot.js'

/** What will exist once `source` is merged into `target`. */
export interface PredictedMerge {
  readonly snapshot: Snapshot
  /** `merge-tree`: as git merges. `path-level`: file by file from the merge base. `union`: the files of both, no base known. */
  readonly method: 'merge-tree' | 'path-level' | 'union'
  /** Paths (workspace-relative) that both sides changed differently: the target's side stands in the snapshot, where it has one. */
  readonly textualConflicts: readonly string[]
  /** Both sides of each of them: blob ids, null where the side has no file. */
  readonly sides: ReadonlyMap<string, { readonly target: string | null; readonly source: string | null }>
  /** The merge base, where it was looked for; one of them where there are several. */
  readonly base: string | null
}

export interface MergeOptions {
  /** Where the workspace lies in the repository: empty, or with `/` at its end. */
  readonly prefix?: string
  /** False: as with a git older than 2.38. */
  readonly mergeTree?: boolean
  /** False: the merge base is only looked for where the merge cannot be told without it. */
  readonly needsBase?: boolean
  /** What git says of this merge, where somebody has asked it already. */
  readonly asked?: Promise<Merged | null>
}

/**
 * Predicts the merge of two commits (full ids) without touching index or working tree. Rejects with `ObjectUnreadable`
 * where a commit is not there.
 */
export async function predictMerge(
  cwd: string,
  objects: GitObjects,
  target: string,
  source: string,
  options: MergeOptions = {},
): Promise<PredictedMerge> {
  if (!isOid(target) || !isOid(source)) throw new TypeError('predictMerge takes full ids of commits')
  const parted = options.needsBase === false ? null : mergeBase(cwd, target, source)
  const merged = options.mergeTree === false ? null : await (options.asked ?? runMergeTree(cwd, target, source))
  const prefix = options.prefix ?? ''
  if (merged?.unmerged.length === 0) return fromMergeTree(objects, merged, await parted, prefix)
  const base = await (parted ?? mergeBase(cwd, target, source))
  if (merged !== null && base !== null) return fromMergeTree(objects, merged, base, prefix)
  return base === null
    ? union(cwd, objects, target, source, prefix)
    : pathLevel(cwd, objects, target, source, base, prefix)
}

/** The snapshot behind what `merge-tree` printed; `base` is only handed on. */
export async function fromMergeTree(
  objects: GitObjects,
  { tree, unmerged }: Merged,
  base: string | null,
  prefix: string,
): Promise<PredictedMerge> {
  const changes = new Map<string, Entry | null>()
  const sides = new Map<string, { target: string | null; source: string | null }>()
  for (const { mode, oid, stage, path } of unmerged) {
    if (!path.startsWith(prefix)) continue
    const own = path.slice(prefix.length)
    const side = sides.get(own) ?? { target: null, source: null }
    sides.set(own, side)
    if (stage === '1') continue
    side[stage === '2' ? 'target' : 'source'] = oid
    // Git's own file has marks of both sides in it, which nobody could read: the target's stands, else the other one.
    if (stage === '2' || side.target === null) changes.set(own, { path: own, mode: modeOf(mode), contentId: oid })
  }
  const root = await subtree(objects, tree, prefix)
  const clean = treeSnapshot(objects, root, MERGED)
  const twins = await findTwins(objects, sides)
  const snapshot = changes.size === 0 ? clean : overlay(clean, changes, MERGED, twins)
  return { snapshot, method: 'merge-tree', textualConflicts: [...sides.keys()], sides, base }
}

const MERGED = 'the predicted merge'

/** The same for what is staged: there is no commit yet that git could merge, so it is done file by file. */
export async function predictStagedMerge(
  cwd: string,
  objects: GitObjects,
  target: string,
  prefix = '',
): Promise<PredictedMerge> {
  if (!isOid(target)) throw new TypeError('predictStagedMerge takes the full id of a commit')
  const base = await mergeBase(cwd, target, 'HEAD')
  return base === null
    ? union(cwd, objects, target, '--cached', prefix)
    : pathLevel(cwd, objects, target, '--cached', base, prefix)
}

/** The rule of a three-way merge, for whole files: what one side changed wins; what both changed differently stays open. */
async function pathLevel(
  cwd: string,
  objects: GitObjects,
  target: string,
  source: string,
  base: string,
  prefix: string,
): Promise<PredictedMerge> {
  const [theirs, ours] = await Promise.all([rawDiff(cwd, base, target), rawDiff(cwd, ...between(base, source))])
  if (theirs === null || ours === null) return union(cwd, objects, target, source, prefix)
  return onTopOf(objects, target, ours, new Map(theirs.map((change) => [change.path, change])), {
    method: 'path-level',
    base,
    prefix,
  })
}

/** Without a base nobody can tell a file that one side deleted from one that the other added: all of them are kept. */
async function union(
  cwd: string,
  objects: GitObjects,
  target: string,
  source: string,
  prefix: string,
): Promise<PredictedMerge> {
  const differences = await rawDiff(cwd, ...between(target, source))
  if (differences === null) throw new ObjectUnreadable(source, 'git cannot compare it with the target')
  const added = differences.filter(({ newOid }) => !isZero(newOid))
  const differing = new Map(
    added.filter(({ oldOid }) => !isZero(oldOid)).map((change) => [change.path, swapped(change)]),
  )
  return onTopOf(objects, target, added, differing, { method: 'union', base: null, prefix })
}

/** `source` is a commit, or `--cached` for what is staged. */
function between(from: string, source: string): readonly string[] {
  return source === '--cached' ? [source, from] : [from, source]
}

/** As if the target had changed the file to what it has. */
function swapped(change: RawChange): RawChange {
  return { ...change, newMode: change.oldMode, newOid: change.oldOid }
}

async function onTopOf(
  objects: GitObjects,
  target: string,
  ours: readonly RawChange[],
  theirs: ReadonlyMap<string, RawChange>,
  how: { readonly method: 'path-level' | 'union'; readonly base: string | null; readonly prefix: string },
): Promise<PredictedMerge> {
  const { method, base, prefix } = how
  const changes = new Map<string, Entry | null>()
  const sides = new Map<string, { target: string | null; source: string | null }>()
  for (const change of ours) {
    if (!change.path.startsWith(prefix)) continue
    const path = change.path.slice(prefix.length)
    const other = theirs.get(change.path)
    if (other?.newOid === change.newOid && other.newMode === change.newMode) continue
    if (other !== undefined) sides.set(path, { target: present(other.newOid), source: present(change.newOid) })
    // Kept where either side still has it; the target's version where both have one.
    if (other !== undefined && !isZero(other.newOid)) continue
    if (isZero(change.newOid)) changes.set(path, null)
    else changes.set(path, { path, mode: modeOf(change.newMode), contentId: change.newOid })
  }
  const below = await commitSnapshot(objects, target, prefix)
  if (below === null) throw new ObjectUnreadable(target, 'there is no such commit here')
  const snapshot = overlay(below, changes, MERGED, await findTwins(objects, sides))
  return { snapshot, method, textualConflicts: [...sides.keys()], sides, base }
}

/**
 * Scripts that both sides have given one name, with different ids: whoever merges by hand may keep both, so that both
 * count. The target's stands under the name, these are the source's.
 */
async function findTwins(objects: GitObjects, sides: PredictedMerge['sides']): Promise<readonly Entry[]> {
  const open = [...sides].filter(
    ([path, { target, source }]) => path.endsWith('.py') && target !== null && source !== null,
  )
  if (open.length === 0) return []
  const idOf = async (path: string, oid: string): Promise<string | null> => {
    const object = await objects.read(oid).catch(() => null)
    const script = object && toScript(path, scan(object.bytes))
    return script !== null && 'revision' in script ? script.revision : null
  }
  const twins: Entry[] = []
  for (const [path, { target, source }] of open) {
    const [ours, theirs] = [await idOf(path, target!), await idOf(path, source!)]
    if (ours !== null && theirs !== null && ours !== theirs) twins.push({ path, mode: 'file', contentId: source })
  }
  return twins
}

function present(oid: string): string | null {
  return isZero(oid) ? null : oid
}
