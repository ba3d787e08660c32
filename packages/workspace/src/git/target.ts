import { matches } from './branch-pattern.js'

/** A branch that work lands on, as it is known here. */
export interface Target {
  /** The full ref: `refs/remotes/origin/main`. */
  readonly ref: string
  /** What people call it: `origin/main`. */
  readonly name: string
  /** Full id. */
  readonly commit: string
  readonly why: 'configured' | 'remote-default' | 'only-usual-branch' | 'pushed-branch'
}

/** What is known about a repository before a target is looked for. */
export interface TargetFacts {
  /** Names of the remotes. */
  readonly remotes: readonly string[]
  /** Where `fetch` puts a branch of a remote; null where it does not keep it. */
  readonly trackingRef: (remote: string, branch: string) => string | null
  /** The branch that `refs/remotes/<remote>/HEAD` names, where that exists and leads somewhere. */
  readonly defaultBranch: string | null
  /** `init.defaultBranch` of git's configuration. */
  readonly initialBranch: string | null
  /** The commit that a full ref leads to; null where there is none. */
  readonly commitOf: (ref: string) => Promise<string | null>
}

export interface Pushed {
  /** The remote's name; null where only its address is known. */
  readonly remote: string | null
  /** Without `refs/heads/`. */
  readonly branch: string
  /** What the remote has there, where that is here as well. */
  readonly remoteCommit: string | null
}

/** What people have said about targets. */
export interface TargetSettings {
  /** `onehead.target` of git's configuration: the operator's word, before everything else but exceptions. */
  readonly operator: string | null
  readonly target: string | null
  /** Pattern of branch names → branch or `self`, in order. */
  readonly targets: Readonly<Record<string, string>>
}

/** Nobody can say what the push will meet. */
export interface MissingTarget {
  /** A branch that was named and is not here; null where none was named and none can be guessed. */
  readonly missing: string | null
}

export function isTarget(target: Target | MissingTarget | null): target is Target {
  return target !== null && 'commit' in target
}

const UNKNOWN: MissingTarget = { missing: null }

const USUAL_BRANCHES = ['main', 'master', 'trunk', 'develop'] as const

/**
 * The branch that a push lands on (the design's word *target*): a configured exception, what the operator or onehead.json
 * name, the pushed branch itself where it is the remote's default branch, else the remote's default branch. `null`: the
 * branch is its own target, and new.
 */
export async function findTarget(
  facts: TargetFacts,
  settings: TargetSettings,
  pushed: Pushed,
): Promise<Target | MissingTarget | null> {
  const exception = Object.entries(settings.targets).find(([pattern]) => matches(pattern, pushed.branch))?.[1]
  const configured = exception ?? settings.operator ?? settings.target
  if (configured === 'self') return itself(facts, pushed)
  if (configured !== null) return named(facts, pushed, configured)
  if (pushed.remote === null) return UNKNOWN
  if (facts.defaultBranch !== null) return branchOf(facts, pushed, facts.defaultBranch, 'remote-default')
  return onlyUsual(facts, pushed)
}

/** The pushed branch as the remote has it. */
async function itself(facts: TargetFacts, { remote, branch, remoteCommit }: Pushed): Promise<Target | null> {
  const ref = remote === null ? null : facts.trackingRef(remote, branch)
  const commit = remoteCommit ?? (ref === null ? null : await facts.commitOf(ref))
  if (commit === null) return null
  return { ref: ref ?? `refs/heads/${branch}`, name: nameOf(remote, branch), commit, why: 'pushed-branch' }
}

async function named(facts: TargetFacts, pushed: Pushed, text: string): Promise<Target | MissingTarget> {
  const { remote, branch } = splitName(facts, pushed, text)
  if (remote !== null && remote === pushed.remote && branch === pushed.branch) {
    return (await itself(facts, pushed)) ?? { missing: text }
  }
  const ref = remote === null ? `refs/heads/${branch}` : facts.trackingRef(remote, branch)
  const commit = ref === null ? null : await facts.commitOf(ref)
  if (ref === null || commit === null) return { missing: nameOf(remote, branch) }
  return { ref, name: nameOf(remote, branch), commit, why: 'configured' }
}

/** `upstream/main` names a branch of another remote; `main` and `release/2` are branches of the remote pushed to. */
function splitName(
  { remotes }: TargetFacts,
  pushed: Pushed,
  text: string,
): { readonly remote: string | null; readonly branch: string } {
  const own = remotes.filter((name) => text.startsWith(`${name}/`)).sort((a, b) => b.length - a.length)[0]
  if (own !== undefined) return { remote: own, branch: text.slice(own.length + 1) }
  return { remote: pushed.remote, branch: text.replace(/^refs\/heads\//, '') }
}

async function branchOf(
  facts: TargetFacts,
  pushed: Pushed,
  branch: string,
  why: Target['why'],
): Promise<Target | MissingTarget | null> {
  if (branch === pushed.branch) return itself(facts, pushed)
  const ref = facts.trackingRef(pushed.remote!, branch)
  const commit = ref === null ? null : await facts.commitOf(ref)
  return ref === null || commit === null ? UNKNOWN : { ref, name: nameOf(pushed.remote, branch), commit, why }
}

/** Without a known default branch: the only branch with a usual name, or among several the one new repositories begin with. */
async function onlyUsual(facts: TargetFacts, pushed: Pushed): Promise<Target | MissingTarget | null> {
  const found: string[] = []
  for (const branch of new Set([...USUAL_BRANCHES, ...(facts.initialBranch === null ? [] : [facts.initialBranch])])) {
    const ref = facts.trackingRef(pushed.remote!, branch)
    if (ref !== null && (await facts.commitOf(ref)) !== null) found.push(branch)
  }
  const [only, ...others] = found
  // Nothing is known of the remote: the first push makes its first branch.
  if (only === undefined) return (USUAL_BRANCHES as readonly string[]).includes(pushed.branch) ? null : UNKNOWN
  const branch = others.length === 0 ? only : found.find((one) => one === facts.initialBranch)
  return branch === undefined ? UNKNOWN : branchOf(facts, pushed, branch, 'only-usual-branch')
}

function nameOf(remote: string | null, branch: string): string {
  return remote === null ? branch : `${remote}/${branch}`
}
