import {
  type CheckSummary,
  type Diagnostic,
  type Environment,
  type EnvironmentReport,
  type History,
  type JudgeOptions,
  joinJudgements,
  judgeBroken,
  judgeCommands,
  judgeHistory,
  judgeSettings,
  reportBrokenEnvironment,
  reportEnvironment,
  rules,
} from '@onehead/core'
import type { OpenCache } from '../cache/open-cache.js'
import type { EnvironmentState } from '../cache/states.js'
import { openVerdicts, type Verdict, type Verdicts } from '../cache/verdicts.js'
import { loadBaseline } from '../configuration/index.js'
import { findCommandFiles } from '../find/command-files.js'
import { listScripts, type ScriptListing } from '../history/list-scripts.js'
import { loadHistory, type ReadingPolicy } from '../history/load-history.js'
import type { CheckOptions, CheckResult } from './check.js'
import type { DiskFacts } from './disk-surroundings.js'
import { inEnvironmentOrder } from './environment-order.js'
import type { OpenWorkspace } from './open-workspace.js'
import type { ReadAhead } from './read-ahead.js'
import { PARSED_WITHOUT_ASKING } from './read-workspace.js'
import { levelsOf, refuseUnknownRules } from './rule-levels.js'
import { SecondThread, shareWork, take } from './second-thread.js'
import type { SourceReader } from './sources.js'

/** What is known of each environment beyond its files. */
export interface Surroundings {
  /** Which scripts are new or changed, by path: those go through the Python parser. */
  readonly changed: (environment: Environment, listing: ScriptListing) => Promise<ReadonlySet<string>>
  readonly isPublished: (history: History) => (revision: string) => boolean | null
  /** Only for environments all of whose revisions are published. */
  readonly cache: OpenCache | null
  /** What git says, where another thread may judge some of the environments; null where only this one can. */
  readonly facts: DiskFacts | null
  /** Scripts that are read already. */
  readonly ahead?: ReadAhead
}

/** Judges every environment of an open workspace, one after the other, so that only one is in memory at a time. */
export async function judgeWorkspace(
  options: CheckOptions,
  workspace: OpenWorkspace,
  sources: SourceReader,
  around: Surroundings,
): Promise<CheckResult> {
  await sources.complete(() => refuseUnknownRules(workspace.configuration, options.rules ?? [], sources.bytes))
  const judging = await judgingOptions(workspace, options, sources)
  const verdicts =
    around.cache && openVerdicts(around.cache.store, around.cache.states, circumstances(judging, options))
  const { tasks, parseAll } = await plan(workspace, options, verdicts)
  const known = tasks.map(({ environment, state }) => state && verdicts?.find(environment, state, parseAll))
  const open = tasks.filter((_, index) => !known[index])
  const judge = { workspace, sources, judging, around, options, parseAll }
  const judged = await judgeAll(open, judge, around.facts, async ({ environment, state }, verdict) => {
    if (state && verdict.isLasting) await verdicts?.keep(environment, state, parseAll, verdict)
  })
  const found = known.map((verdict) => verdict || judged.shift()!)
  verdicts?.finish()
  const judgements = found.map(({ judgement }) => judgement)
  for (const broken of workspace.broken) judgements.push(await sources.complete(() => judgeBroken(broken, judging)))
  if (!workspace.selected) {
    judgements.push(await sources.complete(() => judgeSettings(settingsOf(workspace), judging)))
    const commands = await commandsOf(workspace)
    judgements.push(await sources.complete(() => judgeCommands(commands, judging)))
  }
  const { diagnostics, folded } = joinJudgements(judgements)
  const reports = [...workspace.broken.map(reportBrokenEnvironment), ...found.map(({ environment }) => environment)]
  const environments = inEnvironmentOrder(reports)
  return {
    report: { environments, diagnostics, folded, summary: summarise(environments, diagnostics, found) },
    source: sources.lines,
  }
}

/** Everything about how environments are judged. */
export interface Judge {
  readonly workspace: Pick<OpenWorkspace, 'snapshot' | 'links'>
  readonly sources: SourceReader
  readonly judging: JudgeOptions
  readonly around: Pick<Surroundings, 'changed' | 'isPublished' | 'ahead'>
  readonly options: CheckOptions
  readonly parseAll: boolean
}

/** @param listing the environment's scripts, where somebody has listed them already */
export async function judgeOne(
  environment: Environment,
  listing: ScriptListing | null,
  { workspace, sources, judging, around, options, parseAll }: Judge,
): Promise<Verdict> {
  const { snapshot, links } = workspace
  const ahead = around.ahead?.take(environment)
  const listed = ahead?.listing ?? listing ?? (await listScripts(snapshot, links, environment))
  const changed = await around.changed(environment, listed)
  // Of all others rules ask little, and seldom.
  const asksOperations = options.scripts !== 'none' && (options.rules ?? []).length === 0
  const areAllNew = options.scripts === 'all' || options.git === false
  const isLookedAt = (path: string) => areAllNew || changed.has(path)
  const policy: ReadingPolicy = {
    parse: (path) => parseAll || changed.has(path),
    full: options.full ?? false,
    ...(asksOperations ? { watchParser: (paths) => sources.watchParser(isLookedAt, paths) } : {}),
  }
  const { history, scanned, parsed } = await loadHistory(snapshot, environment, listed, policy, ahead?.scanned)
  const isPublished = around.isPublished(history)
  const how = { ...judging, isPublished: (_: Environment, revision: string) => isPublished(revision) }
  const judgement = await sources.complete(() => judgeHistory(history, how))
  sources.forget()
  const isLasting = history.unreadable.every(({ cause }) => cause !== 'not-readable' && cause !== 'not-downloaded')
  return { environment: reportEnvironment(history), judgement, scanned, parsed, isLasting }
}

