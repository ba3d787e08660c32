import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { type Process, startProcess, stopProcess } from './start.js'

export interface RunOptions {
  /** Absolute. */
  readonly cwd: string
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv
  /** After so many milliseconds it is asked to stop, and made to a little later. */
  readonly timeoutMs?: number
  /** The same, when somebody says so. */
  readonly signal?: AbortSignal
  /** Told of each line as it comes, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Absolute: a file that the child reads as its standard input; without it, there is nothing to read. */
  readonly input?: string
  /** How long a child that was asked to stop may take over it. */
  readonly graceMs?: number
}

export interface RunResult {
  /** Null where a signal ended it, or where it never started. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Why it was stopped, if we did: its time was over, somebody aborted, or we got this signal and passed it on. */
  readonly stopped: 'timeout' | 'aborted' | NodeJS.Signals | null
  /** Why it could not be started, such as `ENOENT`; then nothing ran. */
  readonly notStarted: string | null
}

const GRACE_MS = 5000

/** What a person or a supervisor ends us with. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** More than this of one stream is not kept: the end of it tells what happened. */
const KEPT_CHARACTERS = 16_000_000

/** What has no line end for so long is told in pieces. */
const LONGEST_LINE = 1_000_000

/**
 * Runs a program to its end, in a group of its own and with nothing to read but `input`: whoever asks a question there gets an end of file.
 * Never rejects. While it runs, a Ctrl-C (or SIGTERM, SIGHUP) is passed on to the group and reported as `stopped` instead of ending us;
 * a second one kills. What is left of the group when the program has ended, ends too.
 */
export function runProcess(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const child = startProcess(command, args, { cwd: options.cwd, env: options.env, ownGroup: true })
  if (options.input === undefined) child.stdin.end()
  return new Promise((resolve) => {
    const stdout = new Lines((line) => options.onLine?.(line, 'stdout'))
    const stderr = new Lines((line) => options.onLine?.(line, 'stderr'))
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
    const watch = new Watch(child, options)
    if (options.input !== undefined) feed(child, options.input)
    const done = (code: number | null, signal: NodeJS.Signals | null, notStarted: string | null) => {
      watch.end()
      resolve({ code, signal, stdout: stdout.end(), stderr: stderr.end(), stopped: watch.stopped, notStarted })
    }
    child.on('error', (error: NodeJS.ErrnoException) => done(null, null, error.code ?? error.message))
    child.on('exit', () => watch.leaderGone())
    child.on('close', (code, signal) => done(code, signal, null))
  })
}

/** What cannot be read to its end must not look like an end. */
function feed(child: Process, path: string): void {
  const file = createReadStream(path)
  file.on('error', () => stopProcess(child, 'SIGKILL'))
  file.pipe(child.stdin)
  child.once('close', () => file.destroy())
}

/** Stops a child when its time is over or when somebody wants us to end. */
class Watch {
  stopped: RunResult['stopped'] = null
  readonly #child: Process
  readonly #graceMs: number
  readonly #abort: AbortSignal | undefined
  readonly #timers: NodeJS.Timeout[] = []

  constructor(child: Process, { timeoutMs, signal, graceMs = GRACE_MS }: RunOptions) {
    this.#child = child
    this.#graceMs = graceMs
    this.#abort = signal
    if (timeoutMs !== undefined) this.#timers.push(setTimeout(() => this.#stop('timeout', 'SIGTERM'), timeoutMs))
    for (const name of ENDING) process.on(name, this.#passOn)
    if (signal?.aborted) this.#aborted()
    else signal?.addEventListener('abort', this.#aborted)
  }

  /** What it started and left behind would keep our pipes open. */
  leaderGone(): void {
    stopProcess(this.#child, 'SIGTERM')
    this.#killLater()
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const name of ENDING) process.off(name, this.#passOn)
    this.#abort?.removeEventListener('abort', this.#aborted)
  }

  readonly #passOn = (name: NodeJS.Signals): void => this.#stop(name, name)

  readonly #aborted = (): void => this.#stop('aborted', 'SIGTERM')

  #stop(why: NonNullable<RunResult['stopped']>, signal: NodeJS.Signals): void {
    if (this.stopped !== null) {
      stopProcess(this.#child, 'SIGKILL')
      return
    }
    this.stopped = why
    stopProcess(this.#child, signal)
    this.#killLater()
  }

  #killLater(): void {
    const kill = () => {
      stopProcess(this.#child, 'SIGKILL')
      // Somebody who left the group may hold the pipes for ever.
      this.#child.stdout.destroy()
      this.#child.stderr.destroy()
    }
    this.#timers.push(setTimeout(kill, this.#graceMs))
  }
}

/** Collects a stream, and tells of its lines. */
class Lines {
  readonly #tell: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  readonly #kept: string[] = []
  #characters = 0
  #begun = ''

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  add(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk))
  }

  /** All of it, or its end where it was too much. */
  end(): string {
    this.#take(this.#decoder.end())
    if (this.#begun !== '') this.#tell(withoutReturn(this.#begun))
    this.#begun = ''
    return this.#kept.join('')
  }

  #take(text: string): void {
    this.#keep(text)
    const lines = (this.#begun + text).split('\n')
    this.#begun = lines.pop() ?? ''
    if (this.#begun.length > LONGEST_LINE) {
      lines.push(this.#begun)
      this.#begun = ''
    }
    for (const line of lines) this.#tell(withoutReturn(line))
  }

  #keep(text: string): void {
    this.#kept.push(text)
    this.#characters += text.length
    while (this.#characters - (this.#kept[0]?.length ?? 0) > KEPT_CHARACTERS) {
      this.#characters -= this.#kept.shift()?.length ?? 0
    }
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
