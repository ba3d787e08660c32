import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'

/** What git printed and how it ended; `code` is -1 where it was killed (a timeout, a signal). */
export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitOptions {
  readonly input?: string | Uint8Array
  /** On top of the environment every git call has. */
  readonly env?: Readonly<Record<string, string>>
  /** Kills git after so many milliseconds. */
  readonly timeoutMs?: number
}

/** Git cannot be started: it is not installed, not on the PATH, or the directory is not there. */
export class GitMissing extends Error {
  constructor(cause: string) {
    super(`git cannot be started (${cause})`)
    this.name = 'GitMissing'
  }
}

/** No prompt, no lock that may be left out, no download object by object, and words that do not depend on the language. */
const ALWAYS = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' }

/** What names a repository or a part of one; hooks set these, relative to the directory that they are started in. */
const PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'] as const

let started = 0

/** How many git processes this run has started: for tests and `doctor`. */
export function countedGitProcesses(): number {
  return started
}

/**
 * Runs git in `cwd` (absolute) without a shell. Resolves whatever the exit code is; rejects with `GitMissing` when git
 * cannot be started. Revisions and paths in `args` are the caller's to validate.
 */
export function runGit(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((done, failed) => {
    const git = startGit(cwd, args, options.env)
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    git.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    git.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    const timer = options.timeoutMs === undefined ? null : setTimeout(() => git.kill('SIGKILL'), options.timeoutMs)
    git.on('error', (error: NodeJS.ErrnoException) => {
      if (timer !== null) clearTimeout(timer)
      failed(new GitMissing(error.code ?? error.message))
    })
    git.on('close', (code) => {
      if (timer !== null) clearTimeout(timer)
      done({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
    })
    git.stdin.end(options.input ?? '')
  })
}

/** Starts git with pipes on all sides. The only place of the package that starts a process. */
export function startGit(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  started++
  const git = spawn('git', [...args], {
    cwd,
    env: { ...environmentFor(cwd), ...ALWAYS, ...env },
    stdio: 'pipe',
    windowsHide: true,
  })
  // Git may end before it has read everything: its exit code tells more than a broken pipe.
  git.stdin.on('error', () => {})
  return git
}

/**
 * Our environment as git has to see it in `cwd`. In the working tree that a hook was started for, the repository it names
 * is kept, as absolute paths; in a repository of its own (a nested one, another root) it would lead to the wrong files.
 */
function environmentFor(cwd: string): NodeJS.ProcessEnv {
  const env = { ...process.env }
  if (!PLACES.some((name) => env[name] !== undefined)) return env
  const here = process.cwd()
  const top = resolve(here, env.GIT_WORK_TREE ?? '.')
  const isThere = cwd === top || cwd === here || (cwd.startsWith(top + sep) && !existsSync(join(cwd, '.git')))
  for (const name of PLACES) {
    const value = env[name]
    if (value === undefined) continue
    if (isThere) env[name] = resolve(here, value)
    else delete env[name]
  }
  // Git takes the directory it runs in for the top of the working tree where only GIT_DIR is set.
  if (isThere && env.GIT_DIR !== undefined && env.GIT_WORK_TREE === undefined && cwd !== here) env.GIT_WORK_TREE = here
  return env
}
