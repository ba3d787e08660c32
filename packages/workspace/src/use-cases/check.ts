import {
  type CheckReport,
  type CheckSummary,
  type Diagnostic,
  type Environment,
  type EnvironmentReport,
  type History,
  type Judgement,
  type JudgeOptions,
  joinJudgements,
  judgeBroken,
  judgeHistory,
  judgeSettings,
  reportBrokenEnvironment,
  reportEnvironment,
  type SourceLines,
} from '@onehead/core'
import { loadBaseline } from '../configuration/index.js'
import { type Changes, listChanges } from '../git/changes.js'
import { openRepository } from '../git/repository.js'
import type { ScriptListing } from '../history/list-scripts.js'
import { createLinkResolver } from '../snapshot/links.js'
import { type ChosenSnapshot, chooseSnapshot, choosesSnapshot, type SnapshotChoice } from './choose-snapshot.js'
import { inEnvironmentOrder } from './environment-order.js'
import { compareWithBase } from './novelty.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'
import { levelsOf, refuseUnknownRules } from './rule-levels.js'
import { type SourceReader, sourceReader } from './sources.js'

export interface CheckOptions extends WorkspaceOptions, SnapshotChoice {
  /**
   * Which scripts the `script` rules judge one by one: `new` = not published and not in the baseline (the rest is folded),
   * `all`, or `none`.
   */
  readonly scripts?: 'new' | 'all' | 'none'
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** Only these rules. Throws `UsageError` for a name that no rule has. */
  readonly rules?: readonly string[]
  /** False: a pure function of files (Nx): nothing is asked of git; only the baseline folds. */
  readonly git?: boolean
  /** False: judge as if no debt were parked (what `updateBaseline` needs). */
  readonly baseline?: boolean
}

export interface CheckResult {
  readonly report: CheckReport
  readonly source: SourceLines
}

/**
 * Judges the working tree, or the tree that `at`, `staged` and `mergeWith` choose: every environment found, or those named.
 * Throws `UsageError` (exit code 2) for a broken onehead.json, unknown names, or no environment; everything else that is
 * wrong is a diagnostic.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  if (!choosesSnapshot(options)) return checkWorkingTree(options)
  const chosen = await chooseSnapshot(options.root, options)
  try {
    return await checkSnapshot(options, chosen)
  } finally {
    chosen.close()
  }
}

async function checkWorkingTree(options: CheckOptions): Promise<CheckResult> {
  const repository = options.git === false ? Promise.resolve(null) : openRepository(options.root)
  // Git looks for changes while we look for environments.
  const changesSoon = options.git === false ? null : repository.then(listChanges)
  const workspace = await openWorkspace(options, options.git === false ? {} : { repository })
  const changes = await changesSoon
  return judgeAll(options, workspace, sourceReader(workspace.snapshot), {
    changed: async () => changes?.changed ?? NONE,
    isPublished: (history) => publication(history, options.git === false ? 'unknown' : changes),
  })
}

async function checkSnapshot(options: CheckOptions, chosen: ChosenSnapshot): Promise<CheckResult> {
  const { snapshot, base, report } = chosen
  const workspace = await openWorkspace(options, { snapshot, settingsFrom: base })
  const compared = base && { snapshot: base, links: createLinkResolver(base, null) }
  const unpublished = new Map<Environment, (path: string, revision: string) => boolean>()
  const scripts = new Set<string>()
  const changed = async (environment: Environment, listing: ScriptListing): Promise<ReadonlySet<string>> => {
    for (const { path } of listing.files) scripts.add(path)
    if (compared === null) return NONE
    const novelty = await compareWithBase(compared, environment, listing)
    unpublished.set(environment, (path, id) => novelty.changed.has(path) && !novelty.movedIds.has(id))
    return novelty.changed
  }
  const isPublished = (history: History) => {
    const isNew = unpublished.get(history.environment)
    if (isNew === undefined) return () => true
    const published = history.scripts.filter(({ path, revision }) => !isNew(path, revision))
    const known = new Set(published.map(({ revision }) => revision))
    const added = new Set(history.scripts.map(({ revision }) => revision).filter((revision) => !known.has(revision)))
    return (revision: string) => !added.has(revision)
  }
  const sources = sourceReader(snapshot)
  const result = await judgeAll(options, workspace, sources, { changed, isPublished })
  await prepareLines(result.report.diagnostics, sources)
  const settings = new Set([...workspace.environments, ...workspace.broken].map(({ config }) => config))
  const concerns = (path: string) => scripts.has(path) || settings.has(path) || path === workspace.configuration.path
  const textualConflicts = report.textualConflicts.filter(concerns)
  const uncommitted =
    options.at === undefined && options.staged !== true ? await uncommittedScripts(options, workspace) : []
  return { ...result, report: { ...result.report, snapshot: { ...report, textualConflicts, uncommitted } } }
}

/** Whoever asks about `HEAD` may think of what lies on disk. */
async function uncommittedScripts({ root }: CheckOptions, { environments }: OpenWorkspace): Promise<readonly string[]> {
  const changes = await listChanges(await openRepository(root))
  const locations = environments.flatMap(({ versionLocations }) =>
    versionLocations.map((one) => (one ? `${one}/` : '')),
  )
  return [...(changes?.changed ?? [])].filter((path) => locations.some((location) => path.startsWith(location))).sort()
}

