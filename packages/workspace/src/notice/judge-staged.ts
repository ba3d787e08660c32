import {
  type CheckReport,
  type Diagnostic,
  type Environment,
  type EnvironmentReport,
  type History,
  judgeBroken,
  reportBrokenEnvironment,
  reportEnvironment,
  type SourceLines,
} from '@onehead/core'
import type { Snapshot } from '../snapshot/snapshot.js'
import { levelsOf } from '../use-cases/rule-levels.js'
import type { SourceReader } from '../use-cases/sources.js'
import { type PlacesInHand, publishedHere } from './published-here.js'
import { isSame, keyOf, loadOf, momentOf, openSide, type Side } from './side.js'

/**
 * Errors of what is staged that none of the sides has; null where there are none.
 *
 * @param hand to tell what is published of what is committed; null takes all of it for published
 */
export async function judgeStaged(
  staged: Snapshot,
  sides: readonly Snapshot[],
  hand: PlacesInHand | null,
): Promise<{ readonly report: CheckReport; readonly source: SourceLines } | null> {
  const now = await openSide(staged)
  const before = await Promise.all(sides.map((side) => openSide(side, now.configuration)))
  const environments: EnvironmentReport[] = []
  const diagnostics: Diagnostic[] = []
  for (const environment of now.environments) {
    const history = await changedHistory(now, before, environment)
    if (history === null) continue
    const found = await newErrors(now, before, history, hand)
    if (found.length === 0) continue
    environments.push(reportEnvironment(history))
    diagnostics.push(...found)
  }
  for (const broken of now.broken) {
    if (before.some((side) => side.broken.some((one) => keyOf(one) === keyOf(broken)))) continue
    const options = { ...JUDGING, levels: levelsOf(now), source: now.sources.bytes }
    const { diagnostics: found } = await now.sources.complete(() => judgeBroken(broken, options))
    environments.push(reportBrokenEnvironment(broken))
    diagnostics.push(...found.filter(isError))
  }
  if (diagnostics.length === 0) return null
  await readLines(now.sources, diagnostics)
  return { report: reportOf(environments, diagnostics), source: now.sources.lines }
}

const JUDGING = { isPublished: () => null, baseline: new Set<string>(), scripts: 'none' } as const

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

/** Null where one of the sides has exactly the same. */
async function changedHistory(now: Side, before: readonly Side[], environment: Environment): Promise<History | null> {
  for (const side of before) {
    const other = counterpart(side, environment)
    if (other !== undefined && (await isSame(side, other, now, environment))) return null
  }
  return loadOf(now, environment)
}

function counterpart(side: Side, environment: Environment): Environment | undefined {
  return (
    side.environments.find((one) => keyOf(one) === keyOf(environment)) ??
    side.environments.find(({ path }) => path === environment.path)
  )
}

async function newErrors(
  now: Side,
  before: readonly Side[],
  history: History,
  hand: PlacesInHand | null,
): Promise<Diagnostic[]> {
  const known = new Set<string>()
  const committed = new Set<string>()
  let mostHeads = 0
  for (const side of before) {
    const other = counterpart(side, history.environment)
    if (other === undefined) continue
    const old = await momentOf(side, await loadOf(side, other))
    for (const { fingerprint } of old.diagnostics) known.add(fingerprint)
    for (const { revision } of old.history.map.revisions) committed.add(revision)
    mostHeads = Math.max(mostHeads, old.history.map.heads.length)
  }
  // Only how heads are joined hangs on it; where nobody can tell, what is committed counts as published.
  const isSplit = history.map.heads.length > 1
  const published = hand === null || !isSplit ? null : await publishedHere(hand, now, history)
  const { diagnostics } = await momentOf(now, history, (id) => published?.(id) ?? committed.has(id))
  return diagnostics.filter((one) => {
    if (!isError(one) || known.has(one.fingerprint)) return false
    // A split that stood there before is no news because one of its lines has grown.
    return one.rule !== 'multiple-heads' || history.map.heads.length > mostHeads
  })
}

/** Git answers later: what the report will show is read before. */
async function readLines(sources: SourceReader, diagnostics: readonly Diagnostic[]): Promise<void> {
  const places = diagnostics.flatMap(({ labels, fix }) => [...labels, ...(fix?.edits ?? [])])
  await sources.complete(() => [...new Set(places.map(({ path }) => path))].forEach(sources.bytes))
}

function reportOf(environments: readonly EnvironmentReport[], diagnostics: readonly Diagnostic[]): CheckReport {
  const revisions = environments.reduce((sum, { revisionCount }) => sum + revisionCount, 0)
  const summary = { errors: diagnostics.length, warnings: 0, infos: 0, scanned: revisions, parsed: 0 }
  return {
    environments,
    diagnostics,
    folded: [],
    summary: { ...summary, environments: environments.length, revisions },
  }
}
