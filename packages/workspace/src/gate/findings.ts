import { type Diagnostic, type History, rules, surplusHeads } from '@onehead/core'
import { type Decision, decideHeads } from './decide.js'

/** What is wrong with one environment of a push; the words and pictures are the report's business. */
export interface Judged {
  /** `branch`: so it is in the pushed commit. `merge`: so it will be once that is merged. */
  readonly verdict: 'branch' | 'merge'
  readonly diagnostic: Diagnostic
  readonly decision: Decision
}

/** One history and what is wrong with it. */
export interface JudgedHistory {
  readonly history: History
  readonly diagnostics: readonly Diagnostic[]
}

/** One environment at the places that a push has to do with. */
export interface PushedHistories {
  /** What will exist. */
  readonly merged: JudgedHistory
  /** The pushed commit; the same object where nothing has to be merged. */
  readonly pushed: JudgedHistory
  /** The target; an empty history where there is none. */
  readonly target: JudgedHistory
  /** What the remote has on the pushed branch; an empty history where it has nothing. */
  readonly remote: JudgedHistory
  /** `origin/main`; null where no target is known. */
  readonly targetName: string | null
  /** Ids that are neither published nor on the remote's branch. */
  readonly newRevisions: ReadonlySet<string>
}

/**
 * Everything that this push newly makes wrong, and what was wrong before and is worth a line: what stands on the target
 * already is nobody's news, what the remote's branch has already is not brought by this push.
 */
export function findings(push: PushedHistories): Judged[] {
  const { merged, pushed } = push
  if (merged === pushed) return inOne(merged, 'branch', push)
  const inBranch = new Set(pushed.diagnostics.map(({ fingerprint }) => fingerprint))
  const later = new Set(merged.diagnostics.map(({ fingerprint }) => fingerprint))
  const found = inOne(merged, 'merge', push).map((one): Judged => {
    return inBranch.has(one.diagnostic.fingerprint) ? { ...one, verdict: 'branch' } : one
  })
  const passing = inOne(pushed, 'branch', push).filter(({ diagnostic }) => !later.has(diagnostic.fingerprint))
  return joined(found, passing, push.targetName)
}

/**
 * Heads that part in the branch already are the first thing to mend, whatever the merge adds to them; everything else that
 * the merge puts right is only said.
 */
function joined(merged: readonly Judged[], branch: readonly Judged[], target: string | null): Judged[] {
  const parted = branch.filter(({ diagnostic, decision }) => isManyHeads(diagnostic) && decision.blocks)
  const rest = branch.filter(({ diagnostic }) => diagnostic.rule !== 'multiple-heads')
  return [
    ...parted,
    ...merged.filter(({ diagnostic }) => parted.length === 0 || !isManyHeads(diagnostic)),
    ...rest.map((one) => ({ ...one, decision: { blocks: false, decided: `it is mended once merged into ${target}` } })),
  ]
}

function inOne(judged: JudgedHistory, verdict: Judged['verdict'], push: PushedHistories): Judged[] {
  const known = new Set(push.target.diagnostics.map(({ fingerprint }) => fingerprint))
  return judged.diagnostics
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map((diagnostic) => ({ verdict, diagnostic, decision: decide(diagnostic, judged.history, push) }))
}

function decide(diagnostic: Diagnostic, history: History, push: PushedHistories): Decision {
  const { target, remote, targetName, newRevisions } = push
  if (isManyHeads(diagnostic)) {
    const { expectedHeads } = history.environment.settings
    const merged = surplusHeads(history, expectedHeads)
    const surplusOnTarget = surplusHeads(target.history, expectedHeads)?.count ?? 0
    const isHeadOnTarget = (id: string) => target.history.map.isHead(id)
    const isNew = (id: string) => newRevisions.has(id)
    if (merged !== null) return decideHeads({ merged, surplusOnTarget, isHeadOnTarget, isNew, target: targetName })
  }
  if (diagnostic.rule === 'overlapping-operations') return decideOverlap(diagnostic, history, push)
  if (remote.diagnostics.some(({ fingerprint }) => fingerprint === diagnostic.fingerprint)) {
    return { blocks: false, decided: 'the remote has it on this branch already' }
  }
  if (comparesWithTarget(diagnostic))
    return { blocks: true, decided: `${targetName} has it, and this push changes that` }
  return { blocks: true, decided: targetName === null ? 'this push brings it' : `${targetName} does not have this` }
}

/** Where two sides meet: only who brings one of them now can still change it. */
function decideOverlap({ severity, labels }: Diagnostic, { scripts }: History, push: PushedHistories): Decision {
  const paths = new Set(labels.map(({ path }) => path))
  const own = scripts.find(({ path, revision }) => paths.has(path) && push.newRevisions.has(revision))
  if (own === undefined) return { blocks: false, decided: 'none of it is new with this push' }
  if (severity !== 'error') return { blocks: false, decided: 'look at both before they are joined' }
  return { blocks: true, decided: `${own.revision} is new with this push` }
}

/** Too many heads; too few are an error like any other. */
function isManyHeads({ rule, stopsAlembic }: Diagnostic): boolean {
  return rule === 'multiple-heads' && stopsAlembic
}

const scopes = new Map<string, string>(rules.map(({ name, scope }) => [name, scope]))

/** Rules about what a push does to what is published. */
export function comparesWithTarget({ rule }: Diagnostic): boolean {
  return scopes.get(rule) === 'publishing' && rule !== 'uncommitted-revision'
}

/**
 * The gate has no opinion about style: it looks at errors of the history, at what a push takes away, and at whatever two sides
 * of a fork have in common.
 */
export function concernsPush({ rule, severity }: Diagnostic): boolean {
  const isWorth = severity === 'error' || (severity === 'warn' && rule === 'overlapping-operations')
  return isWorth && scopes.get(rule) !== 'script'
}

/** False where only Python can tell: the history may well be fine. */
export function isTold({ rule, stopsAlembic }: Diagnostic): boolean {
  return rule !== 'unreadable-script' || stopsAlembic
}
