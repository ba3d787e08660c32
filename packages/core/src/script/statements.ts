import type { Bindings } from './bindings.js'
import { isLiteral, type NoLiteral, readLiteral } from './literal.js'
import { identifierIndex, identifiers } from './names.js'
import type { Literal } from './reading.js'
import type { Source } from './source.js'
import { TokenList, token, tokenize } from './tokens.js'

const tokens = new TokenList()

/** First words of simple statements that bind nothing by `=`. */
const noAssignment = /^(?:assert|raise|return|yield|await|not|lambda|global|nonlocal|pass|break|continue)$/
/** Calls that can bind a module-level name given as text. */
const bindsByText = /^(?:exec|eval|globals|locals|vars|setattr)$/

/**
 * Applies the effects of one simple statement (`start` to `end`, without its `;` or line end) on the names that Alembic
 * reads. Returns true where something about it is odd enough to ask the full parser.
 */
export function applySimple(source: Source, start: number, end: number, bindings: Bindings): boolean {
  const { text } = source
  if (!tokenize(text, start, end, tokens) || tokens.count === 0) {
    bindings.bindAllDynamic({ start, end }, 'a statement that this reader does not understand')
    return true
  }
  const span = { start, end: tokens.end[tokens.count - 1]! }
  const first = word(text, 0)
  if (first === 'import') return applyImport(text, 1, bindings)
  if (first === 'from') return applyFrom(text, bindings)
  if (first === 'del') {
    eachName(text, 0, tokens.count, (index) => bindings.bindDynamic(index, span, 'deleted'))
    return true
  }
  if (noAssignment.test(first)) {
    mentionAll(text, 0, tokens.count, bindings)
    applyWalrus(text, bindings)
    return false
  }
  if (bindsByText.test(first)) {
    for (let index = 0; index < identifiers.length; index++) {
      if (text.slice(span.start, span.end).includes(identifiers[index]!)) {
        bindings.pin(index, span, 'set by text that only Python executes')
      }
    }
    return true
  }
  return applyAssignment(source, bindings)
}

function applyAssignment(source: Source, bindings: Bindings): boolean {
  const { text } = source
  const { count, kind } = tokens
  const span = { start: tokens.start[0]!, end: tokens.end[count - 1]! }
  const shape = statementShape(text)
  if (shape.odd) {
    eachName(text, 0, count, (index) => bindings.bindDynamic(index, span, 'an expression'))
    return true
  }
  const { equals } = shape
  if (shape.augmented !== -1) {
    bindTarget(text, 0, shape.augmented, { type: 'dynamic', reason: 'changed in place', span }, bindings)
    mentionAll(text, shape.augmented, count, bindings)
  } else if (shape.colon !== -1) {
    if (equals.length > 1) return true
    if (equals.length === 1) {
      const value = readLiteral(source, tokens, equals[0]! + 1, count)
      bindTarget(text, 0, shape.colon, value, bindings)
    }
    mentionAll(text, shape.colon, count, bindings)
  } else if (equals.length > 0) {
    const last = equals[equals.length - 1]!
    const read = readLiteral(source, tokens, last + 1, count)
    const shared = equals.length > 1 && isLiteral(read) && read.type === 'sequence' && read.form !== 'tuple'
    const value: Literal | NoLiteral = shared
      ? { type: 'dynamic', reason: 'a list, set or dict under several names', span: read.span }
      : read
    mentionAll(text, last, count, bindings)
    let from = 0
    for (const equal of equals) {
      bindTarget(text, from, equal, value, bindings)
      from = equal + 1
    }
    applyWalrus(text, bindings)
    return value.type === 'invalid'
  } else {
    mentionAll(text, 0, count, bindings)
    applyWalrus(text, bindings)
    return (
      count > 1 &&
      kind[0] === token.name &&
      kind[1]! >= token.name &&
      kind[1]! <= token.string &&
      !isOperatorWord(text, 1)
    )
  }
  applyWalrus(text, bindings)
  return false
}

interface Shape {
  readonly equals: readonly number[]
  readonly colon: number
  readonly augmented: number
  /** A lambda beside `=` or `:`, or two words side by side: left to the parser. */
  readonly odd: boolean
}

/** Where `=`, `:` and `+=` stand outside brackets. */
function statementShape(text: string): Shape {
  const equals: number[] = []
  let colon = -1
  let augmented = -1
  let depth = 0
  let lambda = false
  for (let i = 0; i < tokens.count; i++) {
    const kind = tokens.kind[i]!
    if (kind === 0x28 || kind === 0x5b || kind === 0x7b) depth++
    else if (kind === 0x29 || kind === 0x5d || kind === 0x7d) depth--
    else if (depth > 0) continue
    else if (kind === 0x3d) equals.push(i)
    else if (kind === 0x3a && colon === -1 && equals.length === 0) colon = i
    else if (kind === token.augmented) augmented = i
    else if (
      kind === token.name &&
      tokens.end[i]! - tokens.start[i]! === 6 &&
      text.startsWith('lambda', tokens.start[i]!)
    ) {
      lambda = true
    }
  }
  const twoWords =
    tokens.count > 1 && tokens.kind[0] === token.name && tokens.kind[1] === token.name && equals.length > 0 && !lambda
  const odd = (lambda && (equals.length > 1 || colon !== -1)) || (twoWords && !isOperatorWord(text, 1))
  return { equals, colon, augmented, odd }
}

