import type { ExprNode, Keyword } from 'py-ast'
import { token } from '../tokens.js'
import type { Cursor } from './cursor.js'
import { parseClauses } from './displays.js'
import { asExpression, load } from './node.js'
import { keyword, notRead, sign } from './words.js'

/** What follows an atom: attributes, calls, subscripts. `start`: where the atom begins, its brackets included. */
export function parseTrailers(cursor: Cursor, atom: ExprNode, start: number): ExprNode {
  let value = atom
  while (true) {
    switch (cursor.kind) {
      case sign.dot:
        cursor.at++
        value = asExpression({
          nodeType: 'Attribute',
          value,
          attr: cursor.name(),
          ctx: load,
          start,
          end: cursor.end,
        })
        break
      case sign.openRound:
        value = parseCall(cursor, value, start)
        break
      case sign.openSquare: {
        cursor.at++
        const slice = parseSlices(cursor)
        cursor.expect(sign.closeSquare)
        value = asExpression({ nodeType: 'Subscript', value, slice, ctx: load, start, end: cursor.end })
        break
      }
      default:
        return value
    }
  }
}

function parseCall(cursor: Cursor, func: ExprNode, start: number): ExprNode {
  const args: ExprNode[] = []
  const keywords: Keyword[] = []
  parseArguments(cursor, args, keywords)
  return asExpression({ nodeType: 'Call', func, args, keywords, start, end: cursor.end })
}

/** The arguments of a call or a class, with their brackets, into the two lists. */
export function parseArguments(cursor: Cursor, args: ExprNode[], keywords: Keyword[]): void {
  const bracket = cursor.start
  cursor.expect(sign.openRound)
  let unpacked = false
  while (!cursor.accept(sign.closeRound)) {
    const { start, kind } = cursor
    if (kind === token.name && cursor.next === sign.equals) {
      const arg = cursor.name()
      cursor.at++
      const value = cursor.expression()
      keywords.push({ nodeType: 'Keyword', arg, value, start, end: cursor.end } as unknown as Keyword)
    } else if (cursor.isOperator('**')) {
      cursor.at++
      const value = cursor.expression()
      keywords.push({ nodeType: 'Keyword', arg: undefined, value, start, end: cursor.end } as unknown as Keyword)
      unpacked = true
    } else if (kind === sign.star) {
      if (unpacked) throw notRead
      cursor.at++
      const value = cursor.expression()
      args.push(asExpression({ nodeType: 'Starred', value, ctx: load, start, end: cursor.end }))
    } else {
      if (keywords.length > 0) throw notRead
      const value = cursor.namedExpression()
      if (cursor.kind === keyword.for) {
        // Only a lone argument may be a generator without brackets of its own; it then has those of the call.
        if (args.length > 0) throw notRead
        const generators = parseClauses(cursor)
        cursor.expect(sign.closeRound)
        args.push(asExpression({ nodeType: 'GeneratorExp', elt: value, generators, start: bracket, end: cursor.end }))
        return
      }
      args.push(value)
    }
    if (cursor.kind !== sign.closeRound) cursor.expect(sign.comma)
  }
}

/** `slices`: what stands between the brackets of a subscript. */
function parseSlices(cursor: Cursor): ExprNode {
  const { start } = cursor
  const first = parseSlice(cursor)
  if (cursor.kind !== sign.comma) return first
  const elts = [first]
  while (cursor.accept(sign.comma) && cursor.kind !== sign.closeSquare) elts.push(parseSlice(cursor))
  return asExpression({ nodeType: 'Tuple', elts, ctx: load, start, end: cursor.end })
}

function parseSlice(cursor: Cursor): ExprNode {
  const { start } = cursor
  const part = () =>
    cursor.kind === sign.colon || cursor.kind === sign.comma || cursor.kind === sign.closeSquare
      ? undefined
      : cursor.expression()
  if (cursor.kind !== sign.colon) {
    const value = cursor.namedExpression()
    if (cursor.kind !== sign.colon) return value
    if (value.nodeType === 'NamedExpr') throw notRead
    return parseBounds(value)
  }
  return parseBounds(undefined)

  function parseBounds(lower: ExprNode | undefined): ExprNode {
    cursor.expect(sign.colon)
    const upper = part()
    const step = cursor.accept(sign.colon) ? part() : undefined
    return asExpression({ nodeType: 'Slice', lower, upper, step, start, end: cursor.end })
  }
}
