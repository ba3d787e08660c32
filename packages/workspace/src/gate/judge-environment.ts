import {
  buildHistory,
  type Environment,
  type History,
  type JudgeOptions,
  judgeHistory,
  type Publishing,
  sameMeaning,
} from '@onehead/core'
import { type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'
import type { SourceReader } from '../use-cases/sources.js'
import { comparesWithTarget, concernsPush, findings, isTold, type Judged, type JudgedHistory } from './findings.js'
import type { Outlines } from './outlines.js'
import type { KnownHistory, ScriptCache } from './script-cache.js'
import { findInWorkingTree } from './uncommitted.js'

/** One environment at one commit. */
export interface Side {
  readonly snapshot: Snapshot
  /** As that commit has it. */
  readonly environment: Environment
}

/** Everything about one environment of one pushed branch. */
export interface EnvironmentPush {
  /** As it will exist: its name and settings count for all sides. */
  readonly environment: Environment
  /** What will exist: the predicted merge, or the pushed commit where nothing has to be merged. */
  readonly merged: Snapshot
  /** The pushed commit, where that is another one. */
  readonly pushed: Side | null
  readonly target: Side | null
  readonly targetName: string | null
  /** What the remote has on the pushed branch. */
  readonly remote: Side | null
  /** `origin/main` where that is the remote's default branch and not the target: what it has is published as well. */
  readonly publishedRemote: string | null
  /** Which of the ids that the target does not have are published elsewhere. */
  readonly findPublished: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  readonly levels: JudgeOptions['levels']
  readonly baseline: ReadonlySet<string>
  /** Absolute path of the workspace, to look for forgotten files. */
  readonly root: string
}

export interface JudgedEnvironment {
  readonly findings: readonly Judged[]
  /** What only Python can tell. */
  readonly untold: readonly string[]
  /** How many revisions this push brings. */
  readonly newRevisions: number
  readonly target: History
  /** What the remote has on the pushed branch. */
  readonly remote: History
}

/**
 * Judges one environment of a push: what will exist against what is there, and the pushed commit by itself. First by what
 * earlier pushes have kept of the target's scripts; where that finds anything, by the scripts themselves.
 */
export async function judgeEnvironment(
  push: EnvironmentPush,
  cache: ScriptCache,
  outlines: Outlines,
  sources: SourceReader,
): Promise<JudgedEnvironment> {
  if (push.target !== null) await outlines.load(push.target, cache)
  const judged = await judgeOnce(push, cache, sources)
  const { findings, untold } = judged.result
  const outlined = cache.forgetOutlines()
  if (outlined && findings.length + untold.length > 0) return (await judgeOnce(push, cache, sources)).result
  if (push.target !== null) await outlines.keep(push.target, judged.target)
  return judged.result
}

async function judgeOnce(
  push: EnvironmentPush,
  cache: ScriptCache,
  sources: SourceReader,
): Promise<{ readonly result: JudgedEnvironment; readonly target: KnownHistory }> {
  const target = await historyAt(push, push.target, cache)
  const isNew = (path: string, blob: string | null) => blob === null || target.blobs.get(path) !== blob
  const merged = await cache.history(push.merged, push.environment, isNew)
  const pushed = push.pushed === null ? merged : await historyAt(push, push.pushed, cache, isNew)
  const remote = await historyAt(push, push.remote, cache)
  const unlanded = pushed.history.scripts.map(({ revision }) => revision).filter((id) => !target.history.map.has(id))
  const elsewhere = await publishedHeads(push, [merged.history, pushed.history], unlanded)
  const newRevisions = new Set(unlanded.filter((id) => !remote.history.map.has(id) && !elsewhere.has(id)))
  const publishing = await publishingOf(push, target, merged, cache)
  const judge = async ({ history }: KnownHistory, more: Partial<JudgeOptions> = {}): Promise<JudgedHistory> => {
    const options: JudgeOptions = {
      levels: push.levels,
      isPublished: (_, id) => target.history.map.has(id) || elsewhere.has(id),
      baseline: push.baseline,
      scripts: 'none',
      source: sources.bytes,
      operations: sources.operations,
      ...more,
    }
    const { diagnostics } = await sources.complete(() => judgeHistory(history, options))
    return { history, diagnostics: diagnostics.filter(concernsPush) }
  }
  const inMerge = await judge(merged, { publishing })
  const inBranch = pushed === merged ? inMerge : withoutComparisons(await judge(pushed, { publishing }))
  const ofRemote = push.publishedRemote === null ? [] : await againstRemote(push.publishedRemote)
  const isWell = inMerge.diagnostics.length + inBranch.diagnostics.length + ofRemote.length === 0
  // Nearly every push is well: what was wrong before is only asked where something is.
  const all = isWell
    ? []
    : findings({
        merged: inMerge,
        pushed: inBranch,
        target: await judge(target),
        remote: await judge(remote),
        targetName: push.targetName,
        newRevisions,
      })
  const known = new Set(all.map(({ diagnostic }) => diagnostic.fingerprint))
  const result = {
    findings: [...all, ...ofRemote.filter(({ diagnostic }) => !known.has(diagnostic.fingerprint))].filter(
      ({ diagnostic }) => isTold(diagnostic),
    ),
    untold: newRevisions.size === 0 ? [] : untold(merged.history),
    newRevisions: newRevisions.size,
    target: target.history,
    remote: remote.history,
  }
  return { result, target }

  /** What the push takes from a published branch that it does not land on. */
  async function againstRemote(name: string): Promise<Judged[]> {
    const publishing = await publishingOf({ ...push, target: push.remote, targetName: name }, remote, pushed, cache)
    const { diagnostics } = await judge(pushed, { publishing })
    const decision = { blocks: true, decided: `${name} has it, and this push changes that` }
    return diagnostics.filter(comparesWithTarget).map((diagnostic) => ({ verdict: 'branch', diagnostic, decision }))
  }
}

/** Where some script can only be told by Python, or is not here, nobody can say how many heads there are. */
function untold({ environment, uncertain, unreadable }: History): string[] {
  if (!uncertain) return []
  const files = unreadable.filter(({ error }) => error === null)
  const first = files[0]
  const more = files.length > 1 ? `, and ${files.length - 1} more` : ''
  return [`${environment.name}: its heads cannot be told: ${first?.path}: ${first?.detail}${more}`]
}

/** What the branch does not have yet is not taken away: that is compared where it is merged. */
function withoutComparisons({ history, diagnostics }: JudgedHistory): JudgedHistory {
  return { history, diagnostics: diagnostics.filter((diagnostic) => !comparesWithTarget(diagnostic)) }
}

const NO_IDS: ReadonlySet<string> = new Set()
const NO_BLOBS: ReadonlyMap<string, string | null> = new Map()
const NOTHING = new Uint8Array(0)

/** The scripts of another side under the name and settings of this environment; none where that side does not have it. */
async function historyAt(
  { environment }: EnvironmentPush,
  side: Side | null,
  cache: ScriptCache,
  isNew?: (path: string, blob: string | null) => boolean,
): Promise<KnownHistory> {
  if (side === null) return { history: buildHistory(environment, [], []), blobs: NO_BLOBS }
  const { versionLocations, recursive } = side.environment
  return cache.history(side.snapshot, { ...environment, versionLocations, recursive }, isNew)
}

/** Only heads decide anything: branches and release tags are looked into for them alone, and only where there are several. */
async function publishedHeads(
  push: EnvironmentPush,
  histories: readonly History[],
  brought: readonly string[],
): Promise<ReadonlySet<string>> {
  const parted = histories.filter(({ map }) => map.heads.length > 1)
  const wanted = brought.filter((id) => parted.some(({ map }) => map.isHead(id)))
  return wanted.length === 0 ? NO_IDS : push.findPublished(wanted)
}

async function publishingOf(
  push: EnvironmentPush,
  target: KnownHistory,
  merged: KnownHistory,
  cache: ScriptCache,
): Promise<Publishing> {
  const edited = editedIds(target, merged)
  const before = await bytesOf(
    push.target,
    [...edited].map((id) => target.history.map.get(id)!.path),
    target,
  )
  const parser = edited.size === 0 ? null : await cache.parser()
  const missing = merged.history.map.missing.filter(({ isLabel }) => !isLabel).map(({ id }) => id)
  return {
    target: push.targetName ?? 'the remote',
    before: target.history,
    sourceBefore: (path) => before.get(path) ?? NOTHING,
    edited,
    sameMeaning: (one, other, fileName) => parser !== null && sameMeaning(one, other, parser, fileName),
    uncommitted: findInWorkingTree(push.root, push.environment, new Set(missing)),
  }
}

/** Ids that both have, in blobs that are not the same. */
function editedIds(target: KnownHistory, merged: KnownHistory): ReadonlySet<string> {
  const edited = new Set<string>()
  for (const { revision, path } of merged.history.scripts) {
    const old = target.history.map.get(revision)
    if (old === undefined) continue
    const blob = merged.blobs.get(path) ?? null
    if (blob === null || target.blobs.get(old.path) !== blob) edited.add(revision)
  }
  return edited
}

async function bytesOf(
  side: Side | null,
  paths: readonly string[],
  { blobs }: KnownHistory,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const bytes = new Map<string, Uint8Array>()
  const entries = paths.map((path): Entry => ({ path, mode: 'file', contentId: blobs.get(path) ?? null }))
  await side?.snapshot.readAll(entries, ({ path }, content) => {
    if (!isFailure(content)) bytes.set(path, content.slice())
  })
  return bytes
}