const operatorWords = new Set(['if', 'else', 'and', 'or', 'in', 'is', 'not', 'for', 'async'])

const isOperatorWord = (text: string, at: number): boolean => operatorWords.has(word(text, at))

function word(text: string, at: number): string {
  return tokens.kind[at] === token.name ? text.slice(tokens.start[at]!, tokens.end[at]!) : ''
}

/** Binds the target in the tokens `from` to `to`: a name, or names side by side that take a sequence apart. */
function bindTarget(text: string, from: number, to: number, value: Literal | NoLiteral, bindings: Bindings): void {
  const { kind } = tokens
  if (to - from === 1 && kind[from] === token.name) {
    bindings.bindName(text, tokens.start[from]!, tokens.end[from]!, value)
    return
  }
  if (from >= to) return
  const starred = kind[from] === 0x2a
  if (starred) {
    bindTarget(text, from + 1, to, unknownPart(from, to), bindings)
    return
  }
  const wrapped = (kind[from] === 0x28 || kind[from] === 0x5b) && closing(from) === to - 1
  const parts = wrapped ? split(from + 1, to - 1) : split(from, to)
  const single = parts.length === 1 && !(parts[0]!.comma || (wrapped && kind[from] === 0x5b))
  if (single) {
    if (wrapped) bindTarget(text, from + 1, to - 1, value, bindings)
    else mentionAll(text, from, to, bindings)
    return
  }
  const items =
    isLiteral(value) && value.type === 'sequence' && value.form !== 'set' && value.form !== 'dict' ? value.items : null
  const fits = items !== null && items.length === parts.length && parts.every((part) => kind[part.from] !== 0x2a)
  for (const [i, part] of parts.entries()) {
    bindTarget(text, part.from, part.to, fits ? items[i]! : unknownPart(part.from, part.to), bindings)
  }
}

function unknownPart(from: number, to: number): NoLiteral {
  const span = { start: tokens.start[from]!, end: tokens.end[Math.max(from, to - 1)]! }
  return { type: 'dynamic', reason: 'taken out of an expression', span }
}

interface Part {
  readonly from: number
  readonly to: number
  readonly comma: boolean
}

/** The parts between commas outside brackets; `comma` is true where one follows. */
function split(from: number, to: number): Part[] {
  const parts: Part[] = []
  let start = from
  for (let i = from; i < to; i++) {
    const kind = tokens.kind[i]!
    if (kind === 0x28 || kind === 0x5b || kind === 0x7b) i = closing(i)
    else if (kind === 0x2c) {
      parts.push({ from: start, to: i, comma: true })
      start = i + 1
    }
  }
  if (start < to) parts.push({ from: start, to, comma: false })
  return parts
}

/** The token that closes the bracket at `open`. */
function closing(open: number): number {
  let depth = 0
  for (let i = open; i < tokens.count; i++) {
    const kind = tokens.kind[i]!
    if (kind === 0x28 || kind === 0x5b || kind === 0x7b) depth++
    else if ((kind === 0x29 || kind === 0x5d || kind === 0x7d) && --depth === 0) return i
  }
  return tokens.count
}

/** Calls `visit` for each of the four names that is used as a name (not as an attribute) in the tokens `from` to `to`. */
function eachName(text: string, from: number, to: number, visit: (index: number, at: number) => void): void {
  for (let i = from; i < to; i++) {
    if (tokens.kind[i] !== token.name || (i > 0 && tokens.kind[i - 1] === 0x2e)) continue
    const index = identifierIndex(text, tokens.start[i]!, tokens.end[i]!)
    if (index !== -1) visit(index, i)
  }
}

function mentionAll(text: string, from: number, to: number, bindings: Bindings): void {
  eachName(text, from, to, (index, at) => bindings.mention(index, { start: tokens.start[at]!, end: tokens.end[at]! }))
}

/** `(name := …)` binds wherever it stands, also in an f-string. */
function applyWalrus(text: string, bindings: Bindings): void {
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] === token.walrus && i > 0) {
      const span = { start: tokens.start[i - 1]!, end: tokens.end[i]! }
      const index = identifierIndex(text, span.start, tokens.end[i - 1]!)
      if (index !== -1) bindings.bindDynamic(index, span, 'assigned inside an expression')
    } else if (tokens.kind[i] === token.string) walrusInString(text, tokens.start[i]!, tokens.end[i]!, bindings)
  }
}

