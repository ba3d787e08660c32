import {
  type EnvironmentStatus,
  type History,
  planUpgrade,
  refuseScripts,
  reportBrokenEnvironment,
  reportEnvironment,
  reportStatus,
  reportUnasked,
  type UpgradePlan,
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
import { findLacking } from './find-lacking.js'
import type { UpgradeOptions } from './options.js'

/** An environment whose upgrade can begin. */
export interface ReadyEnvironment {
  readonly plan: UpgradePlan
  readonly history: History
  readonly runner: Runner
  readonly answer: DatabaseAnswer
}

export interface PlannedEnvironments {
  /** In the order of the workspace, those that cannot begin among them. */
  readonly environments: readonly (ReadyEnvironment | { readonly plan: UpgradePlan })[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/** So many databases are asked at a time. */
const AT_ONCE = 4

/** Checks the scripts, asks the databases of what is sound, and plans. Changes nothing. */
export async function planEnvironments(
  workspace: OpenWorkspace,
  options: UpgradeOptions,
): Promise<PlannedEnvironments> {
  const { root, shell = process.env, x = [] } = options
  const { configuration } = workspace
  const { report } = await check({ ...options, git: false, scripts: 'none' })
  const errorsOf = (name: string) =>
    report.diagnostics.filter(({ environment, severity }) => environment === name && severity === 'error')
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) histories.push(history)
  const sound = histories.filter(({ environment }) => errorsOf(environment.name).length === 0)
  const environments = sound.map(({ environment }) => environment)
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
  const planned = new Map<History, ReadyEnvironment | { readonly plan: UpgradePlan }>()
  for (const [index, one] of asked.entries()) {
    const backup = backupWish(workspace, one.history, options)
    planned.set(one.history, await planOne(one, statuses[index]!, backup, reader, options))
  }
  const refused = (status: EnvironmentStatus, name: string): { readonly plan: UpgradePlan } => {
    const refusal = refuseScripts(errorsOf(name), name)
    const target = options.to ?? 'head'
    return { plan: { status, target, targetIds: [], databases: [], refusal, backup: 'wanted' } }
  }
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

function backupWish(
  { configuration }: OpenWorkspace,
  { environment }: History,
  { noBackup }: UpgradeOptions,
): UpgradePlan['backup'] {
  if (noBackup) return 'refused'
  return environmentConfigurationFor(configuration, environment).backup === false ? 'off' : 'wanted'
}

interface Asked {
  readonly history: History
  readonly runner: Runner | RunnerMissing
  readonly answer: Answer
}

async function planOne(
  { history, runner, answer }: Asked,
  status: EnvironmentStatus,
  backup: UpgradePlan['backup'],
  reader: SourceReader,
  options: UpgradeOptions,
): Promise<ReadyEnvironment | { readonly plan: UpgradePlan }> {
  const databases = answer !== null && 'databases' in answer ? answer.databases : []
  const leftovers = databases.map((one) => one.leftovers)
  const plan = await reader.complete(() =>
    planUpgrade(history, status, { to: options.to ?? null, backup, leftovers, operations: reader.operations }),
  )
  if (plan.refusal !== null || runner.kind === 'missing' || answer === null || !('databases' in answer)) return { plan }
  const refusal = options.acceptMoved ? null : await findLacking(history, runner, status, reader, options.x ?? [])
  if (refusal !== null) return { plan: { ...plan, databases: [], refusal } }
  return { plan, history, runner, answer }
}
