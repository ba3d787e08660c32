import { type Commit, readCommit } from '../git/commit-object.js'
import { findGitDirectories } from '../git/directories.js'
import { type GitObjects, isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { findTarget, isTarget, type TargetFacts } from '../git/target.js'
import type { Ends, FirstLook } from './ends.js'
import type { PushRequest } from './fast-path.js'
import type { BranchInHand, PushInHand } from './in-hand.js'
import { type OperatorSettings, readOperatorSettings, remoteNamed, trackingRef } from './operator.js'

/** Branches that add something of interest to what the remote has. */
export interface LookedAt {
  readonly root: string
  readonly prefix: string
  readonly objects: GitObjects
  /** The remote, where it was given by name. */
  readonly named: string | null
  readonly look: FirstLook
  readonly ends: readonly Ends[]
  /** What the only branch has changed since it left a commit, if somebody has asked. */
  readonly known: { readonly since: string; readonly changed: readonly string[] } | null
}

/** Finds out where they land, and looks again from there: `null` where that leaves nothing to judge. */
export async function takeUpBranches(
  request: PushRequest,
  { root, prefix, objects, named, look, ends, known }: LookedAt,
): Promise<PushInHand | null> {
  const [settings, refsOfName] = await Promise.all([
    readOperatorSettings(root),
    named === null ? null : listRefs(root, named),
  ])
  const remote = remoteNamed(settings, request.remote, request.url) ?? named
  const refs = refsOfName ?? (await listRefs(root, remote))
  const facts = targetFacts(settings, objects, refs.defaultBranch)
  const branches = withoutRepeats(await Promise.all(ends.map((end) => withTarget(end, facts, settings, remote))))
  const changes = await Promise.all(
    branches.map(async (branch) =>
      isSince(known, branch) ? known.changed : look(branch, branch.remote ?? (await comparedWith(objects, branch))),
    ),
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
  const target = await findTarget(facts, { ...written, operator: settings.target }, pushed)
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
