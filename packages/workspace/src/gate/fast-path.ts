import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { type Commit, readCommit } from '../git/commit-object.js'
import { findGitDirectories } from '../git/directories.js'
import { type GitObjects, isOid, openObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { findTarget, type MissingTarget, type Target, type TargetFacts } from '../git/target.js'
import { treeIdOf, treeSnapshot } from '../snapshot/commit.js'
import type { JudgedPush } from '../use-cases/pre-push.js'
import type { BranchInHand, PushInHand } from './in-hand.js'
import { type OperatorSettings, readOperatorSettings, remoteNamed, trackingRef } from './operator.js'
import { type BranchPush, isNothing, type PushLine } from './push-lines.js'
import { mayConcernMigrations } from './tree-changes.js'

export { countedGitProcesses } from '../git/process.js'
export { bypass } from './bypass.js'
export type { BranchInHand, PushInHand } from './in-hand.js'
export { isStrict } from './operator.js'
export { type BranchPush, branchPushes, linesFromPreCommit, parsePushLines } from './push-lines.js'

/** Judges it: only now the readers of scripts and the rules are loaded. See `use-cases/pre-push.ts`. */
export async function judgePush(push: PushInHand, now: number): Promise<JudgedPush> {
  return (await import('../use-cases/pre-push.js')).judgePush(push, now)
}

/** What is checked out, as if it were pushed to a branch of its name: for a person who runs the hook by hand. */
export async function linesForHead(cwd: string): Promise<readonly PushLine[]> {
  const { code, stdout } = await runGit(cwd, ['rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD'])
  const [localOid = '', ref = ''] = stdout.toString('utf8').split('\n')
  if (code !== 0 || !isOid(localOid)) return []
  const remoteRef = ref.startsWith('refs/heads/') ? ref : 'refs/heads/HEAD'
  return [{ localRef: ref === '' ? 'HEAD' : ref, localOid, remoteRef, remoteOid: '0'.repeat(localOid.length) }]
}

export interface PushRequest {
  /** Absolute: where git has started the hook. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The hook's two arguments: name and address, or the address twice. */
  readonly remote: string | null
  readonly url: string | null
  readonly branches: readonly BranchPush[]
}

/**
 * Takes a push up: finds out where each branch lands and whether it brings anything that may concern a migration. `null`
 * where it does not: then nothing has to be judged, and nothing else has been loaded. Starts at most four git processes,
 * however many branches there are.
 *
 * Whoever gets a push in hand closes its `objects`. Throws `GitMissing` and `ObjectUnreadable`.
 */
export async function takeUpPush(request: PushRequest): Promise<PushInHand | null> {
  const { root, prefix } = placeOf(request)
  const objects = openObjects(root)
  try {
    const push = await takeUp(request, root, prefix, objects)
    if (push === null) objects.close()
    return push
  } catch (error) {
    objects.close()
    throw error
  }
}

async function takeUp(
  request: PushRequest,
  root: string,
  prefix: string,
  objects: GitObjects,
): Promise<PushInHand | null> {
  const named = request.remote !== request.url && isRemoteName(request.remote) ? request.remote : null
  const [settings, ends, refsOfName] = await Promise.all([
    readOperatorSettings(root),
    readEnds(objects, request.branches),
    named === null ? null : listRefs(root, named),
  ])
  const remote = remoteNamed(settings, request.remote, request.url) ?? named
  const refs = refsOfName ?? (await listRefs(root, remote))
  const facts = targetFacts(settings, objects, refs.defaultBranch)
  const isTold = tellingNames()
  const branches = await Promise.all(
    ends.map((end) => withTarget(end, { objects, prefix, facts, settings, remote, isTold })),
  )
  const distinct = withoutRepeats(branches)
  const based = distinct.length === 1 ? [await withBase(root, distinct[0]!)] : distinct
  const concerned = await Promise.all(based.map((branch) => concerns(objects, prefix, branch, isTold.test)))
  const kept = based.filter((_, index) => concerned[index])
  if (kept.length === 0 && settings.complaints.length === 0) return null
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

/**
 * The workspace is the nearest folder with an onehead.json up to the top of the repository, else that top. Git starts hooks
 * at the top; a hook manager may have gone to a folder below.
 */
function placeOf({ cwd, env }: PushRequest): { readonly root: string; readonly prefix: string } {
  // With a working tree that is named, the folder we stand in need not be in it.
  if (env.GIT_WORK_TREE) return { root: resolve(cwd, env.GIT_WORK_TREE), prefix: '' }
  let configured: string | null = null
  for (let at = cwd; ; at = dirname(at)) {
    if (configured === null && existsSync(join(at, 'onehead.json'))) configured = at
    if (existsSync(join(at, '.git'))) {
      const root = configured ?? at
      const path = relative(at, root).split(sep).join('/')
      return { root, prefix: path === '' ? '' : `${path}/` }
    }
    if (dirname(at) === at) return { root: cwd, prefix: '' }
  }
}

function isRemoteName(name: string | null): name is string {
  return name !== null && /^[^-/\s~^:?*[\\][^\s~^:?*[\\]*$/.test(name) && !/\.\.|@\{|\/\/|\.lock(?:\/|$)/.test(name)
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

interface Ends {
  readonly push: BranchPush
  readonly source: Commit
  readonly remote: Commit | null
  readonly remoteUnknown: boolean
}

/** The commits at both ends; what is no commit (a tag of a tree) is nothing that anybody deploys. */
async function readEnds(objects: GitObjects, branches: readonly BranchPush[]): Promise<readonly Ends[]> {
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
    return { push, source, remote, remoteUnknown: remote === null && !isNothing(push.remoteOid) }
  })
  return (await Promise.all(ends)).filter((end) => end !== null)
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

/** Configuration files with names of their own, as the onehead.json of any pushed commit gives them. */
function tellingNames(): { readonly add: (pattern: string) => void; readonly test: (path: string) => boolean } {
  const endings = new Set<string>()
  return {
    add: (pattern) => endings.add(pattern.slice(pattern.lastIndexOf('/') + 1).replace(/^.*[*?\]]/, '')),
    test: (path) => [...endings].some((ending) => path.endsWith(ending)),
  }
}

interface Surroundings {
  readonly objects: GitObjects
  readonly prefix: string
  readonly facts: TargetFacts
  readonly settings: OperatorSettings
  readonly remote: string | null
  readonly isTold: ReturnType<typeof tellingNames>
}

async function withTarget(ends: Ends, around: Surroundings): Promise<BranchInHand> {
  const { objects, prefix, facts, settings, remote, isTold } = around
  const written = await readOneheadJson(objects, ends.source.tree, prefix)
  for (const pattern of written.include) isTold.add(pattern)
  const pushed = { remote, branch: ends.push.branch, remoteCommit: ends.remote?.oid ?? null }
  const target = await findTarget(facts, { ...written, operator: settings.target }, pushed)
  return { ...ends, target, base: undefined }
}

interface Written {
  readonly target: string | null
  readonly targets: Readonly<Record<string, string>>
  readonly include: readonly string[]
}

const NOTHING_WRITTEN: Written = { target: null, targets: {}, include: [] }

/** What decides the target; whether the file is as it should be is looked at later, and only where that matters. */
async function readOneheadJson(objects: GitObjects, tree: string, prefix: string): Promise<Written> {
  const snapshot = treeSnapshot(objects, tree, 'the push')
  const path = `${prefix}onehead.json`
  const entry = (await snapshot.list(prefix.replace(/\/$/, '')))?.find((one) => one.path === path)
  const blob = entry?.mode === 'file' ? await objects.read(entry.contentId!) : null
  if (blob === null) return NOTHING_WRITTEN
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

/** A new branch is compared with where it left its target: one process. What the remote has of a branch is nearer. */
async function withBase(root: string, branch: BranchInHand): Promise<BranchInHand> {
  const { source, remote, target } = branch
  if (remote !== null || !isTarget(target)) return branch
  if (target.commit === source.oid) return { ...branch, base: source.oid }
  const { code, stdout } = await runGit(root, ['merge-base', target.commit, source.oid])
  const base = stdout.toString('latin1').trim()
  return { ...branch, base: code === 0 && isOid(base) ? base : null }
}

export function isTarget(target: Target | MissingTarget | null): target is Target {
  return target !== null && 'commit' in target
}

/** A whole ref name as git allows it: an expression such as `main^{/word}` is none. */
function isRef(text: string): boolean {
  return /^refs\/[^\s~^:?*[\\\x00-\x20\x7f]+$/.test(text) && !/\.\.|@\{|\/\//.test(text)
}

/** Whether what this push adds to the branch may concern a migration. */
async function concerns(
  objects: GitObjects,
  prefix: string,
  branch: BranchInHand,
  isConfiguration: (path: string) => boolean,
): Promise<boolean> {
  const { source, remote, target, base } = branch
  const from = remote?.oid ?? base ?? (isTarget(target) ? target.commit : null)
  if (from === source.oid) return false
  const before = from === null ? null : (remote ?? (await readCommit(objects, from)))
  // Nothing is known that it could be compared with.
  if (before === null) return true
  const [old, now] = await Promise.all([
    treeBelow(objects, before.tree, prefix),
    treeBelow(objects, source.tree, prefix),
  ])
  return mayConcernMigrations(objects, old, now, isConfiguration)
}

async function treeBelow(objects: GitObjects, tree: string, prefix: string): Promise<string | null> {
  return prefix === '' ? tree : treeIdOf(treeSnapshot(objects, tree, 'a commit'), prefix.replace(/\/$/, ''))
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
