import { findPrintedError, type PrintedError, recogniseErrors } from '@onehead/core'
import type { RunResult } from '../processes/run.js'
import { findOwnPlace, type OwnPlace } from './own-place.js'
import type { Runner } from './runner.js'

/** Why a run of Alembic did not do what was asked: data for whoever words it. Secrets are masked. */
export interface RunFailure {
  /** `said`: Alembic, Python or the database told why; the others are about the process. */
  readonly kind: 'said' | 'silent' | 'not-started' | 'timeout' | 'stopped'
  /** The child's own words in one line, or ours where it said nothing; no full stop of ours. */
  readonly message: string
  /** The exception, the statement; null where it was told in words. */
  readonly printed: PrintedError | null
  /** A sentence, or null where nothing is known about it. */
  readonly cause: string | null
  /** Starts with a verb, lower case; null where nothing is known. */
  readonly help: string | null
  /** Rules of ours whose pages say more. */
  readonly rules: readonly string[]
  /** The innermost line of the workspace's own that the exception came through. */
  readonly place: OwnPlace | null
}

/** Null where the run ended well. What it printed must be masked already. */
export function explainRun(
  runner: Runner,
  result: RunResult,
  { timeoutMs }: { timeoutMs?: number } = {},
): RunFailure | null {
  const { code, signal, stdout, stderr, stopped, notStarted } = result
  const silent = { printed: null, cause: null, help: null, rules: [], place: null }
  if (notStarted !== null)
    return { ...silent, kind: 'not-started', message: `${runner.command[0]} cannot be started (${notStarted})` }
  if (stopped === 'timeout')
    return {
      ...silent,
      kind: 'timeout',
      message: `it did not end within ${(timeoutMs ?? 0) / 1000} seconds and was stopped`,
      cause:
        'env.py or the database keeps it waiting: a server that does not answer, a lock that somebody holds, or a loop.',
      help: 'see who holds a lock in the database, and that its host can be reached from here',
    }
  const place = findOwnPlace(runner, stderr)
  if (stopped !== null) return { ...silent, kind: 'stopped', message: `it was stopped (${stopped})`, place }
  if (code === 0) return null
  const printed = findPrintedError(stdout, stderr)
  const ended = signal === null ? `exit code ${code}` : signal
  if (printed === null)
    return { ...silent, kind: 'silent', message: lastLine(stderr) ?? lastLine(stdout) ?? `it ended with ${ended}` }
  return { kind: 'said', message: inOneLine(printed), printed, place, ...advice(runner, `${stderr}\n${stdout}`) }
}

/** Of a failure of which nothing is known, the line at fault is the way out. */
export function withWayOut(failure: RunFailure | null): RunFailure | null {
  if (failure === null || failure.kind !== 'said' || failure.place === null || failure.help !== null) return failure
  return { ...failure, help: `mend ${failure.place.path}:${failure.place.line}, where it comes from` }
}

/** By the same catalogue as `onehead explain`. */
function advice(runner: Runner, output: string): Pick<RunFailure, 'cause' | 'help' | 'rules'> {
  const [found] = recogniseErrors(output).errors
  if (found === undefined) return { cause: null, help: null, rules: [] }
  const { kind, cause, cure, rules } = found.known
  const { databaseUrlEnv } = runner
  const isUnset = databaseUrlEnv !== null && !runner.childEnvironment()[databaseUrlEnv]
  const unset = isUnset && kind === 'no-address' ? `set ${databaseUrlEnv}, which is not set here` : null
  return { cause, help: unset ?? cure, rules }
}

function inOneLine({ type, message }: PrintedError): string {
  if (type === null) return message
  const name = type.slice(type.lastIndexOf('.') + 1)
  return message === '' ? name : `${name}: ${message}`
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null
}
