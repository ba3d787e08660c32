import type { Module } from 'py-ast'
import type { Span } from '../text/span.js'
import { decodeString } from './literal.js'
import { LogicalLines } from './logical-line.js'
import type { SyntaxFailure } from './reading.js'
import type { Source } from './source.js'
import { isFormatted, openingQuote, strayBrace } from './strings.js'
import { TokenList, token, tokenize, validNumber } from './tokens.js'
import { TreeBuilder } from './tree/tree-builder.js'

/** CPython's limit of nested blocks. */
const maxIndents = 100

export interface StrictReport {
  readonly failure: SyntaxFailure | null
  /** The first f-string that only Python 3.12 and later accept (its own quotes inside a replacement field). */
  readonly nestedQuotes: Span | null
  /** The tree, where it could be built on the way. */
  readonly module: Module | null
}

/**
 * What CPython's tokenizer refuses and the parser behind `parse.ts` lets pass: mixed tabs and blanks, unindents that fit
 * nowhere, bad numbers and escapes, bytes beside text, brackets, stray characters. Reads the whole file, and builds
 * its tree on the way.
 */
export function checkTokens(source: Source): StrictReport {
  const checker = new Checker(source)
  checker.run()
  return { failure: checker.failure, nestedQuotes: checker.nested, module: checker.finish() }
}

/** Those of the line being read; files are read one after the other. */
const tokens = new TokenList()

class Checker {
  failure: SyntaxFailure | null = null
  nested: Span | null = null
  readonly #source: Source
  readonly #lines: LogicalLines
  readonly #tree: TreeBuilder
  /** Columns of the open blocks, with tabs to eight and with tabs of one. */
  readonly #columns = [0]
  readonly #narrow = [0]

