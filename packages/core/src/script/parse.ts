import type { Module } from 'py-ast'
import { lineStarts } from '../text/line-index.js'
import type { Span } from '../text/span.js'
import { oldestPython } from './features.js'
import { refusedByPython } from './let-pass.js'
import { withMarkers } from './logical-line.js'
import { readModule } from './module-reader.js'
import type { ScriptReading, SyntaxFailure } from './reading.js'
import { scan } from './scanner.js'
import { decodeBytes, type Opened, openSource, type Source } from './source.js'
import { checkTokens } from './strict.js'
import { commentEnd as lineEnd } from './tokens.js'

export type {
  Alias,
  Assign,
  Call,
  Constant,
  ExprNode,
  FunctionDef,
  Keyword,
  Module,
  Name,
  StmtNode,
} from 'py-ast'

/**
 * The place of a node, which only `spanOf` understands: as CPython counts it (lines from 1, columns in UTF-8 bytes from 0),
 * or `start` and `end` as bytes of the file.
 */
export interface Placed {
  readonly start?: number
  readonly end?: number
  readonly lineno?: number
  readonly col_offset?: number
  readonly end_lineno?: number
  readonly end_col_offset?: number
}

/** A parsed file: its syntax tree in the shapes of CPython's `ast`, and where each node lies on disk. */
export interface ParsedScript {
  readonly module: Module
  readonly source: Source
  /** The bytes of a node in the file on disk. */
  readonly spanOf: (node: Placed) => Span
  /** The first syntax that Python 3.11 does not have. */
  readonly requires: ScriptReading['requires'] | null
}

export interface Parser {
  /** The tree of a file, or why CPython would refuse it (or that only Python can decode it). Never throws for any bytes. */
  readonly parse: (bytes: Uint8Array) => ParsedScript | SyntaxFailure
  /** What the file says about itself, with everything evaluated that is certain (tier 2). Never throws for any bytes. */
  readonly read: (bytes: Uint8Array) => ScriptReading
  /** Both at once, for whoever wants to know more than that; null where the file cannot be parsed. */
  readonly readWithTree: (bytes: Uint8Array) => ReadTree
}

/** What `readWithTree` gives. The tree is large: keep what is read out of it, not the tree. */
export interface ReadTree {
  readonly reading: ScriptReading
  readonly parsed: ParsedScript | null
}

export const isSyntaxFailure = (result: ParsedScript | SyntaxFailure): result is SyntaxFailure => 'cause' in result

/** Loads the library (about 0.3 MB of JavaScript) that reads what `readWithoutLibrary` does not. */
export async function loadParser(): Promise<Parser> {
  const { parse } = await import('py-ast')
  const readWithTree = (bytes: Uint8Array) => readWith(parse, bytes)
  return {
    parse: (bytes) => parseWith(parse, openSource(bytes)),
    read: (bytes) => readWithTree(bytes).reading,
    readWithTree,
  }
}

/**
 * What `Parser.readWithTree` gives, for what scripts are usually written in; null for all else, and for most errors of syntax.
 * Never throws.
 */
export const readWithoutLibrary = (bytes: Uint8Array): ReadTree | null => readWith(null, bytes)

type Library = (text: string) => Module

function readWith(library: Library, bytes: Uint8Array): ReadTree
function readWith(library: Library | null, bytes: Uint8Array): ReadTree | null
function readWith(library: Library | null, bytes: Uint8Array): ReadTree | null {
  const opened = openSource(bytes)
  const parsed = parseWith(library, opened)
  if (parsed === null) return null
  const scanned = scan(bytes)
  const without = (failure: Partial<Pick<ScriptReading, 'failure'>>): ScriptReading => ({
    ...scanned,
    ...failure,
    tier: 'parsed',
    suspicious: false,
  })
  if (opened.failure === null && isOpaque(opened.source)) return { reading: without({}), parsed: null }
  if (isSyntaxFailure(parsed)) return { reading: without({ failure: parsed }), parsed: null }
  try {
    return { reading: readModule(parsed, scanned), parsed }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { reading: without({ failure: tooComplex() }), parsed }
  }
}

type Parsed = ParsedScript | SyntaxFailure

