import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { GitMissing, runGit, startGit } from './process.js'

export interface GitObject {
  /** The full id, also where something else was asked for. */
  readonly oid: string
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly bytes: Uint8Array
}

/** What `readAll` hands over instead of an object that nobody wants in memory. */
export interface LargeObject {
  readonly oid: string
  readonly type: GitObject['type']
  readonly bytes: null
  readonly size: number
}

/** An object is there and cannot be read: it is corrupt, or git itself fails. Not the same as missing. */
export class ObjectUnreadable extends Error {
  readonly spec: string
  constructor(spec: string, reason: string) {
    super(`git cannot read ${spec}: ${reason}`)
    this.name = 'ObjectUnreadable'
    this.spec = spec
  }
}

/** Objects of one repository through one `git cat-file --batch` process, started at the first question. */
export interface GitObjects {
  /**
   * Anything git understands as the name of an object, on one line: a full id, `<oid>^{commit}`, `<oid>^{tree}`, a full
   * refname. `null`: missing or ambiguous. Throws `ObjectUnreadable` for a corrupt one. The bytes are the caller's.
   */
  read(spec: string): Promise<GitObject | null>
  /**
   * Reads objects by their full ids and calls `visit` once for each, in order; only a few are in memory at a time, and the
   * bytes are only valid during the call. An object that is missing, corrupt or too large is `null`; `failureOf` tells.
   */
  readAll(oids: readonly string[], visit: (oid: string, object: GitObject | null) => void): Promise<void>
  /** Why `readAll` gave `null` for this id; `missing` also where a partial clone has not downloaded it. */
  failureOf(oid: string): 'missing' | 'too-large' | 'corrupt' | null
  /** Root trees to look through when a partial clone turns out to lack objects; see `missingBelow`. */
  addRoot(tree: string): void
  /** Ends the process; a later question starts another. */
  close(): void
}

/** Larger blobs are no migration scripts; the same bound as in the working tree. */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024

/** How many requests are written ahead of the answers. */
const AHEAD = 512
/** So much of what git complains about is kept. */
const MAX_COMPLAINTS = 64 * 1024
/** After so many deaths of git something else is wrong. */
const MAX_RESTARTS = 32

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

export function isOid(text: string): boolean {
  return OID.test(text)
}

type Answer = GitObject | LargeObject | null

interface Request {
  readonly spec: string
  readonly answer: (answer: Answer) => void
  readonly fail: (error: Error) => void
}

/** @param cwd absolute; a directory of the repository */
export function openObjects(cwd: string): GitObjects {
  return new Batch(cwd)
}