const NONE: ReadonlySet<string> = new Set()

/** What is known of each environment beyond its files. */
interface Surroundings {
  readonly changed: (environment: Environment, listing: ScriptListing) => Promise<ReadonlySet<string>>
  readonly isPublished: (history: History) => (revision: string) => boolean | null
}

async function judgeAll(
  options: CheckOptions,
  workspace: OpenWorkspace,
  sources: SourceReader,
  around: Surroundings,
): Promise<CheckResult> {
  await sources.complete(() => refuseUnknownRules(workspace.configuration, options.rules ?? [], sources.bytes))
  const judging = await judgingOptions(workspace, options, sources.bytes)
  const environments: EnvironmentReport[] = workspace.broken.map(reportBrokenEnvironment)
  const judgements: Judgement[] = []
  let scanned = 0
  let parsed = 0
  for await (const loaded of readHistories(workspace, { full: options.full ?? false, changed: around.changed })) {
    const isPublished = around.isPublished(loaded.history)
    environments.push(reportEnvironment(loaded.history))
    const how = { ...judging, isPublished: (_: Environment, revision: string) => isPublished(revision) }
    judgements.push(await sources.complete(() => judgeHistory(loaded.history, how)))
    scanned += loaded.scanned
    parsed += loaded.parsed
    sources.forget()
  }
  for (const broken of workspace.broken) judgements.push(await sources.complete(() => judgeBroken(broken, judging)))
  if (!workspace.selected) judgements.push(await sources.complete(() => judgeSettings(settingsOf(workspace), judging)))
  const { diagnostics, folded } = joinJudgements(judgements)
  const sorted = inEnvironmentOrder(environments)
  const summary = summarise(sorted, diagnostics, scanned, parsed)
  return { report: { environments: sorted, diagnostics, folded, summary }, source: sources.lines }
}

/** More files than anybody shows. */
const MOST_FILES = 1000

/** Whoever shows the diagnostics asks for lines when no git can answer any more. */
async function prepareLines(diagnostics: readonly Diagnostic[], sources: SourceReader): Promise<void> {
  const places = diagnostics.flatMap(({ labels, fix }) => [...labels, ...(fix?.edits ?? [])])
  const paths = [...new Set(places.map(({ path }) => path))].slice(0, MOST_FILES)
  await sources.complete(() => paths.forEach(sources.bytes))
}

async function judgingOptions(
  workspace: OpenWorkspace,
  options: CheckOptions,
  source: JudgeOptions['source'],
): Promise<JudgeOptions> {
  const baseline = options.baseline === false ? null : await loadBaseline(workspace.snapshot, workspace.configuration)
  return {
    levels: levelsOf(workspace),
    isPublished: () => null,
    baseline: baseline?.fingerprints ?? new Set(),
    scripts: options.scripts ?? 'new',
    ...(options.rules && options.rules.length > 0 ? { only: options.rules } : {}),
    source,
  }
}

/**
 * Until a target is known everything committed counts as published; outside git everything does, so that an old
 * history meets its reader folded. `unknown`: nobody may say (a pure function of files).
 */
function publication(history: History, changes: Changes | null | 'unknown'): (revision: string) => boolean | null {
  if (changes === 'unknown') return () => null
  if (changes === null || changes.added.size === 0) return () => true
  const added = new Set<string>()
  const committed = new Set<string>()
  for (const { path, revision } of history.scripts) (changes.added.has(path) ? added : committed).add(revision)
  return (revision) => committed.has(revision) || !added.has(revision)
}

function settingsOf(workspace: OpenWorkspace) {
  return {
    path: workspace.configuration.path ?? 'onehead.json',
    unmatched: workspace.unmatchedKeys,
    environments: workspace.environments.map((environment) => environment.path),
  }
}

function summarise(
  environments: readonly EnvironmentReport[],
  diagnostics: readonly Diagnostic[],
  scanned: number,
  parsed: number,
): CheckSummary {
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((d) => d.severity === severity).length
  return {
    environments: environments.length,
    revisions: environments.reduce((sum, environment) => sum + environment.revisionCount, 0),
    errors: count('error'),
    warnings: count('warn'),
    infos: count('info'),
    scanned,
    parsed,
  }
}