  constructor(source: Source) {
    this.#source = source
    this.#tree = new TreeBuilder(source, tokens)
    this.#lines = new LogicalLines(source, {
      comment: () => {},
      unusualName: () => {},
      nestedQuotes: (start, end) => {
        this.nested ??= { start, end }
      },
    })
  }

  run(): void {
    const { text } = this.#source
    let at = this.#source.start
    while (at < text.length && this.failure === null) at = this.#line(at)
  }

  finish(): Module | null {
    // What only newer Pythons accept is not read there.
    return this.failure === null && this.nested === null ? this.#tree.finish() : null
  }

  #line(from: number): number {
    const { text } = this.#source
    let at = from
    let column = 0
    let narrow = 0
    let continued = 0
    let code = text.charCodeAt(at)
    while (code === 0x20 || code === 0x09 || code === 0x0c || code === 0x5c) {
      if (code === 0x20) {
        column++
        narrow++
      } else if (code === 0x09) {
        column = (Math.floor(column / 8) + 1) * 8
        narrow++
      } else if (code === 0x0c) {
        column = 0
        narrow = 0
      } else {
        // As in CPython: the indentation before the first backslash counts, unless there is none.
        if (continued === 0) continued = column
        const next = this.#lines.continuation(at)
        if (next === -1) return this.#giveUp()
        at = next - 1
      }
      code = text.charCodeAt(++at)
    }
    if (code === 0x0a || code === 0x0d) return at + 1
    if (at >= text.length) return at
    const end = this.#lines.end(at, false)
    if (code === 0x23) return Math.min(end + 1, text.length)
    if (continued > 0) {
      column = continued
      narrow = continued
    }
    this.#indent(from, at, column, narrow)
    if (this.failure !== null) return end
    if (this.#lines.failure !== null) return this.#giveUp()
    this.#checkTokens(at, end)
    // The tree is only built of tokens that mean something: `0b12` is no number.
    if (this.failure === null) this.#tree.line()
    return end + 1
  }

  #giveUp(): number {
    this.failure ??= this.#lines.failure
    return this.#source.text.length
  }

  #indent(from: number, to: number, column: number, narrow: number): void {
    const columns = this.#columns
    const top = columns[columns.length - 1]!
    const span = { start: from, end: to }
    if (column === top) {
      if (narrow !== this.#narrow.at(-1)) this.#tabs(span)
      return
    }
    if (column > top) {
      if (narrow <= this.#narrow.at(-1)!) {
        this.#tabs(span)
        return
      }
      if (columns.length >= maxIndents) {
        this.failure = {
          kind: 'IndentationError',
          cause: 'too-complex',
          message: 'too many levels of indentation',
          span,
        }
      }
      columns.push(column)
      this.#narrow.push(narrow)
      this.#tree.indent()
      return
    }
    while (columns.length > 1 && column < columns[columns.length - 1]!) {
      columns.pop()
      this.#narrow.pop()
      this.#tree.dedent()
    }
    if (column !== columns.at(-1)) {
      const message = 'unindent does not match any outer indentation level'
      this.failure = { kind: 'IndentationError', cause: 'syntax', message, span }
    } else if (narrow !== this.#narrow.at(-1)) this.#tabs(span)
  }

  #tabs(span: Span): void {
    this.failure = {
      kind: 'TabError',
      cause: 'syntax',
      message: 'inconsistent use of tabs and spaces in indentation',
      span,
    }
  }

  #checkTokens(start: number, end: number): void {
    const { text } = this.#source
    if (!tokenize(text, start, end, tokens)) this.#fail('invalid syntax', { start, end })
    // `x := 1` as a statement needs parentheses; the parser does not mind.
    if (tokens.count > 1 && tokens.kind[0] === token.name && tokens.kind[1] === token.walrus) {
      this.#fail('invalid syntax', { start: tokens.start[1]!, end: tokens.end[1]! })
    }
    this.#checkImport()
    for (let i = 0; i < tokens.count && this.failure === null; i++) {
      const kind = tokens.kind[i]
      if (kind === token.number) this.#checkNumber(i)
      else if (kind === token.string) this.#checkString(i)
      else if (kind === token.walrus && tokens.kind[i - 1] !== token.name) this.#fail('invalid syntax', spanOf(i))
    }
  }

  /** The library does not mind an import that ends with a comma. */
  #checkImport(): void {
    const last = tokens.count - 1
    if (tokens.kind[last] !== 0x2c) return
    const first = tokens.kind.lastIndexOf(0x3b, last) + 1
    if (this.#source.text.slice(tokens.start[first], tokens.end[first]) !== 'from') return
    this.#fail('trailing comma not allowed without surrounding parentheses', spanOf(last))
  }

  #checkNumber(at: number): void {
    const { start, end } = spanOf(at)
    const { text } = this.#source
    if (validNumber.test(text.slice(start, end))) return
    this.#fail(`invalid number ${text.slice(start, Math.min(end, start + 40))}`, { start, end })
  }

  #checkString(at: number): void {
    const { text } = this.#source
    const bytes = isBytes(text, tokens.start[at]!)
    if (at > 0 && tokens.kind[at - 1] === token.string && isBytes(text, tokens.start[at - 1]!) !== bytes) {
      this.#fail('cannot mix bytes and nonbytes literals', spanOf(at))
      return
    }
    this.#checkBraces(at)
    if (this.#source.plain && (!bytes || this.#source.ascii)) return
    const value = decodeString(this.#source, tokens.start[at]!, tokens.end[at]!)
    if (value.type === 'invalid') this.#fail(value.reason, spanOf(at))
  }

  /** The library does not mind a `}` too many. */
  #checkBraces(at: number): void {
    const { text } = this.#source
    const { start, end } = spanOf(at)
    const quote = openingQuote(text, start)
    if (!isFormatted(text, quote, start)) return
    const stray = strayBrace(text, quote, end, /r/i.test(text.slice(start, quote)))
    if (stray !== -1) this.#fail("f-string: single '}' is not allowed", { start: stray, end: stray + 1 })
  }

  #fail(message: string, span: Span): void {
    this.failure ??= { kind: 'SyntaxError', cause: 'syntax', message, span }
  }
}

const spanOf = (at: number): Span => ({ start: tokens.start[at]!, end: tokens.end[at]! })

/** Whether a `b` stands before the quotes, alone or beside an `r`. */
function isBytes(text: string, start: number): boolean {
  const [first, second] = [text.charCodeAt(start) | 0x20, text.charCodeAt(start + 1) | 0x20]
  return first === 0x62 || (first === 0x72 && second === 0x62)
}
