import {
  type CheckReport,
  type CheckSummary,
  type Diagnostic,
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
import { inEnvironmentOrder } from './environment-order.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'
import { levelsOf, refuseUnknownRules } from './rule-levels.js'
import { sourceReader } from './sources.js'

export interface CheckOptions extends WorkspaceOptions {
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
 * Judges the working tree: every environment found, or those named. Throws `UsageError` (exit code 2) for a broken
 * onehead.json, unknown names, or no environment; everything else that is wrong is a diagnostic.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  // Git looks for changes while we look for environments.
  const changesSoon = options.git === false ? null : listChanges(options.root)
  const workspace = await openWorkspace(options)
  const sources = sourceReader(workspace.snapshot)
  refuseUnknownRules(workspace.configuration, options.rules ?? [], sources.bytes)
  const changes = await changesSoon
  const judging = await judgingOptions(workspace, options, sources.bytes)
  const environments: EnvironmentReport[] = workspace.broken.map(reportBrokenEnvironment)
  const judgements: Judgement[] = []
  let scanned = 0
  let parsed = 0
  for await (const loaded of readHistories(workspace, { full: options.full ?? false, changes })) {
    const isPublished = publication(loaded.history, options.git === false ? 'unknown' : changes)
    environments.push(reportEnvironment(loaded.history))
    judgements.push(judgeHistory(loaded.history, { ...judging, isPublished: (_, revision) => isPublished(revision) }))
    scanned += loaded.scanned
    parsed += loaded.parsed
    sources.forget()
  }
  for (const broken of workspace.broken) judgements.push(judgeBroken(broken, judging))
  if (!workspace.selected) judgements.push(judgeSettings(settingsOf(workspace), judging))
  const { diagnostics, folded } = joinJudgements(judgements)
  const sorted = inEnvironmentOrder(environments)
  const summary = summarise(sorted, diagnostics, scanned, parsed)
  return { report: { environments: sorted, diagnostics, folded, summary }, source: sources.lines }
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
