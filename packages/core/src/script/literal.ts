import type { Span } from '../text/span.js'
import type { Literal } from './reading.js'
import { asciiRange, decodeBytes, type Source } from './source.js'
import { type TokenList, token, validNumber } from './tokens.js'

/**
 * Why a piece of source is not read as a literal: `dynamic`, it is an expression (or something only Python decodes);
 * `invalid`, CPython would reject the file.
 */
export interface NoLiteral {
  readonly type: 'dynamic' | 'invalid'
  readonly reason: string
  readonly span: Span
}

export const isLiteral = (value: Literal | NoLiteral): value is Literal =>
  value.type !== 'dynamic' && value.type !== 'invalid'

/** Reads the tokens `from` to `to` (excluded) as the right side of an assignment: one literal, or a bare tuple. */
export function readLiteral(source: Source, tokens: TokenList, from: number, to: number): Literal | NoLiteral {
  const reader = new LiteralReader(source, tokens, to)
  reader.at = from
  return reader.readAll()
}

class LiteralReader {
  at = 0
  readonly #source: Source
  readonly #tokens: TokenList
  readonly #to: number

  constructor(source: Source, tokens: TokenList, to: number) {
    this.#source = source
    this.#tokens = tokens
    this.#to = to
  }

  readAll(): Literal | NoLiteral {
    const first = this.at
    const value = this.#expression()
    if (!isLiteral(value) || this.at === this.#to) return value
    if (this.#kind() !== 0x2c) return this.#dynamic(first, 'an expression')
    const items: Literal[] = [value]
    const failed = this.#items(items, -1)
    if (failed !== null) return failed
    if (this.at !== this.#to) return this.#dynamic(first, 'an expression')
    return { type: 'sequence', form: 'tuple', items, span: this.#spanFrom(first) }
  }

  /** After the first item: `, item` again and again, up to the closing bracket `close` (-1: to the end). */
  #items(items: Literal[], close: number): NoLiteral | null {
    while (this.at < this.#to && this.#kind() === 0x2c) {
      this.at++
      if (this.at === this.#to || this.#kind() === close) break
      const item = this.#expression()
      if (!isLiteral(item)) return item
      items.push(item)
    }
    return null
  }

  #kind(): number {
    return this.at < this.#to ? this.#tokens.kind[this.at]! : -1
  }

  #spanFrom(first: number): Span {
    return { start: this.#tokens.start[first]!, end: this.#tokens.end[Math.max(first, this.at - 1)]! }
  }

  #dynamic(first: number, reason: string): NoLiteral {
    const end = this.#tokens.end[this.#to - 1] ?? 0
    // The list is used again and again: what lies beyond its tokens is of another statement.
    return { type: 'dynamic', reason, span: { start: first < this.#to ? this.#tokens.start[first]! : end, end } }
  }

  #expression(): Literal | NoLiteral {
    const first = this.at
    switch (this.#kind()) {
      case token.string:
        return this.#strings()
      case token.name:
        return this.#constant()
      case token.number:
        this.at++
        return this.#number(first)
      case token.ellipsis:
        this.at++
        return { type: 'number', text: '...', span: this.#spanFrom(first) }
      case 0x2b:
      case 0x2d:
        this.at++
        if (this.#kind() !== token.number) return this.#dynamic(first, 'an expression')
        this.at++
        return this.#number(first)
      case 0x28:
        return this.#parenthesised()
      case 0x5b:
        return this.#list()
      case 0x7b:
        return this.#braces()
      default:
        return this.#dynamic(first, 'an expression')
    }
  }

  #number(first: number): Literal | NoLiteral {
    const span = this.#spanFrom(first)
    const digits = this.#source.text.slice(this.#tokens.start[this.at - 1]!, span.end)
    if (!validNumber.test(digits)) return { type: 'invalid', reason: `invalid number ${digits}`, span }
    const sign = this.#tokens.kind[first] === 0x2d ? '-' : ''
    return { type: 'number', text: sign + digits, span }
  }

  #constant(): Literal | NoLiteral {
    const first = this.at++
    const span = this.#spanFrom(first)
    const length = span.end - span.start
    if (length === 4 && this.#source.text.startsWith('None', span.start)) return { type: 'none', span }
    if (length === 4 && this.#source.text.startsWith('True', span.start)) return { type: 'boolean', value: true, span }
    if (length === 5 && this.#source.text.startsWith('False', span.start))
      return { type: 'boolean', value: false, span }
    return this.#dynamic(first, 'a name or a call')
  }

  #strings(): Literal | NoLiteral {
    const first = this.at
    let value = ''
    let bytes: boolean | null = null
    while (this.#kind() === token.string) {
      const piece = decodeString(this.#source, this.#tokens.start[this.at]!, this.#tokens.end[this.at]!)
      if (piece.type !== 'string' && piece.type !== 'bytes') return piece as NoLiteral
      const isBytes = piece.type === 'bytes'
      if (bytes !== null && bytes !== isBytes) {
        return { type: 'invalid', reason: 'cannot mix bytes and nonbytes literals', span: piece.span }
      }
      value = bytes === null ? piece.value : value + piece.value
      bytes = isBytes
      this.at++
    }
    return { type: bytes === true ? 'bytes' : 'string', value, span: this.#spanFrom(first) }
  }

  #parenthesised(): Literal | NoLiteral {
    const first = this.at++
    if (this.#kind() === 0x29) {
      this.at++
      return { type: 'sequence', form: 'tuple', items: [], span: this.#spanFrom(first) }
    }
    const value = this.#expression()
    if (!isLiteral(value)) return value
    if (this.#kind() === 0x29) {
      this.at++
      return value
    }
    return this.#sequence(first, value, 'tuple', 0x29)
  }

  #list(): Literal | NoLiteral {
    const first = this.at++
    if (this.#kind() === 0x5d) {
      this.at++
      return { type: 'sequence', form: 'list', items: [], span: this.#spanFrom(first) }
    }
    const value = this.#expression()
    return isLiteral(value) ? this.#sequence(first, value, 'list', 0x5d) : value
  }

  #sequence(first: number, item: Literal, form: 'tuple' | 'list' | 'set', close: number): Literal | NoLiteral {
    const items = [item]
    const failed = this.#items(items, close)
    if (failed !== null) return failed
    if (this.#kind() !== close) return this.#dynamic(first, 'an expression')
    this.at++
    if (form !== 'set') return { type: 'sequence', form, items, span: this.#spanFrom(first) }
    return this.#hashed(first, items, form)
  }

  #braces(): Literal | NoLiteral {
    const first = this.at++
    if (this.#kind() === 0x7d) {
      this.at++
      return { type: 'sequence', form: 'dict', items: [], span: this.#spanFrom(first) }
    }
    const value = this.#expression()
    if (!isLiteral(value)) return value
    return this.#kind() === 0x3a ? this.#dict(first, value) : this.#sequence(first, value, 'set', 0x7d)
  }

  #dict(first: number, key: Literal): Literal | NoLiteral {
    const keys = [key]
    while (true) {
      if (this.#kind() !== 0x3a) return this.#dynamic(first, 'an expression')
      this.at++
      const value = this.#expression()
      if (!isLiteral(value)) return value
      if (this.#kind() === 0x2c) this.at++
      else if (this.#kind() !== 0x7d) return this.#dynamic(first, 'an expression')
      if (this.#kind() === 0x7d) break
      const next = this.#expression()
      if (!isLiteral(next)) return next
      keys.push(next)
    }
    this.at++
    return this.#hashed(first, keys, 'dict')
  }

  #hashed(first: number, items: readonly Literal[], form: 'set' | 'dict'): Literal | NoLiteral {
    const unique = uniqueItems(items)
    if (unique === null) return this.#dynamic(first, 'an element that cannot be hashed or compared here')
    return { type: 'sequence', form, items: unique, span: this.#spanFrom(first) }
  }
}

/**
 * What a set or the keys of a dict keep of these items; null where a list, set or dict is among them (a TypeError in
 * Python) or where equality is not certain (numbers and booleans: `1 == True == 1.0`).
 */
export function uniqueItems(items: readonly Literal[]): readonly Literal[] | null {
  const seen = new Set<string>()
  const unique: Literal[] = []
  let loose = 0
  for (const item of items) {
    if (!hashable(item)) return null
    if (item.type !== 'string' && item.type !== 'none' && item.type !== 'bytes') loose++
    const key =
      item.type === 'string' || item.type === 'bytes' ? `${item.type}:${item.value}` : `${item.type}:${unique.length}`
    if (item.type === 'none' ? seen.has('none') : seen.has(key)) continue
    seen.add(item.type === 'none' ? 'none' : key)
    unique.push(item)
  }
  return loose > 1 ? null : unique
}

function hashable(item: Literal): boolean {
  return item.type !== 'sequence' || (item.form === 'tuple' && item.items.every(hashable))
}

/**
 * Decodes one string literal, prefix and quotes included, to the value Python gives it. f-strings are `dynamic`, escapes
 * that Python rejects `invalid`. The value is a fresh string: it does not keep the file alive.
 */
export function decodeString(source: Source, start: number, end: number): Literal | NoLiteral {
  const { text } = source
  const span = { start, end }
  let quote = start
  let raw = false
  let bytes = false
  for (; quote < end; quote++) {
    const code = text.charCodeAt(quote)
    if (code === 0x22 || code === 0x27) break
    const letter = code | 0x20
    if (letter === 0x72) raw = true
    else if (letter === 0x62) bytes = true
    else if (letter === 0x66 || letter === 0x74) return { type: 'dynamic', reason: 'an f-string', span }
  }
  const mark = text.charCodeAt(quote)
  const triple = end - quote >= 6 && text.charCodeAt(quote + 1) === mark && text.charCodeAt(quote + 2) === mark
  const bodyStart = quote + (triple ? 3 : 1)
  const bodyEnd = end - (triple ? 3 : 1)
  if (bytes && !asciiRange(text, bodyStart, bodyEnd)) {
    return { type: 'invalid', reason: 'bytes can only contain ASCII literal characters', span }
  }
  const value = decodeBody(source, bodyStart, bodyEnd, { raw, bytes })
  if (typeof value !== 'string') return { type: value.type, reason: value.reason, span }
  return { type: bytes ? 'bytes' : 'string', value, span }
}

/**
 * What stands between the quotes of a literal, or a piece of it, as Python decodes it; or why it is not known. The value is a
 * fresh string.
 */
export function decodeBody(
  source: Source,
  start: number,
  end: number,
  { raw, bytes }: { readonly raw: boolean; readonly bytes: boolean },
): Unescaped {
  const escaped = !source.plain && !raw && indexWithin(source.text, 0x5c, start, end)
  if (!bytes && !escaped && source.unixLines) return plainString(source, start, end) ?? undecodable
  const body = decodeBytes(source, start, end)
  if (body === null) return undecodable
  const lines = source.unixLines ? body : body.replace(/\r\n?/g, '\n')
  return escaped ? decodeEscapes(lines, bytes) : lines
}

const undecodable: Unescaped = { type: 'dynamic', reason: 'text in an encoding that only Python can decode' }

function plainString(source: Source, start: number, end: number): string | null {
  // V8 copies what is shorter than 13 characters and cuts the rest out of the file's text, which it then keeps alive.
  if (end - start < 13 && (source.ascii || asciiRange(source.text, start, end))) return source.text.slice(start, end)
  return decodeBytes(source, start, end)
}

function indexWithin(text: string, wanted: number, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === wanted) return true
  return false
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const escapeSequence = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|([\s\S]))/g
const textEscapeSequence = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g

type Unescaped = string | { readonly type: 'dynamic' | 'invalid'; readonly reason: string }

/** Decodes the escapes of a literal's body; an unknown escape keeps its backslash, as in Python. */
function decodeEscapes(body: string, bytes: boolean): Unescaped {
  let trouble: Exclude<Unescaped, string> | null = null
  const pattern = bytes ? escapeSequence : textEscapeSequence
  const value = body.replace(
    pattern,
    (whole: string, octal?: string, hex?: string, ...rest: (string | undefined)[]) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & (bytes ? 0xff : 0x1ff))
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      const [short, long, other] = bytes ? [undefined, undefined, rest[0]] : [rest[0], rest[1], rest[2]]
      if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16))
      if (long !== undefined) {
        const point = Number.parseInt(long, 16)
        if (point <= 0x10ffff) return String.fromCodePoint(point)
        trouble ??= { type: 'invalid', reason: '(unicode error) illegal Unicode character' }
        return ''
      }
      if (other === 'x') trouble ??= { type: 'invalid', reason: 'truncated \\xXX escape' }
      else if (!bytes && other === 'u') trouble ??= { type: 'invalid', reason: 'truncated \\uXXXX escape' }
      else if (!bytes && other === 'U') trouble ??= { type: 'invalid', reason: 'truncated \\UXXXXXXXX escape' }
      else if (!bytes && other === 'N') trouble ??= { type: 'dynamic', reason: 'a character named by \\N{…}' }
      return simpleEscapes[other!] ?? whole
    },
  )
  return trouble ?? value
}