class Batch implements GitObjects {
  readonly #cwd: string
  readonly #failures = new Map<string, 'missing' | 'too-large' | 'corrupt'>()
  readonly #roots = new Set<string>()
  /** What a partial clone has not downloaded, as far as anybody has looked. */
  readonly #absent = new Set<string>()
  #git: ChildProcessWithoutNullStreams | null = null
  #parser = new AnswerParser()
  /** Written and not answered yet, oldest at `#first`. */
  #waiting: Request[] = []
  #first = 0
  /** Asked, not yet written. */
  #unsent = ''
  #restarts = 0
  #complaints = ''

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  async read(spec: string): Promise<GitObject | null> {
    // A line feed would end the request and start another one.
    if (spec === '' || /[\n\0]/.test(spec) || this.#absent.has(spec)) return null
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#ask([
        {
          spec,
          answer: (one) => resolve(one?.bytes ? { ...one, bytes: one.bytes.slice() } : one),
          fail: reject,
        },
      ])
    })
    if (answer !== null && answer.bytes === null) throw new ObjectUnreadable(spec, 'it is too large')
    return answer
  }

  readAll(oids: readonly string[], visit: (oid: string, object: GitObject | null) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let next = 0
      let done = 0
      let over = false
      const stop = (error: Error) => {
        over = true
        reject(error)
      }
      const settle = (oid: string, object: GitObject | null) => {
        if (over) return
        try {
          visit(oid, object)
        } catch (error) {
          stop(error as Error)
          return
        }
        if (++done === oids.length) resolve()
        else if (next - done <= AHEAD / 2) askMore()
      }
      const askMore = () => {
        const requests: Request[] = []
        while (next < oids.length && next - done < AHEAD) {
          const oid = oids[next++]!
          requests.push({
            spec: isOid(oid) && !this.#absent.has(oid) ? oid : NEVER,
            answer: (answer) => settle(oid, this.#noted(oid, answer)),
            fail: (error) => {
              if (!(error instanceof ObjectUnreadable)) return stop(error)
              this.#failures.set(oid, 'corrupt')
              settle(oid, null)
            },
          })
        }
        if (requests.length > 0) this.#ask(requests)
      }
      if (oids.length === 0) resolve()
      else askMore()
    })
  }

  failureOf(oid: string): 'missing' | 'too-large' | 'corrupt' | null {
    const failure = this.#failures.get(oid) ?? null
    // Of some broken objects git says first what is wrong, and then that they are missing.
    return failure === 'missing' && this.#complaints.includes(oid) ? 'corrupt' : failure
  }

  addRoot(tree: string): void {
    this.#roots.add(tree)
  }

  close(): void {
    const git = this.#git
    this.#git = null
    if (git === null) return
    git.removeAllListeners('close')
    git.stdin.end()
    git.kill()
    for (const { spec, fail } of this.#takeWaiting()) fail(new ObjectUnreadable(spec, 'nobody waits for it any more'))
  }

  #noted(oid: string, answer: Answer): GitObject | null {
    if (answer?.bytes) return answer as GitObject
    this.#failures.set(oid, answer === null ? 'missing' : 'too-large')
    return null
  }

  #ask(requests: readonly Request[]): void {
    const git = this.#git ?? this.#start()
    if (this.#first === this.#waiting.length) setAlive(git, true)
    for (const request of requests) this.#waiting.push(request)
    if (this.#unsent === '') queueMicrotask(() => this.#send())
    this.#unsent += requests.map(({ spec }) => `${spec}\n`).join('')
  }

  /** Whatever was asked at one moment goes out at once: a system call for each would cost more than the answer. */
  #send(): void {
    const requests = this.#unsent
    this.#unsent = ''
    this.#git?.stdin.write(requests)
  }

  #start(): ChildProcessWithoutNullStreams {
    // What was not sent to a git that has ended is asked again.
    this.#unsent = ''
    const git = startGit(this.#cwd, ['cat-file', '--batch'])
    this.#git = git
    this.#parser = new AnswerParser()
    let stderr = ''
    git.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-4096)
      if (!/promisor/.test(stderr))
        this.#complaints = (this.#complaints + chunk.toString('utf8')).slice(-MAX_COMPLAINTS)
    })
    git.stdout.on('data', (chunk: Buffer) => this.#parser.push(chunk, (answer) => this.#answered(answer)))
    git.on('error', (error: NodeJS.ErrnoException) => {
      this.#git = null
      for (const { fail } of this.#takeWaiting()) fail(new GitMissing(error.code ?? error.message))
    })
    git.on('close', () => {
      if (this.#git !== git) return
      this.#git = null
      this.#died(stderr)
    })
    return git
  }

  #answered(answer: Answer): void {
    const request = this.#waiting[this.#first++]!
    if (this.#first === this.#waiting.length) {
      this.#waiting = []
      this.#first = 0
      if (this.#git !== null) setAlive(this.#git, false)
    } else if (this.#first > 4 * AHEAD) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    request.answer(answer)
  }

  #takeWaiting(): Request[] {
    const waiting = this.#waiting.slice(this.#first)
    this.#waiting = []
    this.#first = 0
    return waiting
  }

  /**
   * Git ends at the first object that it can neither read nor call missing: that one is the oldest without an answer.
   * Whoever waits behind it asks again.
   */
  #died(stderr: string): void {
    const [culprit, ...others] = this.#takeWaiting()
    if (culprit === undefined) return
    const reason = /^(?:fatal|error): (.*)$/m.exec(stderr)?.[1] ?? 'it ended early'
    const isAboutObject =
      /corrupt|inflate|unpack|loose object|packed object|mismatch|garbage|promisor|header|unable to (?:stream|read)/i
    if (!isAboutObject.test(stderr) || ++this.#restarts > MAX_RESTARTS) {
      for (const { spec, fail } of [culprit, ...others]) fail(new ObjectUnreadable(spec, reason))
      return
    }
    const isAbsent = /promisor/.test(stderr)
    const goOn = () => {
      // Those who wait come first: whoever hears of the culprit may ask for more.
      this.#askAgain(others)
      if (isAbsent) culprit.answer(null)
      else culprit.fail(new ObjectUnreadable(culprit.spec, reason))
    }
    if (isAbsent) this.#lookForAbsent().then(goOn, goOn)
    else goOn()
  }

  #askAgain(requests: readonly Request[]): void {
    if (requests.length === 0) return
    this.#ask(requests.map((request) => (this.#absent.has(request.spec) ? { ...request, spec: NEVER } : request)))
  }

  /** In a partial clone every object that is not there would end git: list them once, without downloading any. */
  async #lookForAbsent(): Promise<void> {
    const roots = [...this.#roots]
    this.#roots.clear()
    if (roots.length === 0) return
    const args = ['rev-list', '--objects', '--missing=print', '--no-object-names', '--stdin']
    const { stdout } = await runGit(this.#cwd, args, { input: `${roots.join('\n')}\n` })
    for (const [, oid] of stdout.toString('latin1').matchAll(/^\?([0-9a-f]+)$/gm)) this.#absent.add(oid!)
  }
}

