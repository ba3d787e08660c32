import { maskSecrets, type Secret } from '@onehead/core'
import type { Runner } from '../alembic/runner.js'
import { type RunResult, runProcess } from '../processes/run.js'
import { BackupFailed } from './failure.js'

/** What the programs of one backup have in common. */
export interface Surroundings {
  /** Absolute. */
  readonly cwd: string
  /** The whole environment of every program. */
  readonly env: NodeJS.ProcessEnv
  /** For each program; without it, it may take as long as it likes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Programs run where the project's Python runs, with what it sees. */
export function surroundingsOf(runner: Runner, limits: Pick<Surroundings, 'timeoutMs' | 'signal'> = {}): Surroundings {
  return { cwd: runner.cwd, env: runner.childEnvironment(), ...limits }
}

export interface Program {
  /** Names under which it is known; the first that is there is run. */
  readonly names: readonly string[]
  /** How people get it. */
  readonly packages: string
}

export interface ProgramOptions {
  /** Given to the program in its environment, and nowhere else. */
  readonly env?: Readonly<Record<string, string>>
  readonly password?: Secret | null
  /** Absolute: a file that it reads from standard input. */
  readonly input?: string
  /** Told of each line as it comes, secrets masked. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs the first of the programs that is there. What it prints is masked.
 *
 * @throws BackupFailed where none is there, and where it does not end with 0: in its own words
 */
export async function runProgram(
  { names, packages }: Program,
  args: readonly string[],
  { cwd, env, ...limits }: Surroundings,
  { env: own = {}, password = null, onLine, input }: ProgramOptions = {},
): Promise<string> {
  const mask = (text: string) => maskSecrets(text, password === null ? [] : [password.reveal()])
  for (const name of names) {
    const told = onLine === undefined ? {} : { onLine: (line: string) => onLine(mask(line)) }
    const given = input === undefined ? {} : { input }
    const result = await runProcess(name, args, { cwd, env: { ...env, ...own }, ...limits, ...told, ...given })
    if (result.notStarted === 'ENOENT') continue
    if (result.code === 0 && result.stopped === null) return mask(result.stdout)
    throw explain(name, result, mask(result.stderr), limits.timeoutMs)
  }
  const [name] = names
  throw new BackupFailed('missing-program', `${name} is not on the PATH`, `install ${packages}`)
}

/** What programs say where a disk takes no more: the C library's words, MariaDB's number, SQLite's. */
const DISK_FULL = /No space left on device|errno:? 28\b|database or disk is full|not enough space on the disk/i

const HELPS: readonly (readonly [RegExp, string])[] = [
  [
    /no password supplied|password authentication failed|Access denied for user .*password/,
    'give the password in the address that env.py connects with, or as PGPASSWORD or MYSQL_PWD',
  ],
  [
    /permission denied|Access denied|insufficient privilege/i,
    'back up as a user who may read everything: give a command as "backup" in onehead.json',
  ],
  [/lock timeout/i, 'try again once nobody changes a table (pg_locks shows who does)'],
]

function explain(name: string, result: RunResult, stderr: string, timeoutMs = 0): BackupFailed {
  const { code, signal, stopped, notStarted } = result
  if (notStarted !== null) return new BackupFailed('failed', `${name} cannot be started (${notStarted})`)
  if (stopped === 'timeout') {
    const help = 'see in the database who holds a lock, or allow more time'
    return new BackupFailed('timeout', `${name} did not end within ${timeoutMs / 1000} seconds and was stopped`, help)
  }
  if (stopped !== null) return new BackupFailed('stopped', `${name} was stopped (${stopped})`)
  const words = lastWords(stderr)
  if (DISK_FULL.test(stderr)) {
    return new BackupFailed(
      'disk-full',
      `no space is left for the backup (${words})`,
      'make room, or choose another place with "backup": {"directory": "…"} in onehead.json',
    )
  }
  const versions = /server version: ([\w.]+).*pg_dump version: ([\w.]+)/.exec(stderr)
  if (versions !== null) {
    const [, server, client] = versions
    return new BackupFailed(
      'older-program',
      `${name} ${client} is older than the server, which is ${server}`,
      `install postgresql-client-${server!.split('.')[0]}`,
    )
  }
  const help = HELPS.find(([pattern]) => pattern.test(stderr))?.[1] ?? null
  return new BackupFailed(
    'failed',
    words ?? `${name} ended with ${signal ?? `exit code ${code}`} and said nothing`,
    help,
  )
}

/** What a program said in the end, in one line. */
function lastWords(stderr: string): string | null {
  const lines = stderr.split('\n').map((line) => line.trim())
  return (
    lines
      .filter((line) => line !== '')
      .slice(-3)
      .join(' ') || null
  )
}
