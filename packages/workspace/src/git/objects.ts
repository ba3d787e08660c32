import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { AbsentObjects, type Download } from './absent-objects.js'
import { AnswerParser, type BatchAnswer, type GitObject } from './answer-parser.js'
import { isOid } from './oid.js'
import { GitMissing, startGit } from './process.js'

export type { GitObject } from './answer-parser.js'
export { isOid } from './oid.js'

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
  /** Why `readAll` gave `null` for this id; `absent` where a partial clone has not downloaded it. */
  failureOf(oid: string): 'missing' | 'absent' | 'too-large' | 'corrupt' | null
  /** Root trees to look through when a partial clone turns out to lack objects. */
  addRoot(tree: string): void
  /** From now on what a partial clone lacks is downloaded before it counts as absent: all that is asked at one moment together. */
  downloadWith(download: Download): void
  /** Downloads what a partial clone lacks of these ids before they are asked for one by one; in a whole clone asks for no list. */
  prepare(list: () => Promise<Iterable<string>>): Promise<void>
  /** Why the last such download failed, in words; `''` where none was tried. */
  downloadFailure(): string
  /** Ends the process; a later question starts another. */
  close(): void
}

/** How many requests are written ahead of the answers. */
const AHEAD = 512
/** So much of what git complains about is kept. */
const MAX_COMPLAINTS = 64 * 1024
/** After so many deaths of git something else is wrong. */
const MAX_RESTARTS = 32

interface Request {
  readonly spec: string
  readonly answer: (answer: BatchAnswer) => void
  readonly fail: (error: Error) => void
}

/** @param cwd absolute; a directory of the repository */
export function openObjects(cwd: string): GitObjects {
  return new Batch(cwd)
}

class Batch implements GitObjects {
  readonly #cwd: string
  readonly #failures = new Map<string, 'missing' | 'too-large' | 'corrupt'>()
  readonly #absent: AbsentObjects
  /** What `readAll` is at. */
  readonly #reading = new Set<readonly string[]>()
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
    this.#absent = new AbsentObjects(cwd)
  }

  async read(spec: string): Promise<GitObject | null> {
    // A line feed would end the request and start another one.
    if (spec === '' || /[\n\0]/.test(spec)) return null
    if (this.#absent.has(spec)) await this.#absent.obtain([spec])
    if (this.#absent.has(spec)) return null
    const answer = await new Promise<BatchAnswer>((resolve, reject) => {
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

  async readAll(oids: readonly string[], visit: (oid: string, object: GitObject | null) => void): Promise<void> {
    if (oids.some((oid) => this.#absent.has(oid))) await this.#absent.obtain(oids)
    this.#reading.add(oids)
    try {
      await this.#readInOrder(oids, visit)
    } finally {
      this.#reading.delete(oids)
    }
  }

  #readInOrder(oids: readonly string[], visit: (oid: string, object: GitObject | null) => void): Promise<void> {
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

  failureOf(oid: string): 'missing' | 'absent' | 'too-large' | 'corrupt' | null {
    const failure = this.#failures.get(oid) ?? null
    if (failure === 'missing' && this.#absent.has(oid)) return 'absent'
    // Of some broken objects git says first what is wrong, and then that they are missing.
    return failure === 'missing' && this.#complaints.includes(oid) ? 'corrupt' : failure
  }

  addRoot(tree: string): void {
    this.#absent.addRoot(tree)
  }

  downloadWith(download: Download): void {
    this.#absent.downloadWith(download)
  }

  prepare(list: () => Promise<Iterable<string>>): Promise<void> {
    return this.#absent.prepare(list)
  }

  downloadFailure(): string {
    return this.#absent.failure
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

  #noted(oid: string, answer: BatchAnswer): GitObject | null {
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
    git.stdout.on('data', (chunk: Buffer) => {
      this.#parser.push(chunk, (answer) => {
        // Of a git that was told to end nobody waits for anything.
        if (this.#git === git) this.#answered(answer)
      })
    })
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

  #answered(answer: BatchAnswer): void {
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
    if (/promisor/.test(stderr)) {
      this.#findAbsent(culprit, others)
      return
    }
    // Those who wait come first: whoever hears of the culprit may ask for more.
    this.#askAgain(others)
    culprit.fail(new ObjectUnreadable(culprit.spec, reason))
  }

  /** In a partial clone: what is absent is downloaded, together with all that is being asked for, or known from now on. */
  #findAbsent(culprit: Request, others: readonly Request[]): void {
    const goOn = () => {
      const isHere = isOid(culprit.spec) && !this.#absent.has(culprit.spec)
      this.#askAgain([isHere ? culprit : { ...culprit, spec: NEVER }, ...others])
    }
    const asked = () => [culprit.spec, ...others.map(({ spec }) => spec), ...[...this.#reading].flat()]
    this.#absent
      .look(culprit.spec)
      .then(() => this.#absent.obtain(asked()))
      .then(goOn, goOn)
  }

  #askAgain(requests: readonly Request[]): void {
    if (requests.length === 0) return
    this.#ask(requests.map((request) => (this.#absent.has(request.spec) ? { ...request, spec: NEVER } : request)))
  }
}

/** A request that is always answered with `missing`, so that answers stay in order. */
const NEVER = '-'

/** An idle git must not keep our process alive, should somebody forget to close it. */
function setAlive(git: ChildProcessWithoutNullStreams, alive: boolean): void {
  const handles = [git, git.stdin, git.stdout, git.stderr] as unknown as { ref?: () => void; unref?: () => void }[]
  for (const handle of handles) alive ? handle.ref?.() : handle.unref?.()
}
