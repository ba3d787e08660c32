import type { ExprNode } from 'py-ast'
import { decodeBody } from '../literal.js'
import { isTriple, openingQuote, stringEnd } from '../strings.js'
import { TokenList, token, tokenize, validNumber } from '../tokens.js'
import { type Cursor, lineEnd } from './cursor.js'
import { asExpression } from './node.js'
import { notRead, sign } from './words.js'

/** The prefix and the quotes that the literal here begins with. */
export function openingOf({ source: { text }, start }: Cursor): string {
  const quote = openingQuote(text, start)
  return text.slice(start, quote + (isTriple(text, quote) ? 3 : 1))
}

/**
 * Literals side by side, at least one of them an f-string, as one. Format specs, `=`, and escapes of braces or by the name of
 * a character are left to the library.
 */
export function parseFormatted(cursor: Cursor): ExprNode {
  const { start } = cursor
  const pieces = new Pieces(cursor)
  let style = ''
  for (; cursor.kind === token.string; cursor.at++) {
    const opening = openingOf(cursor)
    if (/[bt]/i.test(opening)) throw notRead
    const quotes = opening.replace(/^\w+/, '').length
    const [from, to, raw] = [cursor.start + opening.length, cursor.tokenEnd - quotes, /r/i.test(opening)]
    if (/f/i.test(opening)) {
      style ||= opening
      pieces.addFormatted(from, to, raw)
    } else pieces.addText(from, to, raw)
  }
  return asExpression({ nodeType: 'JoinedStr', values: pieces.nodes, quote_style: style, start, end: cursor.end })
}

/** The parts of an f-string: texts, and the values between them. */
class Pieces {
  readonly nodes: ExprNode[] = []
  readonly #cursor: Cursor

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** The inside of an f-string. */
  addFormatted(from: number, to: number, raw: boolean): void {
    const { text } = this.#cursor.source
    let plain = from
    let at = from
    while (at < to) {
      const code = text.charCodeAt(at)
      const brace = code === sign.openCurly || code === sign.closeCurly
      if (brace && text.charCodeAt(at + 1) === code && at + 1 < to) {
        // Two stand for one: the text goes up to the first, and on after the second.
        this.addText(plain, at + 1, raw)
        at += 2
        plain = at
      } else if (code === sign.openCurly) {
        this.addText(plain, at, raw)
        at = this.#addValue(at, to)
        plain = at
      } else if (brace || (code === 0x5c && /[{}N]/.test(text[at + 1]!))) throw notRead
      else at += code === 0x5c ? 2 : 1
    }
    this.addText(plain, to, raw)
  }

  /** Text that is what it says. What follows other text belongs to it. */
  addText(start: number, end: number, raw: boolean): void {
    if (start === end) return
    const value = decodeBody(this.#cursor.source, start, end, { raw, bytes: false })
    if (typeof value !== 'string') throw notRead
    const last = this.nodes.at(-1)
    if (last?.nodeType === 'Constant') {
      last.value += value
      Object.assign(last, { end })
    } else this.nodes.push(asExpression({ nodeType: 'Constant', value, start, end }))
  }

  /** A replacement field, from its brace; returns where it ends. */
  #addValue(start: number, limit: number): number {
    const { source } = this.#cursor
    const stop = expressionEnd(source.text, start + 1, limit)
    // A name or a call, nearly always, and one list for each value.
    const tokens = new TokenList(8)
    if (!tokenize(source.text, start + 1, stop, tokens)) throw notRead
    for (let i = 0; i < tokens.count; i++) {
      const [from, to] = [tokens.start[i]!, tokens.end[i]!]
      if (tokens.kind[i] === token.number && !validNumber.test(source.text.slice(from, to))) throw notRead
    }
    const inside = this.#cursor.over(tokens)
    inside.begin()
    const value = inside.expressions()
    inside.expect(lineEnd)
    const conversion = source.text[stop] === '!' ? source.text.charCodeAt(stop + 1) : -1
    if (conversion !== -1 && !/[sra]/.test(String.fromCharCode(conversion))) throw notRead
    const close = conversion === -1 ? stop : stop + 2
    if (source.text.charCodeAt(close) !== sign.closeCurly) throw notRead
    const end = close + 1
    this.nodes.push(asExpression({ nodeType: 'FormattedValue', value, conversion, format_spec: undefined, start, end }))
    return end
  }
}

/** Where the expression of a replacement field ends: at its `}`, or at the `!` of a conversion. */
function expressionEnd(text: string, from: number, limit: number): number {
  let depth = 0
  for (let at = from; at < limit; at++) {
    switch (text[at]) {
      case '"':
      case "'": {
        const end = stringEnd(text, at)
        // Until Python 3.12 there is no backslash in a field, nor in a text in it.
        if (end === -1 || end > limit || text.slice(at, end).includes('\\')) throw notRead
        at = end - 1
        break
      }
      case '(':
      case '[':
      case '{':
        depth++
        break
      case ')':
      case ']':
        depth--
        break
      case '}':
        if (depth === 0) return at
        depth--
        break
      case '!':
        if (text[at + 1] === '=') at++
        else if (depth === 0) return at
        break
      case '=':
        // `==` and its like compare; one alone, outside of brackets, asks for the expression itself to be printed.
        if (depth === 0 && text[at + 1] !== '=' && !/[=<>!]/.test(text[at - 1]!)) throw notRead
        break
      case ':':
        if (depth === 0) throw notRead
        break
      case '#':
      case '\\':
        throw notRead
    }
  }
  throw notRead
}