function parseWith(library: Library, opened: Opened): Parsed
function parseWith(library: Library | null, opened: Opened): Parsed | null
function parseWith(library: Library | null, opened: Opened): Parsed | null {
  const { source, failure } = opened
  if (failure !== null) return failure
  if (isOpaque(source)) {
    const span = { start: source.start, end: source.start }
    return { kind: 'SyntaxError', cause: 'encoding', message: 'text in an encoding that only Python decodes', span }
  }
  const strict = checkTokens(source)
  if (strict.failure !== null) return withMarkers(source.text, strict.failure)
  if (strict.module !== null) return { module: strict.module, source, spanOf: spanOfFresh, requires: null }
  if (library === null) return null
  const text = new ParserText(source)
  try {
    const module = library(text.text)
    const spanOf = (node: Placed) => text.spanOf(node)
    const refused = refusedByPython(module)
    if (refused !== null) {
      const { start } = spanOf(refused.node)
      const span = { start, end: lineEnd(source.text, start) }
      return withMarkers(source.text, { kind: 'SyntaxError', cause: 'syntax', message: refused.message, span })
    }
    return { module, source, spanOf, requires: oldestPython(module, source, spanOf, strict.nestedQuotes) }
  } catch (error) {
    if (error instanceof RangeError) return tooComplex()
    return withMarkers(source.text, failureOf(error, text))
  }
}

/** The place of a node that `TreeBuilder` made. */
const spanOfFresh = (node: Placed): Span => {
  const { start = 0, end = start } = node
  return { start, end }
}

/** Text that only Python can decode: no reason to refuse the file, and nothing to give to the parser. */
const isOpaque = (source: Source): boolean => source.encoding.kind === 'opaque' && !source.ascii

function tooComplex(): SyntaxFailure {
  const span = { start: 0, end: 0 }
  return { kind: 'SyntaxError', cause: 'too-complex', message: 'nested too deeply to be parsed', span }
}

/** The parser throws plain errors, some with a place, some with the place in their words. */
function failureOf(error: unknown, text: ParserText): SyntaxFailure {
  const raw = error instanceof Error ? error.message : String(error)
  const placed = error as Placed
  const inWords = /\bline (\d+)(?:,? col(?:umn)? (\d+))?/.exec(raw)
  const line = placed.lineno ?? (inWords === null ? 1 : Number(inWords[1]))
  const column = placed.col_offset ?? (inWords?.[2] === undefined ? null : Number(inWords[2]))
  const message = raw.replace(/\s*\(?(?:at|on) line \d+(?:,? col(?:umn)? \d+)?\)?\.?/, '').replace(/\.$/, '')
  const span = column === null ? text.lineSpan(line) : text.spanOf({ ...placed, lineno: line, col_offset: column })
  return {
    kind: /indent/i.test(raw) ? 'IndentationError' : 'SyntaxError',
    cause: 'syntax',
    message: message === '' ? 'invalid syntax' : message[0]!.toLowerCase() + message.slice(1),
    span,
  }
}

/** The text that the parser gets (no byte order mark, no form feeds), and the way from its lines and columns to the disk. */
class ParserText {
  readonly text: string
  readonly #source: Source
  readonly #starts: readonly number[]
  /** Bytes left out at the start of a line (from 0): what stands before a form feed is no indentation. */
  readonly #left = new Map<number, number>()

  constructor(source: Source) {
    this.#source = source
    this.#starts = lineStarts(source.bytes)
    const decoded = decodeBytes(source, source.start, source.text.length) ?? ''
    this.text = decoded.includes('\f') ? this.#withoutFormFeeds(decoded) : decoded
  }

  #withoutFormFeeds(decoded: string): string {
    const lines = decoded.split(/(?<=\r\n|\n|\r(?!\n))/)
    const kept = lines.map((line, i) => {
      const lead = /^[ \t\f]*\f/.exec(line)?.[0] ?? ''
      if (lead !== '') this.#left.set(i, lead.length)
      return line.slice(lead.length).replaceAll('\f', ' ')
    })
    return kept.join('')
  }

  spanOf(node: Placed): Span {
    const start = this.#offset(node.lineno ?? 1, node.col_offset ?? 0)
    const end = node.end_lineno === undefined ? start : this.#offset(node.end_lineno, node.end_col_offset ?? 0)
    return { start, end: Math.max(start, end) }
  }

  lineSpan(line: number): Span {
    const start = this.#offset(line, 0)
    const next = this.#starts[line] ?? this.#source.text.length
    return { start, end: Math.max(start, start + this.#source.text.slice(start, next).trimEnd().length) }
  }

  #offset(line: number, column: number): number {
    const size = this.#source.text.length
    const first = this.#starts[line - 1]
    if (first === undefined) return size
    const start = (line === 1 ? Math.max(first, this.#source.start) : first) + (this.#left.get(line - 1) ?? 0)
    const kind = this.#source.encoding.kind
    if (kind === 'utf-8' || this.#source.ascii) return Math.min(start + column, size)
    return Math.min(this.#singleByteOffset(start, column), size)
  }

  /** In single-byte encodings each byte is a character; the parser counts it as long as it is in UTF-8. */
  #singleByteOffset(start: number, column: number): number {
    let at = start
    for (let counted = 0; counted < column && at < this.#source.text.length; at++) {
      counted += Buffer.byteLength(decodeBytes(this.#source, at, at + 1) ?? ' ')
    }
    return at
  }
}
