import type { Environment, History } from '@onehead/core'
import { askDatabase, type DatabaseAnswer } from '../alembic/ask-database.js'
import { findRunners } from '../alembic/find-runners.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import { UsageError } from '../errors.js'
import { type OpenWorkspace, openWorkspace, type WorkspaceOptions } from '../use-cases/open-workspace.js'
import { readHistories } from '../use-cases/read-workspace.js'

export interface TargetOptions extends WorkspaceOptions {
  readonly x?: readonly string[]
  readonly shell?: NodeJS.ProcessEnv
}

/** One environment whose databases are about to be replaced, and what they answered. */
export interface Target {
  readonly workspace: OpenWorkspace
  readonly history: History
  readonly environment: Environment
  readonly runner: Runner | RunnerMissing
  /** Null where there is no runner. */
  readonly answer: DatabaseAnswer | null
}

/**
 * The one environment that is meant, and where its databases are. Throws `UsageError` as `openWorkspace` does, and where not exactly one
 * is named.
 *
 * @param what the command, for the message: `restore`
 */
export async function askTarget(options: TargetOptions, what: string): Promise<Target> {
  const { root, x = [], shell = process.env } = options
  const workspace = await openWorkspace(options)
  const { environments, broken, configuration } = workspace
  const names = [...environments, ...broken].map(({ name }) => name)
  if (names.length > 1) {
    const help = `name one of ${names.slice(0, 8).join(', ')}: onehead ${what} ${names[0]}`
    throw new UsageError(`${what} works on one environment at a time`, { help })
  }
  const [environment] = environments
  if (environment === undefined) {
    const { name, message, help } = broken[0]!
    throw new UsageError(`${name} cannot be used: ${message}`, help === null ? {} : { help })
  }
  let history: History | null = null
  for await (const one of readHistories(workspace, { full: false })) history = one.history
  const [runner] = await findRunners(root, environments, configuration, shell)
  const answer = runner!.kind === 'missing' ? null : await askEvenAbsent(runner as Runner, x)
  return { workspace, history: history!, environment, runner: runner!, answer }
}

/** What the servers say of a database that somebody has dropped. */
const ABSENT = /database "[^"]*" does not exist|Unknown database/

async function askEvenAbsent(runner: Runner, x: readonly string[]): Promise<DatabaseAnswer> {
  const answer = await askDatabase(runner, { x, withPassword: true })
  if (answer.failure === null || !ABSENT.test(answer.failure.message)) return answer
  const again = await askDatabase(runner, { x, withPassword: true, absent: true })
  return again.failure === null ? again : answer
}
