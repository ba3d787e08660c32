import {
  type Diagnostic,
  type EnvironmentStatus,
  type History,
  refuseScripts,
  reportBrokenEnvironment,
  reportEnvironment,
  reportStatus,
  reportUnasked,
  type UpgradePlan,
  type UpgradeRefusal,
} from '@onehead/core'
import { askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import { findRunners, inParallel } from '../alembic/find-runners.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import { environmentConfigurationFor } from '../configuration/index.js'
import { type Answer, reportAnswers } from '../status/report-answers.js'
import { check } from '../use-cases/check.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import { readHistories } from '../use-cases/read-workspace.js'
import { type SourceReader, sourceReader } from '../use-cases/sources.js'
import type { MoveOptions } from './options.js'

/** What every plan has. */
export interface AnyPlan {
  /** Null: it can begin. */
  readonly refusal: UpgradeRefusal | null
}

/** An environment that was asked, and can begin. */
export interface ReadyEnvironment<P> {
  readonly plan: P
  readonly history: History
  readonly runner: Runner
  readonly answer: DatabaseAnswer
}

/** How one kind of command plans. */
export interface Planner<P extends AnyPlan> {
  /** False for what is wrong with the scripts and does not matter here. */
  readonly minds: (finding: Diagnostic) => boolean
  /** Refused before it could be planned. */
  readonly refused: (status: EnvironmentStatus, refusal: UpgradeRefusal) => P
  readonly plan: (asked: AskedEnvironment, status: EnvironmentStatus, reader: SourceReader) => Promise<P>
}

/** `answer` is null where it was stopped before. */
export interface AskedEnvironment {
  readonly history: History
  readonly runner: Runner | RunnerMissing
  readonly answer: Answer
}

export interface PlannedEnvironments<P> {
  /** In the order of the workspace, those that cannot begin among them. */
  readonly environments: readonly (ReadyEnvironment<P> | { readonly plan: P })[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/** So many databases are asked at a time. */
const AT_ONCE = 4

/** Checks the scripts, asks the databases of what is sound, and plans. Changes nothing. */
export async function planEnvironments<P extends AnyPlan>(
  workspace: OpenWorkspace,
  options: MoveOptions,
  planner: Planner<P>,
): Promise<PlannedEnvironments<P>> {
  const { root, shell = process.env, x = [], onProgress } = options
  const { configuration } = workspace
  const { report } = await check({ ...options, git: false, scripts: 'none' })
  const errors = report.diagnostics.filter((one) => one.severity === 'error' && planner.minds(one))
  const errorsOf = (name: string) => errors.filter(({ environment }) => environment === name)
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) histories.push(history)
  const sound = histories.filter(({ environment }) => errorsOf(environment.name).length === 0)
  const environments = sound.map(({ environment }) => environment)
  onProgress?.({ kind: 'asking' })
  const runners = await findRunners(root, environments, configuration, shell)
  let stopped: string | null = null
  const asked = await inParallel([...sound.keys()], AT_ONCE, async (index) => {
    const [history, runner] = [sound[index]!, runners[index]!]
    const answer = stopped === null ? await ask(runner, x) : null
    if (answer !== null && 'run' in answer && answer.run.stopped?.startsWith('SIG')) stopped = answer.run.stopped
    return { history, runner, answer }
  })
  const statuses = await reportAnswers(root, asked, configuration, x)
  const reader = sourceReader(workspace.snapshot)
  const planned = new Map<History, ReadyEnvironment<P> | { readonly plan: P }>()
  for (const [index, one] of asked.entries()) {
    const plan = await planner.plan(one, statuses[index]!, reader)
    planned.set(one.history, readyWith(plan, one))
  }
  const refused = (status: EnvironmentStatus, name: string) => ({
    plan: planner.refused(status, refuseScripts(errorsOf(name), name)),
  })
  const whole = histories.map((history) => {
    const { heads, error } = reportEnvironment(history)
    const facts = { heads, error, invocation: null, moves: [], whereabouts: new Map() }
    return planned.get(history) ?? refused(reportStatus(history, [], facts), history.environment.name)
  })
  const broken = workspace.broken.map((one) => {
    const { heads, error } = reportBrokenEnvironment(one)
    const failure = { message: error?.message ?? one.message, cause: null, help: one.help }
    return refused(reportUnasked(one, { heads, error, invocation: null }, failure), one.name)
  })
  return { environments: [...whole, ...broken], stopped }
}

async function ask(runner: Runner | RunnerMissing, x: readonly string[]): Promise<Exclude<Answer, null>> {
  return runner.kind === 'missing' ? runner : askDatabase(runner, { x, withPassword: true })
}

function readyWith<P extends AnyPlan>(plan: P, { history, runner, answer }: AskedEnvironment) {
  const isReady = plan.refusal === null && runner.kind === 'runner' && answer !== null && 'databases' in answer
  return isReady ? { plan, history, runner, answer } : { plan }
}

/** Whether there will be a backup. */
export function backupWish(
  { configuration }: OpenWorkspace,
  { environment }: History,
  noBackup: boolean | undefined,
): UpgradePlan['backup'] {
  if (noBackup) return 'refused'
  return environmentConfigurationFor(configuration, environment).backup === false ? 'off' : 'wanted'
}

/** Of each database in env.py's order: tables that a failed batch operation has left. */
export function leftoversIn(answer: Answer): readonly (readonly string[])[] {
  return answer !== null && 'databases' in answer ? answer.databases.map((one) => one.leftovers) : []
}