/** Verdicts in the order of the tasks, each handed to `keep` as well; a second thread helps where they are many. */
async function judgeAll(
  tasks: readonly Task[],
  judge: Judge & { readonly workspace: OpenWorkspace },
  facts: DiskFacts | null,
  keep: (task: Task, verdict: Verdict) => Promise<void>,
): Promise<Verdict[]> {
  const environments = tasks.map(({ environment }) => environment)
  const { options, parseAll, workspace, around } = judge
  const read = around.ahead?.extent(environments) ?? { environments: 0, scripts: 0 }
  const work = shareWork(environments, read.environments)
  const other =
    facts && new SecondThread({ ...work, ...facts, options, parseAll, configuration: workspace.configuration })
  if (read.environments > 0) other?.progress(read.environments, read.scripts)
  const verdicts: Verdict[] = []
  let judged = 0
  let scripts = 0
  const taken = () => (judged < read.environments ? judged : take(work))
  for (let next = taken(); next !== null; next = taken()) {
    const { environment, listing } = tasks[next]!
    const verdict = await judgeOne(environment, listing, judge)
    verdicts[next] = verdict
    await keep(tasks[next]!, verdict)
    scripts += verdict.scanned + verdict.parsed
    other?.progress(++judged, scripts)
  }
  const others = await other?.verdicts()
  for (const [index, task] of tasks.entries()) {
    if (verdicts[index] !== undefined) continue
    const verdict = others?.get(index) ?? (await judgeOne(task.environment, task.listing, judge))
    verdicts[index] = verdict
    await keep(task, verdict)
  }
  return verdicts
}

interface Task {
  readonly environment: Environment
  /** Null where nothing can be said without looking. */
  readonly state: EnvironmentState | null
  /** Made already where it was needed to count. */
  readonly listing: ScriptListing | null
}

async function plan(
  { environments, snapshot, links }: OpenWorkspace,
  options: CheckOptions,
  verdicts: Verdicts | null,
): Promise<{ readonly tasks: readonly Task[]; readonly parseAll: boolean }> {
  const tasks: Task[] = []
  let scripts = 0
  // At once: git answers many questions as fast as one.
  const states = await Promise.all(environments.map((environment) => verdicts?.stateOf(environment) ?? null))
  for (const [index, environment] of environments.entries()) {
    const state = states[index] ?? null
    // Counted only as far as it matters: the names of everything would have to be kept until they are wanted.
    const isCounting = state === null && scripts <= PARSED_WITHOUT_ASKING
    const listing = isCounting ? await listScripts(snapshot, links, environment) : null
    tasks.push({ environment, state, listing })
    scripts += state?.scripts ?? listing?.files.length ?? 0
  }
  return { tasks, parseAll: options.full === true || scripts <= PARSED_WITHOUT_ASKING }
}

function circumstances({ levels, baseline, scripts, only }: JudgeOptions, { full }: CheckOptions) {
  return { levels, rules, baseline, scripts, only: only ?? [], full: full ?? false }
}

export async function judgingOptions(
  workspace: Pick<OpenWorkspace, 'snapshot' | 'configuration' | 'environments'>,
  options: CheckOptions,
  sources: Pick<SourceReader, 'bytes' | 'operations'>,
): Promise<JudgeOptions> {
  const baseline = options.baseline === false ? null : await loadBaseline(workspace.snapshot, workspace.configuration)
  return {
    levels: levelsOf(workspace, options.profile),
    isPublished: () => null,
    baseline: baseline?.fingerprints ?? new Set(),
    scripts: options.scripts ?? 'new',
    ...(options.rules && options.rules.length > 0 ? { only: options.rules } : {}),
    source: sources.bytes,
    operations: sources.operations,
  }
}

function settingsOf(workspace: OpenWorkspace) {
  return {
    path: workspace.configuration.path ?? 'onehead.json',
    unmatched: workspace.unmatchedKeys,
    environments: workspace.environments.map((environment) => environment.path),
  }
}

/** Commands that name heads: no rule asks for others. */
async function commandsOf({ snapshot, environments }: OpenWorkspace) {
  const configs = environments.map(({ config }) => config)
  return {
    files: await findCommandFiles(snapshot, configs, 'heads'),
    severalHeads: environments.some(({ settings }) => settings.expectedHeads !== 1),
  }
}

function summarise(
  environments: readonly EnvironmentReport[],
  diagnostics: readonly Diagnostic[],
  found: readonly Verdict[],
): CheckSummary {
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((d) => d.severity === severity).length
  return {
    environments: environments.length,
    revisions: environments.reduce((sum, environment) => sum + environment.revisionCount, 0),
    errors: count('error'),
    warnings: count('warn'),
    infos: count('info'),
    scanned: found.reduce((sum, { scanned }) => sum + scanned, 0),
    parsed: found.reduce((sum, { parsed }) => sum + parsed, 0),
  }
}
