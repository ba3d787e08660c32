import { type EnvironmentStatus, type History, reportBrokenEnvironment, reportUnasked } from '@onehead/core'
import { askDatabase } from '../alembic/ask-database.js'
import { findRunners, inParallel } from '../alembic/find-runners.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import { type Answer, reportAnswers } from '../status/report-answers.js'
import { withoutProven } from '../upgrade/find-lacking.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'
import { sourceReader } from './sources.js'

export interface StatusOptions extends WorkspaceOptions {
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** `-x name=value`, for every env.py. */
  readonly x?: readonly string[]
  /** The environment of this process by default. */
  readonly shell?: NodeJS.ProcessEnv
}

export interface StatusResult {
  /** By script directory; those whose configuration cannot be used last. */
  readonly environments: readonly EnvironmentStatus[]
  /** The signal that ended it before every database was asked, or null. */
  readonly stopped: string | null
}

/** So many databases are asked at a time. */
const AT_ONCE = 4

/**
 * Where the databases of every environment stand: runs each env.py as `alembic current` does, and searches git for what a database
 * names and no script here declares. Changes nothing. Throws `UsageError` as `openWorkspace` does.
 */
export async function status(options: StatusOptions): Promise<StatusResult> {
  const { root, shell = process.env } = options
  const workspace = await openWorkspace(options)
  const { environments, configuration } = workspace
  const histories: History[] = []
  for await (const { history } of readHistories(workspace, { full: options.full ?? false })) histories.push(history)
  const runners = await findRunners(root, environments, configuration, shell)
  let stopped: string | null = null
  const answers = await inParallel(runners, AT_ONCE, async (runner): Promise<Answer> => {
    if (stopped !== null) return null
    const answer = await ask(runner, options)
    if ('run' in answer && answer.run.stopped?.startsWith('SIG')) stopped = answer.run.stopped
    return answer
  })
  const asked = histories.map((history, index) => ({ history, runner: runners[index]!, answer: answers[index]! }))
  const answered = await reportAnswers(root, asked, configuration, options.x)
  const reader = sourceReader(workspace.snapshot)
  const reports = await inParallel([...asked.keys()], AT_ONCE, async (index) => {
    const { history, runner } = asked[index]!
    const report = answered[index]!
    if (runner.kind === 'missing' || stopped !== null) return report
    return withoutProven(history, runner, report, reader, options.x ?? [])
  })
  const broken = workspace.broken.map((one): EnvironmentStatus => {
    const { heads, error } = reportBrokenEnvironment(one)
    return reportUnasked(
      one,
      { heads, error: null, invocation: null },
      { message: error?.message ?? one.message, cause: null, help: one.help },
    )
  })
  return { environments: [...reports, ...broken], stopped }
}

async function ask(runner: Runner | RunnerMissing, { x }: StatusOptions): Promise<Exclude<Answer, null>> {
  return runner.kind === 'missing' ? runner : askDatabase(runner, x === undefined ? {} : { x })
}
