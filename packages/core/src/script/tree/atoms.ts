import type { ExprNode } from 'py-ast'
import { decodeString } from '../literal.js'
import { token } from '../tokens.js'
import type { Cursor } from './cursor.js'
import { parseBraces, parseGroup, parseList } from './displays.js'
import { openingOf, parseFormatted } from './formatted-strings.js'
import { asExpression, load } from './node.js'
import { keyword, notRead, sign } from './words.js'

/** `atom`: a name, a literal, or something in brackets; undefined, and nothing read, where none begins here. */
export function parseAtom(cursor: Cursor): ExprNode | undefined {
  const { start } = cursor
  switch (cursor.kind) {
    case token.name:
      return asExpression({ nodeType: 'Name', id: cursor.name(), ctx: load, start, end: cursor.end })
    case token.string:
      return parseStrings(cursor)
    case token.number:
      return constant(cursor, numberValue(cursor.text()))
    case keyword.None:
      return constant(cursor, null)
    case keyword.True:
      return constant(cursor, true)
    case keyword.False:
      return constant(cursor, false)
    case token.ellipsis:
      return constant(cursor, '...')
    case sign.openRound:
      return parseGroup(cursor)
    case sign.openSquare:
      return parseList(cursor)
    case sign.openCurly:
      return parseBraces(cursor)
    default:
      return undefined
  }
}

function constant(cursor: Cursor, value: unknown): ExprNode {
  const { start } = cursor
  cursor.at++
  return asExpression({ nodeType: 'Constant', value, start, end: cursor.end })
}

/** As the library gives it: whole numbers that a double cannot hold are a `bigint`. */
function numberValue(text: string): number | bigint {
  const digits = text.replaceAll('_', '')
  const value = Number(digits)
  if (Number.isSafeInteger(value)) return value
  if (/^(?:\d+|0[xob][\da-f]+)$/i.test(digits)) return BigInt(digits)
  // Imaginary ones, and those beyond what a double can hold, have a form of their own.
  if (!Number.isFinite(value)) throw notRead
  return value
}

/** One literal, or several side by side, which are one. */
function parseStrings(cursor: Cursor): ExprNode {
  const { start, source, at: first } = cursor
  const style = openingOf(cursor)
  let value = ''
  let type: string | null = null
  for (; cursor.kind === token.string; cursor.at++) {
    const piece = decodeString(source, cursor.start, cursor.tokenEnd)
    if (piece.type === 'dynamic') {
      cursor.at = first
      return parseFormatted(cursor)
    }
    if (piece.type !== 'string' && piece.type !== 'bytes') throw notRead
    if (type !== null && piece.type !== type) throw notRead
    value = type === null ? piece.value : value + piece.value
    type = piece.type
  }
  const kind = /^u/i.test(style) ? 'u' : undefined
  return asExpression({ nodeType: 'Constant', value, kind, quote_style: style, start, end: cursor.end })
}
