import { relative } from 'node:path'
import {
  type EarlierMove,
  type Environment,
  type EnvironmentStatus,
  type History,
  type Invocation,
  reportEnvironment,
  reportStatus,
  reportUnasked,
  type StatusFailure,
} from '@onehead/core'
import { callArguments } from '../alembic/arguments.js'
import type { DatabaseAnswer, DatabaseFacts } from '../alembic/ask-database.js'
import { type Runner, type RunnerMissing, typedCommand } from '../alembic/runner.js'
import type { Configuration } from '../configuration/index.js'
import { readMoves } from '../moves/index.js'
import { findWhereabouts, type Sought } from './whereabouts.js'

/** What came of asking the databases of an environment; null where it was stopped before. */
export type Answer = DatabaseAnswer | RunnerMissing | null

export interface AskedEnvironment {
  readonly history: History
  readonly runner: Runner | RunnerMissing
  readonly answer: Answer
}

/**
 * Where the databases that were asked stand among the scripts, with what git and earlier repairs know about their revisions. In the order
 * of `asked`.
 *
 * @param x `-x name=value` as env.py was given it
 */
export async function reportAnswers(
  root: string,
  asked: readonly AskedEnvironment[],
  configuration: Configuration,
  x: readonly string[] = [],
): Promise<readonly EnvironmentStatus[]> {
  const whereabouts = await findWhereabouts(root, asked.flatMap(soughtIn), configuration)
  const moves = readMoves(root).moves
  return asked.map(({ history, runner, answer }): EnvironmentStatus => {
    const { heads, error } = reportEnvironment(history)
    const facts = { heads, error, invocation: invocationOf(runner, x) }
    const failure = failureOf(answer)
    if (failure !== null) return reportUnasked(history.environment, facts, failure)
    const own = moves.filter(({ environment }) => isSame(environment, history.environment))
    return reportStatus(history, databasesOf(answer), { ...facts, moves: own.map(earlier), whereabouts })
  })
}

/** What stands before and behind a subcommand, as the runner itself would call it. */
function invocationOf(runner: Runner | RunnerMissing, x: readonly string[]): Invocation | null {
  if (runner.kind === 'missing') return null
  const mark = 'SUBCOMMAND'
  const [before = '', after = ''] = typedCommand(runner, callArguments(runner, mark, [], { x })).split(mark)
  const folder = relative(runner.root, runner.cwd).replaceAll('\\', '/')
  return { folder, before: before.trim(), after: after.trim(), x }
}

const databasesOf = (answer: Answer): readonly DatabaseFacts[] =>
  answer !== null && 'databases' in answer ? answer.databases : []

function failureOf(answer: Answer): StatusFailure | null {
  if (answer === null) return { message: 'it was stopped before', cause: null, help: null }
  if ('kind' in answer) return { message: answer.message, cause: null, help: answer.help }
  if (answer.failure === null && answer.databases.length === 0) return NO_MIGRATIONS
  return answer.failure
}

const NO_MIGRATIONS: StatusFailure = {
  message: 'env.py runs no migrations on any database',
  cause: null,
  help: 'see that env.py calls context.run_migrations()',
}

function soughtIn({ history, answer }: AskedEnvironment): readonly Sought[] {
  const rows = databasesOf(answer).flatMap(({ currentRevisions }) => currentRevisions)
  return rows.filter((revision) => !history.map.has(revision)).map((revision) => ({ revision, history }))
}

function isSame(noted: { readonly path: string; readonly config: string; readonly section: string }, now: Environment) {
  return noted.path === now.path || (noted.config === now.config && noted.section === now.section)
}

function earlier({ revision, formerly, when, skipped, ways }: EarlierMove): EarlierMove {
  return { revision, formerly, when, skipped, ways }
}
