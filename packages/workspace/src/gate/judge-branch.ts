import {
  type Diagnostic,
  type Environment,
  type History,
  judgeBroken,
  type OtherSide,
  type PushedBranch,
  type PushFinding,
  pushDiagnostic,
} from '@onehead/core'
import { type Configuration, defaultConfiguration, loadBaseline, loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { introducedBy } from '../git/introduced.js'
import { isTarget } from '../git/target.js'
import { prepareScripts } from '../history/prepare-scripts.js'
import { commitSnapshot, treeIdOf } from '../snapshot/commit.js'
import type { PredictedMerge } from '../snapshot/merged-tree.js'
import { type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'
import { type NotHere, watchedSnapshot } from '../snapshot/watched.js'
import { levelsOf } from '../use-cases/rule-levels.js'
import { type SourceReader, sourceReader } from '../use-cases/sources.js'
import { concernedEnvironments, type Place } from './concerned-environments.js'
import { concernsPush, type Judged } from './findings.js'
import type { BranchInHand, PushInHand } from './in-hand.js'
import { type EnvironmentPush, type JudgedEnvironment, judgeEnvironment, type Side } from './judge-environment.js'
import { goneFrom, pairEnvironments } from './match-environments.js'
import type { Outlines } from './outlines.js'
import { publishedElsewhere, publishedRemote } from './published-elsewhere.js'
import type { ScriptCache } from './script-cache.js'

/** What is known of a branch beyond its commits. */
export interface BranchContext {
  /** `undefined`: nothing has to be merged. `null`: it could not be predicted. */
  readonly merge: PredictedMerge | null | undefined
  readonly targetUpdatedAt: number | null
  /** The branch that is checked out, full; null where none is or nobody knows. */
  readonly checkedOut: string | null
}

export interface JudgedBranch {
  readonly report: PushedBranch
  /** What is no finding and worth a line. */
  readonly notices: readonly string[]
  readonly sources: SourceReader
}

/** Judges one pushed branch: every environment that it changes. */
export async function judgeBranch(
  push: PushInHand,
  branch: BranchInHand,
  context: BranchContext,
  cache: ScriptCache,
  outlines: Outlines,
): Promise<JudgedBranch> {
  const { objects, prefix } = push
  const target = isTarget(branch.target) ? branch.target : null
  const untold: string[] = []
  const absent = new Map<string, NotHere>()
  const watched = <S extends Snapshot>(snapshot: S) =>
    watchedSnapshot(snapshot, (path, failure) => absent.set(path, failure))
  const snapshotAt = async (oid: string | undefined) => {
    const snapshot = oid === undefined ? null : await commitSnapshot(objects, oid, prefix)
    return snapshot && watched(snapshot)
  }
  const pushedTree = (await snapshotAt(branch.source.oid))!
  const targetTree = await snapshotAt(target?.commit)
  const mergedTree = context.merge ? watched(context.merge.snapshot) : pushedTree
  if (context.merge === null)
    untold.push(`the merge into ${target?.name} could not be predicted; the branch was judged alone`)
  const configuration = await configurationOf(mergedTree, targetTree, untold)
  const remoteTree = await snapshotAt(branch.remote?.oid)
  const places = [mergedTree, targetTree, context.merge ? pushedTree : null, remoteTree]
  const [found, before = null, pushed = null, remote = null] = await concernedEnvironments(
    places,
    configuration,
    branch.changed,
  )
  const merged = found!
  const sources = sourceReader(orElse(mergedTree, targetTree))
  const levels = levelsOf({ configuration, environments: merged.environments })
  const baseline = (await loadBaseline(mergedTree, configuration).catch(() => null))?.fingerprints ?? new Set<string>()
  const questions: EnvironmentPush[] = []
  const [inTarget, inPushed, inRemote] = await Promise.all([before, pushed, remote].map((one) => pairUp(merged, one)))
  for (const environment of merged.environments) {
    const targetSide = sideOf(environment, before, inTarget!)
    const remoteSide = sideOf(environment, remote, inRemote!)
    const ownSide = pushed === null ? { snapshot: mergedTree, environment } : sideOf(environment, pushed, inPushed!)
    if (targetSide !== null && (await sameScripts({ snapshot: mergedTree, environment }, targetSide))) continue
    if (remoteSide !== null && ownSide !== null && (await sameScripts(ownSide, remoteSide))) continue
    questions.push({
      environment,
      merged: mergedTree,
      // Where the target has changed nothing, the merge has what the branch has.
      pushed: pushed === null || (await areTheSame(ownSide, { snapshot: mergedTree, environment })) ? null : ownSide,
      target: targetSide,
      targetName: target?.name ?? null,
      remote: remoteSide,
      publishedRemote: publishedRemote(push, branch),
      findPublished: (ids) => publishedElsewhere(push, configuration, environment, cache, ids),
      levels,
      baseline,
      root: push.root,
    })
  }
  await prepareScripts(objects, questions.flatMap(sidesOf))
  const findings: PushFinding[] = []
  let newRevisions = 0
  for (const question of questions) {
    const judged = await judgeEnvironment(question, cache, outlines, sources)
    newRevisions += judged.newRevisions
    untold.push(...judged.untold)
    for (const one of judged.findings) findings.push(await findingOf(push, branch, context, one, judged))
  }
  findings.push(...(await brokenFindings(branch, merged, before, sources, levels)))
  return {
    sources,
    notices: before === null ? [] : goneEnvironments(before, merged, inTarget!),
    report: {
      localRef: branch.push.localRef,
      branch: branch.push.branch,
      commit: branch.source.oid,
      target: target && {
        name: target.name,
        commit: target.commit,
        why: target.why,
        updatedAt: context.targetUpdatedAt,
      },
      method: context.merge?.method ?? null,
      textualConflicts: context.merge?.textualConflicts ?? [],
      findings,
      untold: absent.size === 0 ? untold : [...untold, notHere(absent, objects.downloadFailure())],
      newRevisions,
    },
  }
}

function notHere(absent: ReadonlyMap<string, NotHere>, failure: string): string {
  const [[first, { code }] = ['', { code: 'missing' }]] = absent
  const what = `the content of ${first}${absent.size > 1 ? ` and ${absent.size - 1} more` : ''}`
  if (code === 'missing') return `git does not have ${what} here`
  const why =
    failure === '' ? '`git config onehead.fetch auto` lets onehead download what a partial clone lacks' : failure
  return `git has not downloaded ${what}: ${why}`
}

/** A broken onehead.json must not open the gate: then what the target says counts. */
async function configurationOf(snapshot: Snapshot, target: Snapshot | null, untold: string[]): Promise<Configuration> {
  try {
    const own = await loadConfiguration(snapshot)
    return own.path === null && target !== null ? await loadConfiguration(target) : own
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    untold.push(
      `${error.message}${error.place === null ? '' : ` (${error.place})`}: judged by the settings of the target`,
    )
    return target === null ? defaultConfiguration : loadConfiguration(target).catch(() => defaultConfiguration)
  }
}

function sidesOf({ merged, environment, pushed, target, remote }: EnvironmentPush): readonly Side[] {
  return [{ snapshot: merged, environment }, pushed, target, remote].filter((side) => side !== null)
}

type Pairs = Awaited<ReturnType<typeof pairEnvironments>>

function pairUp(merged: Place, other: Place | null): Promise<Pairs> {
  return other === null ? Promise.resolve(new Map()) : pairEnvironments(merged, other)
}

function sideOf(environment: Environment, place: Place | null, pairs: Pairs): Side | null {
  const found = pairs.get(environment)
  return found === undefined || place === null ? null : { snapshot: place.snapshot, environment: found }
}

async function areTheSame(one: Side | null, other: Side): Promise<boolean> {
  return one !== null && one.environment.recursive === other.environment.recursive && (await sameScripts(one, other))
}

/** True where both have the same trees of scripts, and no link that may lead to something else. */
async function sameScripts(one: Side, other: Side): Promise<boolean> {
  const [here, there] = [one.environment.versionLocations, other.environment.versionLocations]
  if (here.length !== there.length) return false
  for (const [index, location] of here.entries()) {
    if (location !== there[index]) return false
    const [own, others] = [await treeIdOf(one.snapshot, location), await treeIdOf(other.snapshot, location)]
    if (own === null || own !== others) return false
    if ((await one.snapshot.list(location))?.some(({ mode }) => mode === 'symlink')) return false
  }
  return true
}

async function findingOf(
  push: PushInHand,
  branch: BranchInHand,
  { checkedOut, merge }: BranchContext,
  { verdict, diagnostic, decision }: Judged,
  histories: Pick<JudgedEnvironment, 'target' | 'remote'>,
): Promise<PushFinding> {
  const target = isTarget(branch.target) ? branch.target : null
  const { localRef } = branch.push
  const isElsewhere = localRef.startsWith('refs/heads/') && localRef !== checkedOut
  const facts = {
    verdict,
    target: target?.name ?? null,
    fetch: [...push.settings.remotes.keys()].find((name) => target?.name.startsWith(`${name}/`)) ?? null,
    elsewhere: isElsewhere ? localRef.slice('refs/heads/'.length) : null,
    mayBeShared: histories.remote.scripts.some(({ path }) => diagnostic.fix?.edits.some((edit) => edit.path === path)),
  }
  const others =
    decision.blocks && target !== null ? await otherAuthors(push, target.commit, diagnostic, histories.target) : []
  return { verdict, ...decision, diagnostic: pushDiagnostic(withoutDoubt(diagnostic, merge), facts), others }
}

/** Of two files with one name nobody can say yet which one an edit would be made in. */
function withoutDoubt(diagnostic: Diagnostic, merge: PredictedMerge | null | undefined): Diagnostic {
  const isTwice = (path: string) => {
    const sides = merge?.sides.get(path)
    return sides !== undefined && sides.target !== null && sides.source !== null
  }
  const path = diagnostic.fix?.edits.find((edit) => isTwice(edit.path))?.path
  return path === undefined ? diagnostic : { ...diagnostic, help: `rename ${path}: both sides have one`, fix: null }
}

/** Who brought the heads of the other side, when: only asked where a push is stopped. */
async function otherAuthors(
  push: PushInHand,
  target: string,
  { graph }: Judged['diagnostic'],
  history: History,
): Promise<OtherSide[]> {
  const others: OtherSide[] = []
  for (const { revision, isHead } of graph) {
    const path = isHead && others.length < 3 ? history.map.get(revision)?.path : undefined
    const commit = path === undefined ? null : await introducedBy(push.objects, target, push.prefix + path)
    if (commit === null) continue
    const { author, authoredAt, subject, oid } = commit
    others.push({ revision, author, authoredAt, subject, commit: oid })
  }
  return others
}

/** Configurations that this push breaks. */
async function brokenFindings(
  { target }: BranchInHand,
  merged: Place,
  before: Place | null,
  sources: SourceReader,
  levels: Parameters<typeof judgeBroken>[1]['levels'],
): Promise<PushFinding[]> {
  const options = { levels, isPublished: () => null, baseline: new Set<string>(), scripts: 'none' as const }
  const known = new Set(before?.broken.map(({ config, section, message }) => `${config}#${section} ${message}`))
  const findings: PushFinding[] = []
  for (const broken of merged.broken) {
    if (known.has(`${broken.config}#${broken.section} ${broken.message}`)) continue
    const { diagnostics } = await sources.complete(() => judgeBroken(broken, { ...options, source: sources.bytes }))
    for (const diagnostic of diagnostics.filter(concernsPush)) {
      const decided = isTarget(target) ? `${target.name} does not have this` : 'this push brings it'
      findings.push({ verdict: 'branch', blocks: true, decided, diagnostic, others: [] })
    }
  }
  return findings
}

/** An app may be retired; that its histories are not judged any more has to be said. */
function goneEnvironments(before: Place, merged: Place, pairs: Pairs): string[] {
  const isBroken = new Set(merged.broken.map(({ config }) => config))
  return goneFrom(merged, before, pairs)
    .filter(({ config }) => !isBroken.has(config))
    .map(({ name, config }) => `${name} is no environment any more (${config} or what it names is gone)`)
}

/** Files of the second snapshot where the first has none: what a push deletes can still be shown. */
function orElse(first: Snapshot, second: Snapshot | null): Snapshot {
  if (second === null) return first
  return {
    ...first,
    async readAll(entries, visit) {
      const missing: Entry[] = []
      await first.readAll(entries, (entry, content) => {
        if (isFailure(content) && (content.code === 'missing' || content.code === 'not-downloaded')) missing.push(entry)
        else visit(entry, content)
      })
      await second.readAll(missing, visit)
    },
  }
}
