import { maskSecrets, passwordsIn, type Secret } from '@onehead/core'
import { type RunOptions, type RunResult, runProcess } from '../processes/run.js'
import { type CallOptions, callArguments } from './arguments.js'
import { explainRun, type RunFailure } from './failure.js'
import { type Runner, typedCommand } from './runner.js'
import { shimPath } from './shim.js'

export interface AlembicOptions extends CallOptions {
  /** Told of each line as it comes, secrets masked. */
  readonly onOutput?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Without it, a run may take as long as it likes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** How long it may take to stop. */
  readonly graceMs?: number
  /** The database to use instead, given to env.py in the variable that `databaseUrlEnv` names. */
  readonly databaseUrl?: Secret
  /** Addresses that are known, wherever env.py has them from: their passwords are masked. */
  readonly addresses?: readonly Secret[]
}

/** How a run of Alembic ended. Everything printed is masked. */
export interface AlembicRun extends RunResult {
  /** As a person would type it in `cwd`. */
  readonly typed: string
  readonly cwd: string
  readonly timedOut: boolean
  /** Null where it did what was asked. */
  readonly failure: RunFailure | null
}

/** Names of variables whose values are nobody's business. */
const SECRET_NAME = /password|passwd|passphrase|secret|api_?key|token/i

/** A shorter value may be an ordinary word, and would vanish from every message. */
const SHORTEST_SECRET = 8

/**
 * Runs one subcommand of the project's own Alembic, or of its Flask-Migrate, in the right directory and with the right configuration.
 * Standard input is empty: an env.py that asks a question fails instead of waiting. Rejects never; what a Ctrl-C does is told by
 * `stopped` (see `runProcess`).
 */
export function runAlembic(
  runner: Runner,
  subcommand: string,
  args: readonly string[] = [],
  options: AlembicOptions = {},
): Promise<AlembicRun> {
  const words = callArguments(runner, subcommand, args, options)
  return runShim(runner, [runner.form, ...words], typedCommand(runner, words), options)
}

/** What our Python file tells while it runs, in standard error behind a mark. */
export interface Notes {
  /** Nobody else prints it. */
  readonly mark: string
  /** What follows the mark up to the end of the line, read as JSON; secrets in its texts masked. */
  readonly onNote: (note: unknown) => void
}

export interface ShimOptions extends AlembicOptions {
  readonly notes?: Notes
}

/** Starts our Python file in the runner's Python. */
export async function runShim(
  runner: Runner,
  words: readonly string[],
  typed: string,
  options: ShimOptions,
): Promise<AlembicRun> {
  const { notes, databaseUrl, addresses = [], timeoutMs, signal, graceMs } = options
  const env = runner.childEnvironment()
  if (databaseUrl !== undefined && runner.databaseUrlEnv !== null) env[runner.databaseUrlEnv] = databaseUrl.reveal()
  const mask = masker(env, addresses)
  const [program = '', ...start] = runner.command
  const result = await runProcess(program, [...start, shimPath(), ...words], {
    cwd: runner.cwd,
    env,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(signal === undefined ? {} : { signal }),
    onLine: lineTaker(options, mask),
  })
  const stderr = notes === undefined ? result.stderr : withoutNotes(result.stderr, notes.mark)
  const masked = { ...result, stdout: mask(result.stdout), stderr: mask(stderr) }
  return {
    ...masked,
    typed: mask(typed),
    cwd: runner.cwd,
    timedOut: result.stopped === 'timeout',
    failure: explainRun(runner, masked, options),
  }
}

/** Notes to whom they are for, everything else to whoever follows the output. */
function lineTaker(
  { notes, onOutput }: ShimOptions,
  mask: (text: string) => string,
): NonNullable<RunOptions['onLine']> {
  return (line, stream) => {
    const at = notes === undefined || stream === 'stdout' ? -1 : line.indexOf(notes.mark)
    if (at === -1) return onOutput?.(mask(line), stream)
    if (at > 0) onOutput?.(mask(line.slice(0, at)), stream)
    const text = line.slice(at + notes!.mark.length)
    notes!.onNote(JSON.parse(text, (_, value) => (typeof value === 'string' ? mask(value) : value)))
  }
}

function withoutNotes(stderr: string, mark: string): string {
  const lines = stderr.split('\n').map((line) => [line, line.indexOf(mark)] as const)
  return lines.flatMap(([line, at]) => (at === 0 ? [] : [at === -1 ? line : line.slice(0, at)])).join('\n')
}

/** Masks passwords by their looks, those in known addresses, and those that this environment gives away by name. */
function masker(env: NodeJS.ProcessEnv, addresses: readonly Secret[]): (text: string) => string {
  const values = Object.entries(env).flatMap(([name, value = '']) => [
    ...(SECRET_NAME.test(name) ? [value] : []),
    ...passwordsIn(value),
  ])
  const told = addresses.flatMap((address) => passwordsIn(address.reveal()))
  const known = [...new Set([...values, ...told])].filter((value) => value.length >= SHORTEST_SECRET)
  return (text) => maskSecrets(text, known)
}
