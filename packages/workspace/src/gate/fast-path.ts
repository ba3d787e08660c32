import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { matches } from '../git/branch-pattern.js'
import { readCommit } from '../git/commit-object.js'
import { type GitObjects, isOid, openObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { type RawChange, rawDiff } from '../git/raw-diff.js'
import type { JudgedPush } from '../use-cases/pre-push.js'
import type { Bypass } from './bypass.js'
import { changesSince, type Ends, type FirstLook, readEnds, tellingNames } from './ends.js'
import type { PushInHand } from './in-hand.js'
import { type OperatorSettings, readOperatorSettings } from './operator.js'
import { type BranchPush, isNothing, type PushLine } from './push-lines.js'
import { tellingAmong } from './tree-changes.js'

export { countedGitProcesses } from '../git/process.js'
export type { BranchInHand, PushInHand } from './in-hand.js'
export { readStrictness } from './operator.js'
export { type BranchPush, branchPushes, linesFromPreCommit, parsePushLines } from './push-lines.js'

/** See `bypass.ts`, which is only needed where somebody asks for it. */
export async function bypass(request: PushRequest, now: number): Promise<Bypass> {
  if (!request.env.ONEHEAD_SKIP) return { skipped: false, notice: null }
  return (await import('./bypass.js')).bypass(request, now)
}

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
 * where it does not: then nothing has to be judged, and nothing else has been loaded. Starts one git process (three for a new
 * branch, two where something may have to be judged), however many branches there are.
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
  const isTold = tellingNames()
  const head = named === null ? null : `refs/remotes/${named}/HEAD`
  const isNew = request.branches.some(({ remoteOid }) => isNothing(remoteOid))
  const [ends, usual, differences, settings] = await Promise.all([
    readEnds(objects, request.branches, prefix, isTold.add),
    head === null ? null : readCommit(objects, head),
    head === null ? null : diffSinceParting(root, head, request.branches),
    isNew ? readOperatorSettings(root) : null,
  ])
  const look: FirstLook = (branch, from) => changesSince(objects, prefix, from, branch.source, isTold.test)
  const fresh = differences && (await tellingAmong(objects, below(prefix, differences), isTold.test))
  // Nearly every push: it adds nothing of interest to what the remote has.
  const added = await Promise.all(ends.map((end) => fresh ?? look(end, end.remote ?? usual)))
  const left = ends.filter((end, index) => added[index]?.length !== 0 || mayLandElsewhere(end, settings))
  if (left.length === 0) return null
  const { takeUpBranches } = await import('./take-up.js')
  const known = usual === null || fresh === null ? null : { since: usual.oid, changed: fresh }
  const taken = takeUpBranches(request, {
    root,
    prefix,
    objects,
    named,
    look,
    isTold: isTold.add,
    ends: left,
    known,
    settings,
  })
  // Most likely it will be judged: what that takes is loaded while git answers.
  import('../use-cases/pre-push.js').catch(() => {})
  return taken
}

/**
 * What adds nothing to the remote's own branch brings nothing, whatever it lands on: what is there already is nobody's news. What
 * adds nothing to the default branch brings nothing there; to another target it may bring what that branch has done.
 */
function mayLandElsewhere({ push, remote, written }: Ends, settings: OperatorSettings | null): boolean {
  if (written === null) return true
  if (remote !== null) return false
  if (settings === null || settings.target !== null || written.target !== null) return true
  return Object.keys(written.targets).some((pattern) => matches(pattern, push.branch))
}

/**
 * What a single new branch has changed since it left the remote's default branch, which moves on: asked for before anything
 * else is known. Null where that is not the question, or where git cannot say.
 */
async function diffSinceParting(
  root: string,
  head: string,
  branches: readonly BranchPush[],
): Promise<readonly RawChange[] | null> {
  const [only, ...others] = branches
  if (only === undefined || others.length > 0 || !isNothing(only.remoteOid)) return null
  return rawDiff(root, `${head}...${only.localOid}`)
}

function below(prefix: string, changes: readonly RawChange[]): readonly RawChange[] {
  if (prefix === '') return changes
  return changes
    .filter(({ path }) => path.startsWith(prefix))
    .map((change) => ({ ...change, path: change.path.slice(prefix.length) }))
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
