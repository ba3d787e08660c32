import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic, PushedBranch, PushReport, SourceLines } from '@onehead/core'
import { refreshTarget } from '../gate/fetch-target.js'
import type { BranchInHand, PushInHand } from '../gate/in-hand.js'
import { type JudgedBranch, judgeBranch } from '../gate/judge-branch.js'
import { Outlines } from '../gate/outlines.js'
import { ScriptCache } from '../gate/script-cache.js'
import { lastUpdated } from '../git/age.js'
import { readCommit } from '../git/commit-object.js'
import type { Merged } from '../git/merge-tree.js'
import { runGit } from '../git/process.js'
import { isTarget } from '../git/target.js'
import { predictMerges } from '../snapshot/many-merges.js'
import { type PredictedMerge, predictMerge } from '../snapshot/merged-tree.js'

export interface JudgedPush {
  readonly report: PushReport
  /** Lines of the files that its diagnostics point into. */
  readonly source: SourceLines
}

/**
 * Judges a push that may bring revisions, branch by branch, by the commits that are pushed and by their merges with what they
 * land on. Nothing of any commit is executed. Throws `ObjectUnreadable` where git cannot read what has to be judged.
 *
 * @param now seconds since 1970
 */
export async function judgePush(push: PushInHand, now: number): Promise<JudgedPush> {
  const { branches, notices } = await refreshed(push, now)
  const cache = new ScriptCache()
  const merges = await predict(push, branches)
  const outlines = new Outlines(push.directories)
  const checkedOut = checkedOutBranch(push)
  const judged: JudgedBranch[] = []
  for (const [index, branch] of branches.entries()) {
    const { target } = branch
    const targetUpdatedAt =
      isTarget(target) && push.directories !== null ? lastUpdated(push.directories, target.ref) : null
    const context = { merge: merges[index], targetUpdatedAt, checkedOut }
    const one = await judgeBranch(push, branch, context, cache, outlines)
    await prepareLines(one)
    judged.push(one)
  }
  outlines.finish()
  const reports = judged.map(({ report }, index) => withTargetTold(report, branches[index]!))
  const told = await Promise.all(reports.map((report, index) => targetNotices(report, branches[index]!, push)))
  const all = [...push.notices, ...notices, ...judged.flatMap((one) => one.notices), ...told.flat()]
  const blocked = reports.some(({ findings, untold }) => {
    return findings.some(({ blocks }) => blocks) || (push.settings.strict && untold.length > 0)
  })
  return {
    report: { remote: push.remoteText, branches: reports, notices: all, blocked },
    source: (path) => judged.map(({ sources }) => sources.lines(path)).find((lines) => lines !== null) ?? null,
  }
}

/** Where the operator wants it, the targets are brought up to date first. */
async function refreshed(
  push: PushInHand,
  now: number,
): Promise<{ readonly branches: readonly BranchInHand[]; readonly notices: readonly string[] }> {
  const { root, settings, directories, objects } = push
  if (settings.fetch === 'never') return { branches: push.branches, notices: [] }
  const notices: string[] = []
  const commits = new Map<string, string>()
  for (const { target } of push.branches) {
    if (!isTarget(target) || commits.has(target.ref)) continue
    const { fetched, failure } = await refreshTarget(root, target, settings, directories, now)
    if (failure !== null) notices.push(`${target.name} could not be fetched (${failure}); judged as it is known here`)
    const commit = fetched ? await readCommit(objects, target.ref) : null
    commits.set(target.ref, commit?.oid ?? target.commit)
  }
  const branches = push.branches.map((branch): BranchInHand => {
    const { target } = branch
    const commit = isTarget(target) ? commits.get(target.ref) : undefined
    if (!isTarget(target) || commit === undefined || commit === target.commit) return branch
    return { ...branch, target: { ...target, commit }, merging: null }
  })
  return { branches, notices }
}

/** `undefined` where nothing has to be merged. One process for one branch, and for many, where git merges them. */
async function predict(
  push: PushInHand,
  branches: readonly BranchInHand[],
): Promise<readonly (PredictedMerge | null | undefined)[]> {
  const { root, objects, prefix } = push
  const pairs = branches.map(({ source, target }) => {
    if (!isTarget(target) || target.commit === source.oid) return null
    return { target: target.commit, source: source.oid }
  })
  const asked = pairs.filter((pair) => pair !== null)
  const [only, ...others] = asked
  const found =
    only !== undefined && others.length === 0
      ? [
          await predictMerge(root, objects, only.target, only.source, {
            prefix,
            needsBase: false,
            ...begunAmong(branches),
          }),
        ]
      : await predictMerges(root, objects, asked, prefix)
  let next = 0
  return pairs.map((pair, index) => {
    if (pair === null) return undefined
    const merge = found[next++] ?? null
    // What is merged already is the pushed commit itself.
    return merge !== null && isSameTree(merge, branches[index]!) ? undefined : merge
  })
}

function begunAmong([only]: readonly BranchInHand[]): { readonly asked?: Promise<Merged | null> } {
  return only?.merging == null ? {} : { asked: only.merging }
}

function isSameTree({ snapshot }: PredictedMerge, { source }: BranchInHand): boolean {
  return 'tree' in snapshot && snapshot.tree === source.tree
}

/** Where only the branch itself could be judged, that is said. */
function withTargetTold(report: PushedBranch, { target }: BranchInHand): PushedBranch {
  if (target === null || isTarget(target) || target.missing === null) return report
  const text = `the target ${target.missing} is not here (\`git fetch\` may bring it); ${report.branch} was judged alone`
  return { ...report, untold: [...report.untold, text] }
}

/** Nobody has said where this lands: that is no failure, but it must not look like a verdict about a merge. */
async function targetNotices(report: PushedBranch, { target }: BranchInHand, push: PushInHand): Promise<string[]> {
  if (target === null || isTarget(target) || target.missing !== null || report.newRevisions === 0) return []
  const cures = ['"target" in onehead.json']
  if (push.remote !== null) {
    const cure = (await isKnownHere(push.root, push.remote))
      ? `git remote set-head ${push.remote} --auto`
      : `git fetch ${push.remote}`
    cures.unshift(`\`${cure}\``)
  }
  return [
    `no branch is known that ${report.branch} will be merged into, so it was judged alone (${cures.join(', or ')})`,
  ]
}

/** False where nothing of the remote is here: it may be empty, and then it has no default branch that could be asked for. */
async function isKnownHere(root: string, remote: string): Promise<boolean> {
  const { stdout } = await runGit(root, ['for-each-ref', '--count=1', '--format=%(refname)', `refs/remotes/${remote}`])
  return stdout.length > 0
}

/** Whoever shows the report asks for lines when no git can answer any more. */
async function prepareLines({ report, sources }: JudgedBranch): Promise<void> {
  const places = report.findings.flatMap(({ diagnostic }: { readonly diagnostic: Diagnostic }) => [
    ...diagnostic.labels,
    ...(diagnostic.fix?.edits ?? []),
  ])
  await sources.complete(() => places.slice(0, 200).map(({ path }) => sources.bytes(path)))
}

/** `refs/heads/dates` of `ref: refs/heads/dates`. */
function checkedOutBranch({ directories }: PushInHand): string | null {
  if (directories === null) return null
  try {
    return /^ref: (\S+)/.exec(readFileSync(join(directories.own, 'HEAD'), 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}
