import type { Comprehension, ExprNode } from 'py-ast'
import type { Cursor } from './cursor.js'
import { asExpression, load } from './node.js'
import { parseTargets } from './targets.js'
import { keyword, notRead, sign } from './words.js'

/** `( … )`: a tuple, a generator, a `yield`, or one expression, which keeps its own place. */
export function parseGroup(cursor: Cursor): ExprNode {
  const { start } = cursor
  cursor.expect(sign.openRound)
  if (cursor.accept(sign.closeRound))
    return asExpression({ nodeType: 'Tuple', elts: [], ctx: load, start, end: cursor.end })
  if (cursor.kind === keyword.yield) {
    const value = cursor.yield()
    cursor.expect(sign.closeRound)
    return value
  }
  const first = cursor.element()
  if (isComprehension(cursor)) {
    if (first.nodeType === 'Starred') throw notRead
    const generators = parseClauses(cursor)
    cursor.expect(sign.closeRound)
    return asExpression({ nodeType: 'GeneratorExp', elt: first, generators, start, end: cursor.end })
  }
  if (cursor.accept(sign.closeRound)) {
    if (first.nodeType === 'Starred') throw notRead
    return first
  }
  const elts = parseRest(cursor, first, sign.closeRound)
  return asExpression({ nodeType: 'Tuple', elts, ctx: load, start, end: cursor.end })
}

/** `[ … ]` */
export function parseList(cursor: Cursor): ExprNode {
  const { start } = cursor
  cursor.expect(sign.openSquare)
  if (cursor.accept(sign.closeSquare))
    return asExpression({ nodeType: 'List', elts: [], ctx: load, start, end: cursor.end })
  const first = cursor.element()
  if (isComprehension(cursor)) {
    if (first.nodeType === 'Starred') throw notRead
    const generators = parseClauses(cursor)
    cursor.expect(sign.closeSquare)
    return asExpression({ nodeType: 'ListComp', elt: first, generators, start, end: cursor.end })
  }
  const elts = parseRest(cursor, first, sign.closeSquare)
  return asExpression({ nodeType: 'List', elts, ctx: load, start, end: cursor.end })
}

/** `{ … }` */
export function parseBraces(cursor: Cursor): ExprNode {
  const { start } = cursor
  cursor.expect(sign.openCurly)
  if (cursor.kind === sign.closeCurly || cursor.isOperator('**')) return parseDict(cursor, null, start)
  const first = cursor.element()
  if (cursor.kind === sign.colon) return parseDict(cursor, first, start)
  if (isComprehension(cursor)) {
    if (first.nodeType === 'Starred') throw notRead
    const generators = parseClauses(cursor)
    cursor.expect(sign.closeCurly)
    return asExpression({ nodeType: 'SetComp', elt: first, generators, start, end: cursor.end })
  }
  const elts = parseRest(cursor, first, sign.closeCurly)
  return asExpression({ nodeType: 'Set', elts, start, end: cursor.end })
}

/** After the first element: `, element` again and again, and the closing bracket. */
function parseRest(cursor: Cursor, first: ExprNode, close: number): ExprNode[] {
  const elts = [first]
  while (!cursor.accept(close)) {
    cursor.expect(sign.comma)
    if (cursor.kind !== close) elts.push(cursor.element())
  }
  return elts
}

/** A dict whose first key, if it has one without `**`, has been read. */
function parseDict(cursor: Cursor, first: ExprNode | null, start: number): ExprNode {
  const keys: (ExprNode | null)[] = []
  const values: ExprNode[] = []
  let key = first
  while (key !== null || !cursor.accept(sign.closeCurly)) {
    if (key === null && cursor.isOperator('**')) {
      cursor.at++
      keys.push(null)
      values.push(cursor.operation())
    } else {
      key ??= cursor.expression()
      if (key.nodeType === 'Starred' || (key.nodeType === 'NamedExpr' && key === first)) throw notRead
      cursor.expect(sign.colon)
      const value = cursor.expression()
      if (key === first && isComprehension(cursor)) {
        const generators = parseClauses(cursor)
        cursor.expect(sign.closeCurly)
        return asExpression({ nodeType: 'DictComp', key, value, generators, start, end: cursor.end })
      }
      keys.push(key)
      values.push(value)
      key = null
    }
    if (cursor.kind !== sign.closeCurly) cursor.expect(sign.comma)
  }
  return asExpression({ nodeType: 'Dict', keys, values, start, end: cursor.end })
}

const isComprehension = (cursor: Cursor): boolean =>
  cursor.kind === keyword.for || (cursor.kind === keyword.async && cursor.next === keyword.for)

/** `for_if_clauses`: what follows the element of a comprehension. */
export function parseClauses(cursor: Cursor): Comprehension[] {
  const clauses: Comprehension[] = []
  while (isComprehension(cursor)) {
    const isAsync = cursor.accept(keyword.async) ? 1 : 0
    cursor.expect(keyword.for)
    const target = parseTargets(cursor)
    cursor.expect(keyword.in)
    const iter = cursor.disjunction()
    const ifs: ExprNode[] = []
    while (cursor.accept(keyword.if)) ifs.push(cursor.disjunction())
    clauses.push({ nodeType: 'Comprehension', target, iter, ifs, is_async: isAsync })
  }
  return clauses
}
