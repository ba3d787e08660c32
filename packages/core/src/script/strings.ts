import { isIdentifierPart } from './characters.js'

/** Finding the end of string literals in the Latin-1 view of a file. */

/** Letters before a quote that make a string literal, in lower case. `t` is Python 3.14's template string. */
export const stringPrefixes: ReadonlySet<string> = new Set([
  '',
  'r',
  'u',
  'b',
  'f',
  't',
  'br',
  'rb',
  'fr',
  'rf',
  'tr',
  'rt',
])

/** Where the prefix of the literal ends that begins at `start`. */
export function openingQuote(text: string, start: number): number {
  let quote = start
  while (text.charCodeAt(quote) !== 0x22 && text.charCodeAt(quote) !== 0x27) quote++
  return quote
}

/** Whether the literal whose quote is at `quote` has three of them. `''` has two, and nothing between. */
export function isTriple(text: string, quote: number): boolean {
  const mark = text.charCodeAt(quote)
  return text.charCodeAt(quote + 1) === mark && text.charCodeAt(quote + 2) === mark
}

/** Where the prefix of the literal begins whose quote is at `quote`; `quote` itself where there is none. */
export function prefixStart(text: string, quote: number, floor: number): number {
  let start = quote
  while (start > floor && isIdentifierPart(text.charCodeAt(start - 1))) start--
  return quote - start <= 2 && stringPrefixes.has(text.slice(start, quote).toLowerCase()) ? start : quote
}

/**
 * The end of any string literal, or -1: an f-string as the newest Python reads it, and where that fails as the older ones do.
 * `floor` is the first index at which its prefix can begin.
 */
export function literalEnd(text: string, quote: number, floor: number): number {
  const end = stringEnd(text, quote)
  if (!isFormatted(text, quote, floor)) return end
  const raw = /r/i.test(text.slice(prefixStart(text, quote, floor), quote))
  const formatted = formattedStringEnd(text, quote, raw)
  return formatted === -1 ? end : formatted
}

/** Whether the literal whose quote is at `quote` is an f-string or a t-string. */
export function isFormatted(text: string, quote: number, floor: number): boolean {
  const before = text.charCodeAt(quote - 1) | 0x20
  // Only f, t and r (in fr, rf, …) can be there: every other literal leaves at once.
  if (quote <= floor || (before !== 0x66 && before !== 0x74 && before !== 0x72)) return false
  return /[ft]/i.test(text.slice(prefixStart(text, quote, floor), quote))
}

/**
 * The index after the closing quote of the literal whose opening quote is at `quote`, or -1 where it is never closed.
 * `\` always protects the next character, also in raw strings.
 */
export function stringEnd(text: string, quote: number): number {
  const mark = text.charCodeAt(quote)
  if (text.charCodeAt(quote + 1) === mark) {
    if (text.charCodeAt(quote + 2) !== mark) return quote + 2
    return tripleEnd(text, quote + 3, mark)
  }
  const size = text.length
  for (let i = quote + 1; i < size; i++) {
    const code = text.charCodeAt(i)
    if (code === mark) return i + 1
    if (code === 0x5c) i += text.charCodeAt(i + 1) === 0x0d && text.charCodeAt(i + 2) === 0x0a ? 2 : 1
    else if (code === 0x0a || code === 0x0d) return -1
  }
  return -1
}

function tripleEnd(text: string, from: number, mark: number): number {
  const size = text.length
  for (let i = from; i < size; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x5c) i++
    else if (code === mark && text.charCodeAt(i + 1) === mark && text.charCodeAt(i + 2) === mark) return i + 3
  }
  return -1
}

/**
 * The end of an f-string as Python 3.12 and later see it (PEP 701): inside a replacement field every token is allowed, also
 * the quote of the string itself. Until 3.11 it ends where `stringEnd` says. -1 where it is never closed.
 */
