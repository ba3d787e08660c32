import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { type Process, startProcess, stopProcess } from '../processes/start.js'

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
  /**
   * Git may start others (ssh) that wait for ever, or that ask on the terminal: they have none, and end with it, when its time
   * is over as when we are told to end.
   */
  readonly ownGroup?: boolean
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

/** Places that hooks set relative to the directory they are started in. */
const DIRECTORIES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR'] as const

/** Everything that names a repository or a part of one. A relative index belongs to the top of the working tree. */
const PLACES = [...DIRECTORIES, 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'] as const

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
  return collect(startGit(cwd, args, options.env, options.ownGroup), options)
}

/** Runs a Node program (`args[0]`) in `cwd` with the environment git would have there; for husky, which is one. */
export function runNode(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const env = { ...environmentFor(cwd), ...options.env }
  return collect(startProcess(process.execPath, args, { cwd, env }), options)
}

function collect(child: Process, options: GitOptions): Promise<GitResult> {
  return new Promise((done, failed) => {
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    const release = guard(child, options)
    child.on('error', (error: NodeJS.ErrnoException) => {
      release()
      failed(new GitMissing(error.code ?? error.message))
    })
    child.on('close', (code) => {
      release()
      done({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
    })
    child.stdin.end(options.input ?? '')
  })
}

/** What ends us, and would leave a group of its own running. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Kills a child when its time is over, or when we are told to end and it would not hear of it. */
function guard(child: Process, { timeoutMs, ownGroup }: GitOptions): () => void {
  const kill = () => {
    stopProcess(child, 'SIGKILL')
    // Whoever left the group may hold the pipes for ever.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs)
  const end = (signal: NodeJS.Signals) => {
    kill()
    release()
    process.kill(process.pid, signal)
  }
  const release = () => {
    clearTimeout(timer)
    for (const name of ENDING) process.off(name, end)
  }
  if (ownGroup) for (const name of ENDING) process.on(name, end)
  return release
}

/** Starts git with pipes on all sides. */
export function startGit(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  ownGroup = false,
): Process {
  started++
  return startProcess('git', args, { cwd, env: { ...environmentFor(cwd), ...ALWAYS, ...env }, ownGroup })
}

/**
 * Our environment as git has to see it in `cwd`. In the working tree that a hook was started for, the repository it names
 * is kept, as absolute paths; in a repository of its own (a nested one, another root) it would lead to the wrong files.
 */
function environmentFor(cwd: string): NodeJS.ProcessEnv {
  const env = { ...process.env }
  if (!PLACES.some((name) => env[name] !== undefined)) return env
  const startedIn = process.cwd()
  const top = env.GIT_WORK_TREE === undefined ? (topOf(startedIn) ?? startedIn) : resolve(startedIn, env.GIT_WORK_TREE)
  const own = topOf(cwd)
  if (!isInside(cwd, top) || (own !== null && own !== top && isInside(own, top))) {
    for (const name of PLACES) delete env[name]
    return env
  }
  for (const name of DIRECTORIES) if (env[name] !== undefined) env[name] = resolve(startedIn, env[name])
  // Git takes the directory it runs in for the top of the working tree where only GIT_DIR is set.
  if (env.GIT_DIR !== undefined && cwd !== top) env.GIT_WORK_TREE = top
  return env
}

/** The nearest directory with a `.git`, or null. */
function topOf(directory: string): string | null {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}