/** A request that is always answered with `missing`, so that answers stay in order. */
const NEVER = '-'

/** An idle git must not keep our process alive, should somebody forget to close it. */
function setAlive(git: ChildProcessWithoutNullStreams, alive: boolean): void {
  const handles = [git, git.stdin, git.stdout, git.stderr] as unknown as { ref?: () => void; unref?: () => void }[]
  for (const handle of handles) alive ? handle.ref?.() : handle.unref?.()
}

/** Cuts what `cat-file --batch` prints into answers, without copying an object that lies in one chunk. */
class AnswerParser {
  /** The beginning of a header that the last chunk cut. */
  #header = ''
  #oid = ''
  #type: GitObject['type'] = 'blob'
  /** Bytes of the object and its line feed still to come; -1 between objects. */
  #left = -1
  #size = 0
  /** The object gathered so far where chunks cut it; null where it is skipped or not cut. */
  #gathered: Buffer | null = null

  push(chunk: Buffer, found: (answer: Answer) => void): void {
    let at = 0
    while (at < chunk.length) at = this.#left === -1 ? this.#readHeader(chunk, at, found) : this.#take(chunk, at, found)
  }

  #readHeader(chunk: Buffer, at: number, found: (answer: Answer) => void): number {
    const end = chunk.indexOf(10, at)
    if (end === -1) {
      this.#header += chunk.toString('latin1', at)
      return chunk.length
    }
    const header = this.#header + chunk.toString('latin1', at, end)
    this.#header = ''
    const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(header)
    if (match === null) found(null)
    else {
      this.#oid = match[1]!
      this.#type = match[2] as GitObject['type']
      this.#size = Number(match[3])
      this.#left = this.#size + 1
      this.#gathered = null
    }
    return end + 1
  }

  #take(chunk: Buffer, at: number, found: (answer: Answer) => void): number {
    const whole = this.#left === this.#size + 1
    const end = Math.min(chunk.length, at + this.#left)
    const isComplete = end - at === this.#left
    if (this.#size <= MAX_OBJECT_BYTES && !(whole && isComplete)) {
      this.#gathered ??= Buffer.allocUnsafe(this.#size + 1)
      chunk.copy(this.#gathered, this.#size + 1 - this.#left, at, end)
    }
    this.#left -= end - at
    if (!isComplete) return end
    this.#left = -1
    const common = { oid: this.#oid, type: this.#type }
    if (this.#size > MAX_OBJECT_BYTES) found({ ...common, bytes: null, size: this.#size })
    else found({ ...common, bytes: viewOf(this.#gathered ?? chunk, this.#gathered === null ? at : 0, this.#size) })
    this.#gathered = null
    return end
  }
}

/** A plain view: `slice` of a Buffer would not copy, and whoever keeps one must copy. */
function viewOf(buffer: Buffer, start: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + start, length)
}