export function formattedStringEnd(text: string, quote: number, raw: boolean): number {
  const mark = text[quote]!
  const triple = text.startsWith(mark.repeat(3), quote)
  const close = triple ? mark.repeat(3) : mark
  if (!triple && text[quote + 1] === mark) return quote + 2
  const end = literalPart(text, quote + close.length, { close, triple, raw, depth: 0 }, false)
  return end === -1 ? -1 : end + close.length
}

/** The first `}` of an f-string that closes nothing and is not one of two; -1 without one. `quote` to `end`: with its quotes. */
export function strayBrace(text: string, quote: number, end: number, raw: boolean): number {
  const mark = text[quote]!
  const triple = end - quote >= 6 && text.startsWith(mark.repeat(3), quote)
  const kind = { close: triple ? mark.repeat(3) : mark, triple, raw, depth: 0 }
  const stop = end - kind.close.length
  for (let i = quote + kind.close.length; i < stop; i++) {
    const character = text[i]!
    if (character === '\\') {
      if (!raw && text.startsWith('N{', i + 1)) i = text.indexOf('}', i)
      else if (text[i + 1] !== '{' && text[i + 1] !== '}') i++
    } else if (character === '{' && text[i + 1] === '{') i++
    else if (character === '{') i = fieldEnd(text, i + 1, kind)
    else if (character === '}' && text[i + 1] === '}') i++
    else if (character === '}') return i
    // A field that is never closed is told of elsewhere.
    if (i === -1) return -1
  }
  return -1
}

interface Formatted {
  readonly close: string
  readonly triple: boolean
  readonly raw: boolean
  readonly depth: number
}

/** From inside the text of an f-string to its closing quote, or, in a format spec, to the `}` that ends the field. */
function literalPart(text: string, from: number, kind: Formatted, inSpec: boolean): number {
  for (let i = from; i < text.length; i++) {
    const character = text[i]!
    if (text.startsWith(kind.close, i)) return inSpec ? -1 : i
    if (!kind.triple && (character === '\n' || character === '\r')) return -1
    if (character === '\\') {
      if (!kind.raw && text.startsWith('N{', i + 1)) {
        const end = text.indexOf('}', i)
        if (end === -1) return -1
        i = end
      } else if (text[i + 1] !== '{' && text[i + 1] !== '}') i++
    } else if (character === '{') {
      if (text[i + 1] === '{' && !inSpec) i++
      else {
        i = fieldEnd(text, i + 1, kind)
        if (i === -1) return -1
      }
    } else if (character === '}' && inSpec) return i
  }
  return -1
}

/** From inside a replacement field to its `}`. */
function fieldEnd(text: string, from: number, kind: Formatted): number {
  if (kind.depth > 100) return -1
  let brackets = 0
  for (let i = from; i < text.length; i++) {
    const character = text[i]!
    switch (character) {
      case '"':
      case "'": {
        const start = prefixStart(text, i, from)
        const prefix = text.slice(start, i).toLowerCase()
        const end = /[ft]/.test(prefix) ? formattedInside(text, i, prefix.includes('r'), kind) : stringEnd(text, i)
        if (end === -1) return -1
        i = end - 1
        break
      }
      case '(':
      case '[':
      case '{':
        brackets++
        break
      case ')':
      case ']':
        if (--brackets < 0) return -1
        break
      case '}':
        if (brackets === 0) return i
        brackets--
        break
      case ':':
        if (brackets === 0) return literalPart(text, i + 1, { ...kind, depth: kind.depth + 1 }, true)
        break
      case '!':
        break
      case '#': {
        while (i + 1 < text.length && text[i + 1] !== '\n' && text[i + 1] !== '\r') i++
        break
      }
    }
  }
  return -1
}

function formattedInside(text: string, quote: number, raw: boolean, outer: Formatted): number {
  const mark = text[quote]!
  const triple = text.startsWith(mark.repeat(3), quote)
  const close = triple ? mark.repeat(3) : mark
  if (!triple && text[quote + 1] === mark) return quote + 2
  const end = literalPart(text, quote + close.length, { close, triple, raw, depth: outer.depth + 1 }, false)
  return end === -1 ? -1 : end + close.length
}
