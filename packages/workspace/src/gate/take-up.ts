import { type Commit, readCommit } from '../git/commit-object.js'
import { findGitDirectories } from '../git/directories.js'
import { type GitObjects, isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
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
  const [settings, refsOfName] = await Promise.all([
    looked.settings ?? readOperatorSettings(root),
    named === null ? null : listRefs(root, named),
  ])
  if (settings.promisors.length > 0) objects.downloadWith(downloadFor(root, settings))
  const ends = await withOneheadJson(looked)
  const remote = remoteNamed(settings, request.remote, request.url) ?? named
  const refs = refsOfName ?? (await listRefs(root, remote))
  const facts = targetFacts(settings, objects, refs.defaultBranch)
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
  return {
    root,
    prefix,
    directories: findGitDirectories(request.cwd, request.env),
    objects,
    settings,
    remote,
    remoteText: remote ?? request.remote ?? request.url ?? 'the remote',
    branches: kept,
    tags: refs.tags,
    defaultCommits: await defaultCommits(objects, remote, facts, refs.defaultBranch),
    notices: settings.complaints,
  }
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

interface Refs {
  readonly defaultBranch: string | null
  readonly tags: ReadonlyMap<string, string>
}

/** The remote's default branch and all tags: one process, and no object is opened. */
async function listRefs(root: string, remote: string | null): Promise<Refs> {
  const heads = [remote ?? 'origin', 'origin'].map((name) => `refs/remotes/${name}/HEAD`)
  const args = ['for-each-ref', '--format=%(refname)%00%(objectname)%00%(symref)', ...new Set(heads), 'refs/tags']
  const { stdout } = await runGit(root, args)
  const tags = new Map<string, string>()
  let defaultBranch: string | null = null
  for (const line of stdout.toString('utf8').split('\n')) {
    const [ref = '', oid = '', symref = ''] = line.split('\0')
    if (!isOid(oid)) continue
    const start = `refs/remotes/${remote}/`
    if (ref.startsWith('refs/tags/')) tags.set(ref, oid)
    else if (ref === `${start}HEAD` && symref.startsWith(start)) defaultBranch = symref.slice(start.length)
  }
  return { defaultBranch, tags }
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
  return { ...ends, target, changed: null }
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
