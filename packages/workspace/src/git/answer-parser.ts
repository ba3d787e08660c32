/** What `git cat-file --batch` says to one request; `null`: missing or ambiguous. */
export type BatchAnswer = GitObject | LargeObject | null

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

/** Larger blobs are no migration scripts; the same bound as in the working tree. */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024

/** Cuts what `cat-file --batch` prints into answers, without copying an object that lies in one chunk. */
export class AnswerParser {
  /** The beginning of a header that the last chunk cut. */
  #header = ''
  #oid = ''
  #type: GitObject['type'] = 'blob'
  /** Bytes of the object and its line feed still to come; -1 between objects. */
  #left = -1
  #size = 0
  /** The object gathered so far where chunks cut it; null where it is skipped or not cut. */
  #gathered: Buffer | null = null

  push(chunk: Buffer, found: (answer: BatchAnswer) => void): void {
    let at = 0
    while (at < chunk.length) at = this.#left === -1 ? this.#readHeader(chunk, at, found) : this.#take(chunk, at, found)
  }

  #readHeader(chunk: Buffer, at: number, found: (answer: BatchAnswer) => void): number {
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

  #take(chunk: Buffer, at: number, found: (answer: BatchAnswer) => void): number {
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
