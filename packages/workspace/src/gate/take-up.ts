import { type Commit, readCommit } from '../git/commit-object.js'
import { findGitDirectories, type GitDirectories } from '../git/directories.js'
import { runMergeTree } from '../git/merge-tree.js'
import type { GitObjects } from '../git/objects.js'
import { readSymbolicRef } from '../git/symbolic-ref.js'
import { listTags } from '../git/tags.js'
import { findTarget, isTarget, type TargetFacts } from '../git/target.js'
import { downloadFor } from './download.js'
import { type Ends, type FirstLook, NOTHING_WRITTEN, readOneheadJson } from './ends.js'
import type { PushRequest } from './fast-path.js'
import type { BranchInHand, PushInHand } from './in-hand.js'
import { type OperatorSettings, readOperatorSettings, remoteNamed, trackingRef } from './operator.js'

/** Branches that may bring something to what they land on. */
export interface LookedAt {
  readonly root: string
  readonly prefix: string
  readonly objects: GitObjects
  /** The remote, where it was given by name. */
  readonly named: string | null
  readonly look: FirstLook
  /** Hears of configuration files with names of their own before anything is looked at again. */
  readonly isTold: (pattern: string) => void
  readonly ends: readonly Ends[]
  /** Where somebody has read them already. */
  readonly settings: OperatorSettings | null
  /** What the only branch has changed since it left a commit, if somebody has asked. */
  readonly known: { readonly since: string; readonly changed: readonly string[] } | null
}

/** Finds out where they land, and looks again from there: `null` where that leaves nothing to judge. */
export async function takeUpBranches(request: PushRequest, looked: LookedAt): Promise<PushInHand | null> {
  const { root, prefix, objects, named, look, known } = looked
  const settings = looked.settings ?? (await readOperatorSettings(root))
  const directories = findGitDirectories(request.cwd, request.env)
  if (settings.promisors.length > 0) objects.downloadWith(downloadFor(root, settings))
  const ends = await withOneheadJson(looked)
  const remote = remoteNamed(settings, request.remote, request.url) ?? named
  const defaultBranch = await findDefaultBranch(root, objects, directories, remote)
  const facts = targetFacts(settings, objects, defaultBranch)
  const branches = withoutRepeats(await Promise.all(ends.map((end) => withTarget(end, facts, settings, remote))))
  const untold = new Set(ends.filter(({ written }) => written === null).map(({ source }) => source.oid))
  const changes = await Promise.all(
    branches.map(async (branch) => {
      if (untold.has(branch.source.oid)) return null
      if (isSince(known, branch)) return known.changed
      return look(branch, branch.remote ?? (await comparedWith(objects, branch)))
    }),
  )
  const kept = branches.flatMap((branch, index): BranchInHand[] => {
    const changed = changes[index]!
    return changed?.length === 0 ? [] : [{ ...branch, changed }]
  })
  if (kept.length === 0) return null
  const [only] = kept
  const begun = kept.length === 1 && only !== undefined ? [{ ...only, merging: beginMerge(root, only) }] : kept
  return {
    root,
    prefix,
    directories,
    objects,
    settings,
    remote,
    remoteText: remote ?? request.remote ?? request.url ?? 'the remote',
    branches: begun,
    tags: askedOnce(() => listTags(root)),
    defaultCommits: await defaultCommits(objects, remote, facts, defaultBranch),
    notices: settings.complaints,
  }
}

/** Git merges while what judges is loaded. */
function beginMerge(root: string, { source, target }: BranchInHand): BranchInHand['merging'] {
  if (!isTarget(target) || target.commit === source.oid) return null
  const merging = runMergeTree(root, target.commit, source.oid)
  // Whoever waits for it hears of it.
  merging.catch(() => {})
  return merging
}

/** In a partial clone the file may have to be downloaded first; `written` stays null where it cannot be. */
async function withOneheadJson({ objects, prefix, ends, isTold }: LookedAt): Promise<readonly Ends[]> {
  return Promise.all(
    ends.map(async (end) => {
      if (end.written !== null) return end
      const written = await readOneheadJson(objects, end.source.tree, prefix)
      for (const pattern of written?.include ?? []) isTold(pattern)
      return { ...end, written }
    }),
  )
}

