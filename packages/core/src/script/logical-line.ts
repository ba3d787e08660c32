import { characterClass, identifierPart, special } from './characters.js'
import type { SyntaxFailure } from './reading.js'
import { decodeBytes, type Source } from './source.js'
import { formattedStringEnd, isFormatted, prefixStart, stringEnd } from './strings.js'
import { commentEnd } from './tokens.js'

/** CPython's limit of open brackets. */
const maxBrackets = 200

/** No Python accepts an f-string whose `{` is never closed; looking for its end again and again would take for ever. */
const maxUnclosedFields = 20

/** Places of the open brackets of the line being walked; walks never nest. */
const brackets = new Int32Array(maxBrackets)

const openers: Readonly<Record<number, number>> = { 41: 0x28, 93: 0x5b, 125: 0x7b }

/** What a reader of logical lines wants to be told on the way. */
export interface LineListener {
  comment(start: number, end: number): void
  /** An identifier with characters outside ASCII, decoded and normalised as Python does (NFKC). */
  unusualName(start: number, end: number, name: string | null): void
  /** Python 3.12 and later, and older ones, see the end of this f-string at different places. */
  nestedQuotes(start: number, end: number): void
}

/** Walks over logical lines: strings, comments, brackets and continuations, as CPython's tokenizer delimits them. */
export class LogicalLines {
  /** Set when CPython's tokenizer would give up; every walk then ends at once. */
  failure: SyntaxFailure | null = null
  /** Whether the last character of code in the line just walked was a colon: a block may follow. */
  endsWithColon = false
  #unclosedFields = 0
  readonly #source: Source
  readonly #listener: LineListener

  constructor(source: Source, listener: LineListener) {
    this.#source = source
    this.#listener = listener
  }

