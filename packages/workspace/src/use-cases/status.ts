import { relative } from 'node:path'
import {
  type EarlierMove,
  type Environment,
  type EnvironmentStatus,
  type History,
  type Invocation,
  reportBrokenEnvironment,
  reportEnvironment,
  reportStatus,
  reportUnasked,
  type StatusFailure,
} from '@onehead/core'
import { callArguments } from '../alembic/arguments.js'
import { askDatabase, type DatabaseAnswer, type DatabaseFacts } from '../alembic/ask-database.js'
import { findRunners, inParallel } from '../alembic/find-runners.js'
import { type Runner, type RunnerMissing, typedCommand } from '../alembic/runner.js'
import { readMoves } from '../moves/index.js'
import { findWhereabouts, type Sought } from '../status/whereabouts.js'
import { openWorkspace, type WorkspaceOptions } from './open-workspace.js'
import { readHistories } from './read-workspace.js'

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
  const answers = await inParallel(runners, AT_ONCE, async (runner): Promise<DatabaseAnswer | RunnerMissing | null> => {
    if (stopped !== null) return null
    const answer = await ask(runner, options)
    if ('run' in answer && answer.run.stopped?.startsWith('SIG')) stopped = answer.run.stopped
    return answer
  })
  const asked = histories.map((history, index) => ({ history, answer: answers[index]! }))
  const whereabouts = await findWhereabouts(root, asked.flatMap(soughtIn), configuration)
  const moves = readMoves(root).moves
  const reports = asked.map(({ history, answer }, index): EnvironmentStatus => {
    const { heads, error } = reportEnvironment(history)
    const facts = { heads, error, invocation: invocationOf(runners[index]!, options) }
    const failure = failureOf(answer)
    if (failure !== null) return reportUnasked(history.environment, facts, failure)
    const own = moves.filter(({ environment }) => isSame(environment, history.environment))
    return reportStatus(history, databasesOf(answer), { ...facts, moves: own.map(earlier), whereabouts })
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

async function ask(runner: Runner | RunnerMissing, { x }: StatusOptions): Promise<DatabaseAnswer | RunnerMissing> {
  return runner.kind === 'missing' ? runner : askDatabase(runner, x === undefined ? {} : { x })
}

/** What stands before and behind a subcommand, as the runner itself would call it. */
function invocationOf(runner: Runner | RunnerMissing, { x = [] }: StatusOptions): Invocation | null {
  if (runner.kind === 'missing') return null
  const mark = 'SUBCOMMAND'
  const [before = '', after = ''] = typedCommand(runner, callArguments(runner, mark, [], { x })).split(mark)
  const folder = relative(runner.root, runner.cwd).replaceAll('\\', '/')
  return { folder, before: before.trim(), after: after.trim() }
}

const databasesOf = (answer: DatabaseAnswer | RunnerMissing | null): readonly DatabaseFacts[] =>
  answer !== null && 'databases' in answer ? answer.databases : []

function failureOf(answer: DatabaseAnswer | RunnerMissing | null): StatusFailure | null {
  if (answer === null) return { message: 'it was stopped before', cause: null, help: null }
  if ('kind' in answer) return { message: answer.message, cause: null, help: answer.help }
  return answer.failure
}

function soughtIn({
  history,
  answer,
}: {
  history: History
  answer: Parameters<typeof databasesOf>[0]
}): readonly Sought[] {
  const rows = databasesOf(answer).flatMap(({ currentRevisions }) => currentRevisions)
  return rows.filter((revision) => !history.map.has(revision)).map((revision) => ({ revision, history }))
}

function isSame(noted: { readonly path: string; readonly config: string; readonly section: string }, now: Environment) {
  return noted.path === now.path || (noted.config === now.config && noted.section === now.section)
}

function earlier({ revision, formerly, when, skipped, ways }: EarlierMove): EarlierMove {
  return { revision, formerly, when, skipped, ways }
}