/** The branch that the remote's HEAD names; null where that leads nowhere: the remote has renamed it since. */
async function findDefaultBranch(
  root: string,
  objects: GitObjects,
  directories: GitDirectories | null,
  remote: string | null,
): Promise<string | null> {
  const start = `refs/remotes/${remote}/`
  if (remote === null || !isRef(`${start}HEAD`)) return null
  const [named, commit] = await Promise.all([
    readSymbolicRef(root, directories, `${start}HEAD`),
    readCommit(objects, `${start}HEAD`),
  ])
  return named?.startsWith(start) && commit !== null ? named.slice(start.length) : null
}

function askedOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let soon: Promise<T> | null = null
  return () => {
    soon ??= ask()
    return soon
  }
}

const NOT_A_REF = Promise.resolve(null)

function targetFacts(settings: OperatorSettings, objects: GitObjects, defaultBranch: string | null): TargetFacts {
  const known = new Map<string, Promise<string | null>>()
  return {
    remotes: [...settings.remotes.keys()],
    trackingRef: (remote, branch) => trackingRef(settings, remote, branch),
    defaultBranch,
    initialBranch: settings.initialBranch,
    commitOf(ref) {
      const soon = known.get(ref) ?? (isRef(ref) ? readCommit(objects, ref).then((one) => one?.oid ?? null) : NOT_A_REF)
      known.set(ref, soon)
      return soon
    },
  }
}

/** A whole ref name as git allows it: an expression such as `main^{/word}` is none. */
function isRef(text: string): boolean {
  return /^refs\/[^\s~^:?*[\\\x00-\x20\x7f]+$/.test(text) && !/\.\.|@\{|\/\//.test(text)
}

async function withTarget(
  { written, ...ends }: Ends,
  facts: TargetFacts,
  settings: OperatorSettings,
  remote: string | null,
): Promise<BranchInHand> {
  const pushed = { remote, branch: ends.push.branch, remoteCommit: ends.remote?.oid ?? null }
  const target = await findTarget(facts, { ...(written ?? NOTHING_WRITTEN), operator: settings.target }, pushed)
  return { ...ends, target, merging: null, changed: null }
}

/** The same commit pushed to branches that land on the same commit and have the same now is one question. */
function withoutRepeats(branches: readonly BranchInHand[]): readonly BranchInHand[] {
  const kept = new Map<string, BranchInHand>()
  for (const branch of branches) {
    const target =
      branch.target === null ? '' : 'commit' in branch.target ? branch.target.commit : branch.target.missing
    const key = `${branch.source.oid} ${branch.remote?.oid} ${target}`
    if (!kept.has(key)) kept.set(key, branch)
  }
  return [...kept.values()]
}

function isSince(
  known: LookedAt['known'],
  { remote, target }: BranchInHand,
): known is Exclude<LookedAt['known'], null> {
  return known !== null && remote === null && isTarget(target) && target.commit === known.since
}

/** A new branch is compared with its target as it is: more differs than the branch has changed, never less. */
async function comparedWith(objects: GitObjects, { target }: BranchInHand): Promise<Commit | null> {
  return isTarget(target) ? readCommit(objects, target.commit) : null
}

async function defaultCommits(
  objects: GitObjects,
  remote: string | null,
  facts: TargetFacts,
  defaultBranch: string | null,
): Promise<string[]> {
  const ref = remote === null || defaultBranch === null ? null : facts.trackingRef(remote, defaultBranch)
  const commits = await Promise.all([
    ref === null ? null : facts.commitOf(ref),
    // What origin has is published whichever other remote it is pushed to.
    remote === 'origin' ? null : readCommit(objects, 'refs/remotes/origin/HEAD').then((commit) => commit?.oid ?? null),
  ])
  return [...new Set(commits.filter((commit) => commit !== null))]
}
