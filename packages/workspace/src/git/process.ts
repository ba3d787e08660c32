import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { type Process, startProcess } from '../processes/start.js'

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
  return collect(startGit(cwd, args, options.env), options)
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
    const timer = options.timeoutMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (timer !== null) clearTimeout(timer)
      failed(new GitMissing(error.code ?? error.message))
    })
    child.on('close', (code) => {
      if (timer !== null) clearTimeout(timer)
      done({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
    })
    child.stdin.end(options.input ?? '')
  })
}

/** Starts git with pipes on all sides. */
export function startGit(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
  started++
  return startProcess('git', args, { cwd, env: { ...environmentFor(cwd), ...ALWAYS, ...env } })
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
