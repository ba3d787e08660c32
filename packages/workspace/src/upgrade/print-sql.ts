import type { MoveOptions as SqlOptions } from '../alembic/commands.js'
import type { RunFailure } from '../alembic/failure.js'
import { findRunners } from '../alembic/find-runners.js'
import type { AlembicRun } from '../alembic/run-alembic.js'
import type { Runner, RunnerMissing } from '../alembic/runner.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'
import type { MoveOptions } from './options.js'

/** The statements of one environment. */
export interface PrintedSql {
  readonly environment: string
  /** As Alembic prints them. */
  readonly sql: string
  readonly failure: RunFailure | RunnerMissing | null
}

/** What Alembic prints with `--sql`, up to the first environment that fails. No database is touched, and so nothing is backed up. */
export async function printSql(
  { environments, configuration }: OpenWorkspace,
  { root, shell = process.env, x = [], onProgress }: MoveOptions,
  run: (runner: Runner, options: SqlOptions) => Promise<AlembicRun>,
): Promise<readonly PrintedSql[]> {
  const printed: PrintedSql[] = []
  for (const runner of await findRunners(root, environments, configuration, shell)) {
    const environment = runner.environment.name
    if (runner.kind === 'missing') return [...printed, { environment, sql: '', failure: runner }]
    const onOutput = (line: string, stream: string) => stream === 'stderr' && onProgress?.({ kind: 'output', line })
    const { stdout, failure } = await run(runner, { sql: true, x, onOutput })
    printed.push({ environment, sql: failure === null ? stdout : '', failure })
    if (failure !== null) break
  }
  return printed
}
