import type { Position, Range, Span } from './span.js'

/**
 * Where a byte of a file lies in the eyes of a person: line and column from 1, columns in Unicode code points.
 * A line ends with LF, CRLF or a lone CR, as Python sees it; a UTF-8 byte order mark takes no column. Bytes that are no
 * UTF-8 count one column each. Nothing is computed before the first question.
 */
export class LineIndex {
  readonly #bytes: Uint8Array
  #starts: number[] | null = null
  /** The last answer, to go on from: a line may have megabytes, and a question for every few bytes of it. */
  #last = { line: -1, column: 1, offset: 0 }

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Number of lines; an empty file has one. */
  get lineCount(): number {
    return this.#lines().length
  }

  /** The place of a byte offset; offsets outside the file are drawn to its nearest end. */
  position(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.#bytes.length)
    const line = this.#lineAt(at)
    const { column: known, offset: from } = this.#last
    const goesOn = this.#last.line === line && from <= at
    const start = goesOn ? from : Math.max(this.#lines()[line]!, line === 0 ? this.#bomLength() : 0)
    let column = goesOn ? known : 1
    // A byte 10xxxxxx continues a character that was counted already.
    for (let i = start; i < at; i++) if ((this.#bytes[i]! & 0xc0) !== 0x80) column++
    this.#last = { line, column, offset: Math.max(start, at) }
    return { line: line + 1, column, offset: at }
  }

  /** Both ends of a span of bytes. */
  range(span: Span): Range {
    return { start: this.position(span.start), end: this.position(span.end) }
  }

  /** The bytes of a line (from 1), without its line end and without a byte order mark. Throws a RangeError outside the file. */
  lineSpan(line: number): Span {
    const lines = this.#lines()
    const start = lines[line - 1]
    if (start === undefined) throw new RangeError(`line ${line} is outside a file of ${lines.length} lines`)
    let end = lines[line] ?? this.#bytes.length
    if (line < lines.length) {
      if (end > start && this.#bytes[end - 1] === 0x0a) end--
      if (end > start && this.#bytes[end - 1] === 0x0d) end--
    }
    return { start: line === 1 ? Math.min(this.#bomLength(), end) : start, end }
  }

  #bomLength(): number {
    const bytes = this.#bytes
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  }

  #lineAt(offset: number): number {
    const starts = this.#lines()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  #lines(): number[] {
    this.#starts ??= lineStarts(this.#bytes)
    return this.#starts
  }
}

/** The offset at which each line begins; the first is 0. */
export function lineStarts(bytes: Uint8Array): number[] {
  const starts = [0]
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === 0x0a) starts.push(i + 1)
    else if (byte === 0x0d && bytes[i + 1] !== 0x0a) starts.push(i + 1)
  }
  return starts
}
