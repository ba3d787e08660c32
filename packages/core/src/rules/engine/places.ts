import { LineIndex } from '../../text/line-index.js'
import type { Range, Span } from '../../text/span.js'

/** Turns byte spans into lines and columns. Looks only at files that something is said about, each once. */
export class Places {
  readonly #source: (path: string) => Uint8Array
  readonly #files = new Map<string, LineIndex>()

  constructor(source: (path: string) => Uint8Array) {
    this.#source = source
  }

  line(path: string, offset: number): number {
    return this.#file(path).position(offset).line
  }

  range(path: string, span: Span): Range {
    return this.#file(path).range(span)
  }

  #file(path: string): LineIndex {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const file = new LineIndex(this.#source(path))
    this.#files.set(path, file)
    return file
  }
}