function walrusInString(text: string, start: number, end: number, bindings: Bindings): void {
  if (!/^(?:r?[ft]|[ft]r)['"]/i.test(text.slice(start, start + 3))) return
  const body = text.slice(start, end)
  if (!body.includes(':=')) return
  for (let index = 0; index < identifiers.length; index++) {
    if (body.includes(identifiers[index]!)) bindings.bindDynamic(index, { start, end }, 'assigned inside an f-string')
  }
}

function applyImport(text: string, from: number, bindings: Bindings): boolean {
  for (const part of split(from, tokens.count)) bindImported(text, part, bindings)
  return false
}

/** `a.b.c` binds `a`, `a.b as c` binds `c`. */
function bindImported(text: string, part: Part, bindings: Bindings): void {
  const alias = part.to - part.from > 2 && word(text, part.to - 2) === 'as'
  const at = alias ? part.to - 1 : part.from
  if (at >= part.to || tokens.kind[at] !== token.name) return
  const index = identifierIndex(text, tokens.start[at]!, tokens.end[at]!)
  const span = { start: tokens.start[part.from]!, end: tokens.end[part.to - 1]! }
  if (index !== -1) bindings.bindDynamic(index, span, 'imported')
}

function applyFrom(text: string, bindings: Bindings): boolean {
  let at = 1
  while (at < tokens.count && word(text, at) !== 'import') at++
  const span = { start: tokens.start[0]!, end: tokens.end[tokens.count - 1]! }
  if (tokens.kind[at + 1] === 0x2a) {
    if (word(text, 1) === 'sqlalchemy') return false
    bindings.bindAllDynamic(span, 'may come from a star import')
    return true
  }
  const wrapped = tokens.kind[at + 1] === 0x28
  const to = wrapped ? Math.min(closing(at + 1), tokens.count) : tokens.count
  for (const part of split(wrapped ? at + 2 : at + 1, to)) bindImported(text, part, bindings)
  return false
}

/**
 * A line of a compound statement that is no function or class (`if`, `try`, `for`, `with`, …): whatever names it uses may be
 * bound there.
 */
export function applyBlockLine(source: Source, start: number, end: number, bindings: Bindings): void {
  const { text } = source
  const span = { start, end }
  if (!tokenize(text, start, end, tokens)) {
    bindings.bindAllDynamic(span, 'inside a compound statement')
    return
  }
  const pinned = hasWord(text, 'global')
  eachName(text, 0, tokens.count, (index) => {
    if (pinned) bindings.pin(index, span, 'set by a function')
    else bindings.bindDynamic(index, span, 'inside a compound statement')
  })
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] === token.string) walrusInString(text, tokens.start[i]!, tokens.end[i]!, bindings)
    const star = tokens.kind[i] === 0x2a && i > 0 && word(text, i - 1) === 'import'
    if (star) bindings.bindAllDynamic(span, 'may come from a star import')
  }
}

/** A line of a function, a class or a decorator: binds a module-level name only by `global` or in what its head evaluates. */
export function applyFunctionLine(source: Source, start: number, end: number, head: boolean, bindings: Bindings): void {
  const { text } = source
  const span = { start, end }
  if (!tokenize(text, start, end, tokens)) {
    bindings.pinAll(span, 'inside a function that this reader does not understand')
    return
  }
  if (hasWord(text, 'global'))
    eachName(text, 0, tokens.count, (index) => bindings.pin(index, span, 'set by a function'))
  if (!head) return
  applyWalrus(text, bindings)
  mentionAll(text, 0, tokens.count, bindings)
  const name = word(text, 0) === 'async' ? 2 : 1
  const defines = word(text, name - 1) === 'def' || word(text, name - 1) === 'class'
  if (!defines || tokens.kind[name] !== token.name) return
  const index = identifierIndex(text, tokens.start[name]!, tokens.end[name]!)
  if (index !== -1) bindings.bindDynamic(index, span, 'a function or a class')
}

function hasWord(text: string, wanted: string): boolean {
  for (let i = 0; i < tokens.count; i++) if (word(text, i) === wanted) return true
  return false
}

/** The literal that is the whole statement, as a docstring must be; null where it is anything else. */
export function statementLiteral(source: Source, start: number, end: number): Literal | null {
  if (!tokenize(source.text, start, end, tokens) || tokens.count === 0) return null
  const value = readLiteral(source, tokens, 0, tokens.count)
  return isLiteral(value) ? value : null
}

/** A literal cut out of the file by its span: what the parser found there, with values as this reader decodes them. */
export function literalAt(source: Source, start: number, end: number): Literal | NoLiteral {
  if (!tokenize(source.text, start, end, tokens) || tokens.count === 0) {
    return { type: 'dynamic', reason: 'an expression', span: { start, end } }
  }
  return readLiteral(source, tokens, 0, tokens.count)
}