  /**
   * The end of the logical line that begins at `from`: the index of its CR or LF (or the size of the file); with
   * `stopAtSemicolon` also of a `;` outside brackets. A comment at its end is skipped.
   */
  end(from: number, stopAtSemicolon: boolean): number {
    const { text } = this.#source
    const size = text.length
    let depth = 0
    let colon = -1
    let last = from
    for (let at = from; at < size; at++) {
      const code = text.charCodeAt(at)
      if ((characterClass[code]! & special) === 0) {
        if (code > 0x20) {
          last = at
          if (code === 0x3a) colon = at
          else if ((code === 0x3c || code === 0x3d || code === 0x3e || code === 0x7c) && isMarker(text, at)) {
            return this.#fail('invalid syntax', at, at + 7)
          }
        }
        continue
      }
      switch (code) {
        case 0x22:
        case 0x27: {
          const end = this.#string(at, from)
          if (end === -1) return size
          at = end - 1
          last = at
          break
        }
        case 0x23: {
          const end = commentEnd(text, at)
          this.#listener.comment(at, end)
          at = end - 1
          break
        }
        case 0x28:
        case 0x5b:
        case 0x7b:
          if (depth === maxBrackets) return this.#fail('too many nested parentheses', at, at + 1, 'too-complex')
          brackets[depth++] = at
          last = at
          break
        case 0x29:
        case 0x5d:
        case 0x7d:
          if (depth === 0) return this.#fail(`unmatched '${text[at]}'`, at, at + 1)
          if (text.charCodeAt(brackets[--depth]!) !== openers[code]) {
            const opener = text[brackets[depth]!]
            return this.#fail(
              `closing parenthesis '${text[at]}' does not match opening parenthesis '${opener}'`,
              at,
              at + 1,
            )
          }
          last = at
          break
        case 0x0a:
        case 0x0d:
          if (depth > 0) break
          this.endsWithColon = colon === last
          return at
        case 0x3b:
          if (depth > 0) return this.#fail('invalid syntax', at, at + 1)
          if (stopAtSemicolon) return at
          last = at
          break
        case 0x5c: {
          const next = this.continuation(at)
          if (next === -1) return size
          at = next - 1
          break
        }
        case 0x21:
          if (text.charCodeAt(at + 1) !== 0x3d) return this.#fail('invalid syntax', at, at + 1)
          break
        default:
          if (code < 0x80) return this.#fail('invalid syntax', at, at + 1)
          at = this.#unusual(at, from) - 1
          if (this.failure !== null) return size
          last = at
      }
    }
    if (depth > 0) {
      const open = brackets[depth - 1]!
      return this.#fail(`'${text[open]}' was never closed`, open, open + 1)
    }
    this.endsWithColon = colon === last
    return size
  }

  /** The index after `\` and its line end; -1 (and a failure) where something else follows, or nothing. */
  continuation(at: number): number {
    const { text } = this.#source
    const code = text.charCodeAt(at + 1)
    if (code !== 0x0a && code !== 0x0d) {
      const message =
        at + 1 >= text.length
          ? 'unexpected EOF while parsing'
          : 'unexpected character after line continuation character'
      this.#fail(message, at, at + 1)
      return -1
    }
    const next = at + (code === 0x0d && text.charCodeAt(at + 2) === 0x0a ? 3 : 2)
    if (next < text.length) return next
    this.#fail('unexpected EOF while parsing', at, at + 1)
    return -1
  }

  #string(quote: number, from: number): number {
    const { text } = this.#source
    let end = stringEnd(text, quote)
    if (isFormatted(text, quote, from)) {
      const start = prefixStart(text, quote, from)
      const nested = formattedStringEnd(text, quote, /r/i.test(text.slice(start, quote)))
      if (nested === -1 && ++this.#unclosedFields > maxUnclosedFields) end = -1
      if (nested !== -1 && nested !== end) {
        this.#listener.nestedQuotes(start, nested)
        end = nested
      }
    }
    if (end !== -1) return end
    const triple =
      text.charCodeAt(quote + 1) === text.charCodeAt(quote) && text.charCodeAt(quote + 2) === text.charCodeAt(quote)
    this.#fail(triple ? 'unterminated triple-quoted string literal' : 'unterminated string literal', quote, quote + 1)
    return -1
  }

  /** An identifier with bytes above 0x7f: the index after it. */
  #unusual(at: number, floor: number): number {
    const { text } = this.#source
    let start = at
    let end = at
    while (start > floor && (characterClass[text.charCodeAt(start - 1)]! & identifierPart) !== 0) start--
    while ((characterClass[text.charCodeAt(end)]! & identifierPart) !== 0) end++
    const name = decodeBytes(this.#source, start, end)?.normalize('NFKC') ?? null
    if (name !== null && !/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name)) this.#fail('invalid character', at, end)
    else this.#listener.unusualName(start, end, name)
    return end
  }

  #fail(message: string, start: number, end: number, cause: SyntaxFailure['cause'] = 'syntax'): number {
    this.failure ??= { kind: 'SyntaxError', cause, message, span: { start, end } }
    return this.#source.text.length
  }
}

/** Seven equal signs of a merge conflict at the start of a line. */
export function isMarker(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  if (at > 0 && before !== 0x0a && before !== 0x0d) return false
  const mark = text.charCodeAt(at)
  for (let i = at + 1; i < at + 7; i++) if (text.charCodeAt(i) !== mark) return false
  return true
}

/** The first line of the file that is a conflict marker; -1 without one. Strings are not looked at. */
export function firstMarker(text: string): number {
  for (const mark of ['<<<<<<<', '>>>>>>>']) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) if (isMarker(text, at)) return at
  }
  return -1
}

/** A file that cannot be read past a merge conflict says so, whatever else went wrong first. */
export function withMarkers(text: string, failure: SyntaxFailure): SyntaxFailure {
  if (failure.cause !== 'syntax' && failure.cause !== 'merge-markers') return failure
  const marker = firstMarker(text)
  if (marker !== -1) return { ...failure, cause: 'merge-markers', span: { start: marker, end: marker + 7 } }
  return isMarker(text, failure.span.start) && failure.span.end === failure.span.start + 7
    ? { ...failure, cause: 'merge-markers' }
    : failure
}
