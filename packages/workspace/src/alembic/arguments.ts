import { join, relative } from 'node:path'
import type { Runner } from './runner.js'

/** Options that every call may have. */
export interface CallOptions {
  /** `-x name=value`, for env.py. */
  readonly x?: readonly string[]
}

/** What stands before the subcommand of `alembic`: the configuration, where it is not what Alembic finds by itself. */
export function globalArguments(runner: Runner, { x = [] }: CallOptions): readonly string[] {
  const { environment, root, cwd } = runner
  const config = relative(cwd, join(root, environment.config)).replaceAll('\\', '/')
  const usual = environment.kind === 'pyproject' ? 'pyproject.toml' : 'alembic.ini'
  return [
    ...(config === usual ? [] : ['-c', config]),
    ...(environment.kind === 'pyproject' || environment.section === 'alembic' ? [] : ['-n', environment.section]),
    ...x.flatMap((one) => ['-x', one]),
  ]
}

/** `--directory` of Flask-Migrate, which is relative to where it is run. */
export function flaskDirectory({ environment, root, cwd }: Runner): string {
  return relative(cwd, join(root, environment.path)).replaceAll('\\', '/') || '.'
}

/** The words of one call, from the options to the last argument. */
export function callArguments(
  runner: Runner,
  subcommand: string,
  args: readonly string[],
  options: CallOptions = {},
): readonly string[] {
  if (runner.form === 'alembic') return [...globalArguments(runner, options), subcommand, ...args]
  const directory = flaskDirectory(runner)
  const where = directory === 'migrations' ? [] : ['--directory', directory]
  const x = (options.x ?? []).flatMap((one) => ['-x', one])
  // Only since 4.1 every subcommand can be given -x, and then in front of it.
  const inFront = isAtLeast(runner.facts.flaskMigrate, 4, 1)
  return [...(inFront ? x : []), subcommand, ...where, ...(inFront ? [] : x), ...args]
}

function isAtLeast(version: string | null, major: number, minor: number): boolean {
  const [a = 0, b = 0] = (version ?? '').split('.').map(Number)
  return a > major || (a === major && b >= minor)
}
