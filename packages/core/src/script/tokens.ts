import { characterClass, digit, identifierPart, identifierStart, space } from './characters.js'
import { literalEnd, stringPrefixes } from './strings.js'

/** Kinds of token; an operator of one character is its own character code, below 128. */
export const token = {
  name: 256,
  number: 257,
  string: 258,
  /** `+=` and its like. */
  augmented: 259,
  walrus: 260,
  ellipsis: 261,
  /** Any other operator of several characters. */
  operator: 262,
} as const

/** Tokens of one statement in flat arrays: `kind[i]` reaches from `start[i]` to `end[i]`. One list is used again and again. */
export class TokenList {
  kind: Uint16Array
  start: Int32Array
  end: Int32Array
  count = 0

  /** @param room how many are expected, at least one; the list grows when there are more. */
  constructor(room = 256) {
    this.kind = new Uint16Array(room)
    this.start = new Int32Array(room)
    this.end = new Int32Array(room)
  }

  push(kind: number, start: number, end: number): void {
    if (this.count === this.kind.length) this.#grow()
    this.kind[this.count] = kind
    this.start[this.count] = start
    this.end[this.count] = end
    this.count++
  }

  #grow(): void {
    const size = this.count * 2
    const wider = <T extends Uint16Array | Int32Array>(fresh: T, old: T): T => {
      fresh.set(old as never)
      return fresh
    }
    this.kind = wider(new Uint16Array(size), this.kind)
    this.start = wider(new Int32Array(size), this.start)
    this.end = wider(new Int32Array(size), this.end)
  }
}

/**
 * Cuts the statement `start` to `end` into tokens; comments, line ends and continuations are left out. The range is already
 * known to hold whole strings and closed brackets. Returns false where a character cannot begin a token.
 */
export function tokenize(text: string, start: number, end: number, into: TokenList): boolean {
  into.count = 0
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    const kind = characterClass[code]!
    if ((kind & space) !== 0 || code === 0x0a || code === 0x0d || code === 0x5c) at++
    else if (code === 0x23) at = commentEnd(text, at)
    else if ((kind & identifierStart) !== 0) at = pushWord(text, at, into)
    else if (code === 0x22 || code === 0x27) at = pushString(text, at, at, into)
    else if ((kind & digit) !== 0 || (code === 0x2e && (characterClass[text.charCodeAt(at + 1)]! & digit) !== 0)) {
      at = pushNumber(text, at, into)
    } else at = pushOperator(text, at, into)
    if (at === -1) return false
  }
  return true
}

/** The index of the line end (or of the end of the file) after a comment. */
export function commentEnd(text: string, from: number): number {
  const size = text.length
  let at = from
  while (at < size) {
    const code = text.charCodeAt(at)
    if (code === 0x0a || code === 0x0d) break
    at++
  }
  return at
}

function pushWord(text: string, from: number, into: TokenList): number {
  let at = from + 1
  while ((characterClass[text.charCodeAt(at)]! & identifierPart) !== 0) at++
  const quote = text.charCodeAt(at)
  if ((quote === 0x22 || quote === 0x27) && at - from <= 2 && stringPrefixes.has(text.slice(from, at).toLowerCase())) {
    return pushString(text, from, at, into)
  }
  into.push(token.name, from, at)
  return at
}

function pushString(text: string, from: number, quote: number, into: TokenList): number {
  const end = literalEnd(text, quote, from)
  if (end !== -1) into.push(token.string, from, end)
  return end
}

const numberAt =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y
/** Words that may follow a number without a blank. */
const afterNumber = /(?:and|else|for|if|in|is|not|or)(?![\w\x80-\xff])/y

/** Pushes a number; letters that cannot follow one belong to it, so that `validNumber` refuses it. */
function pushNumber(text: string, from: number, into: TokenList): number {
  numberAt.lastIndex = from
  numberAt.test(text)
  let at = numberAt.lastIndex
  afterNumber.lastIndex = at
  if (!afterNumber.test(text)) while ((characterClass[text.charCodeAt(at)]! & identifierPart) !== 0) at++
  into.push(token.number, from, at)
  return at
}

function pushOperator(text: string, from: number, into: TokenList): number {
  const code = text.charCodeAt(from)
  const next = text.charCodeAt(from + 1)
  if (code === 0x2e && next === 0x2e && text.charCodeAt(from + 2) === 0x2e) return push(token.ellipsis, from, 3, into)
  if (code === 0x3a && next === 0x3d) return push(token.walrus, from, 2, into)
  if (next === code && (code === 0x2a || code === 0x2f || code === 0x3c || code === 0x3e)) {
    if (text.charCodeAt(from + 2) === 0x3d) return push(token.augmented, from, 3, into)
    return push(token.operator, from, 2, into)
  }
  if (next === 0x3d && '+-*/%@&|^'.includes(text[from]!)) return push(token.augmented, from, 2, into)
  if (next === 0x3d && '=!<>'.includes(text[from]!)) return push(token.operator, from, 2, into)
  if (code === 0x2d && next === 0x3e) return push(token.operator, from, 2, into)
  if (code >= 128 || code === 0x24 || code === 0x3f || code === 0x60 || code === 0x21 || code < 32) return -1
  return push(code, from, 1, into)
}

function push(kind: number, from: number, length: number, into: TokenList): number {
  into.push(kind, from, from + length)
  return from + length
}

/** Numbers that Python's tokenizer accepts (`007` is none). */
export const validNumber =
  /^(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?|\d(?:_?\d)*[eE][+-]?\d(?:_?\d)*[jJ]?|\d(?:_?\d)*[jJ])$/
