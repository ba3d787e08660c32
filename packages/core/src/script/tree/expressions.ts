import type { ExprNode } from 'py-ast'
import { type TokenList, token } from '../tokens.js'
import { parseAtom } from './atoms.js'
import { beginsExpression, Cursor, endsExpression } from './cursor.js'
import { asExpression, load, store } from './node.js'
import { and, binaryOperator, not, or, power, readComparison, unary } from './operators.js'
import { parseParameters } from './parameters.js'
import { parseTrailers } from './trailers.js'
import { keyword, notRead, sign } from './words.js'

/**
 * Python's expressions; the rules of its grammar are named beside the methods. A node begins at the first token of its rule
 * and ends at the last: brackets around an operand belong to the operation, not to the operand.
 */
export class Expressions extends Cursor {
  over(tokens: TokenList): Expressions {
    return new Expressions(this.source, tokens)
  }

  /** `expression`: a choice, a lambda, or less. */
  expression(): ExprNode {
    if (this.kind === keyword.lambda) return lambda(this)
    const { start } = this
    // Most expressions are a name, a literal or a call, and need not be asked for what else they could be.
    const first = primary(this)
    if (first !== undefined && endsExpression(this.kind)) return first
    const body = disjunction(this, start, first)
    if (!this.accept(keyword.if)) return body
    const test = this.disjunction()
    this.expect(keyword.else)
    const orelse = this.expression()
    return asExpression({ nodeType: 'IfExp', test, body, orelse, start, end: this.end })
  }

  /** `named_expression`: one that may be `name := …`. */
  namedExpression(): ExprNode {
    if (this.kind !== token.name || this.next !== token.walrus) return this.expression()
    const { start } = this
    const target = asExpression({ nodeType: 'Name', id: this.name(), ctx: store, start, end: this.end })
    this.at++
    const value = this.expression()
    return asExpression({ nodeType: 'NamedExpr', target, value, start, end: this.end })
  }

  /** `star_named_expression`: an element of a list, tuple or set. */
  element(): ExprNode {
    return this.kind === sign.star ? starred(this) : this.namedExpression()
  }

  /** `star_expressions`: one expression, or several with commas between them, which are a tuple. */
  expressions(): ExprNode {
    const { start } = this
    const first = this.kind === sign.star ? starred(this) : this.expression()
    if (this.kind !== sign.comma) {
      // Python's grammar lets a single `*a` pass, its compiler does not.
      if (first.nodeType === 'Starred') throw notRead
      return first
    }
    const elts = [first]
    while (this.accept(sign.comma) && beginsExpression(this.kind)) {
      elts.push(this.kind === sign.star ? starred(this) : this.expression())
    }
    return asExpression({ nodeType: 'Tuple', elts, ctx: load, start, end: this.end })
  }

  /** `star_expressions` or `yield_expr`: what may stand to the right of `=`. */
  yieldOrExpressions(): ExprNode {
    return this.kind === keyword.yield ? this.yield() : this.expressions()
  }

  yield(): ExprNode {
    const { start } = this
    this.expect(keyword.yield)
    if (this.accept(keyword.from)) {
      const value = this.expression()
      return asExpression({ nodeType: 'YieldFrom', value, start, end: this.end })
    }
    const value = beginsExpression(this.kind) ? this.expressions() : undefined
    return asExpression({ nodeType: 'Yield', value, start, end: this.end })
  }

  disjunction(): ExprNode {
    return disjunction(this, this.start)
  }

  operation(): ExprNode {
    return operation(this, this.start, 0)
  }
}

function starred(cursor: Expressions): ExprNode {
  const { start } = cursor
  cursor.expect(sign.star)
  const value = cursor.operation()
  return asExpression({ nodeType: 'Starred', value, ctx: load, start, end: cursor.end })
}

function lambda(cursor: Expressions): ExprNode {
  const { start } = cursor
  cursor.expect(keyword.lambda)
  const args = parseParameters(cursor, sign.colon, false)
  const body = cursor.expression()
  return asExpression({ nodeType: 'Lambda', args, body, start, end: cursor.end })
}

// From here on `first` is an operand that has been read already, and `start` where it begins, brackets included.

/** `disjunction`: operands of `or`. */
function disjunction(cursor: Expressions, start: number, first?: ExprNode): ExprNode {
  const left = conjunction(cursor, start, first)
  if (cursor.kind !== keyword.or) return left
  const values = [left]
  while (cursor.accept(keyword.or)) values.push(conjunction(cursor, cursor.start))
  return asExpression({ nodeType: 'BoolOp', op: or, values, start, end: cursor.end })
}

function conjunction(cursor: Expressions, start: number, first?: ExprNode): ExprNode {
  const left = inversion(cursor, start, first)
  if (cursor.kind !== keyword.and) return left
  const values = [left]
  while (cursor.accept(keyword.and)) values.push(inversion(cursor, cursor.start))
  return asExpression({ nodeType: 'BoolOp', op: and, values, start, end: cursor.end })
}

function inversion(cursor: Expressions, start: number, first?: ExprNode): ExprNode {
  if (first !== undefined || !cursor.accept(keyword.not)) return comparison(cursor, start, first)
  const operand = inversion(cursor, cursor.start)
  return asExpression({ nodeType: 'UnaryOp', op: not, operand, start, end: cursor.end })
}

function comparison(cursor: Expressions, start: number, first?: ExprNode): ExprNode {
  const left = operation(cursor, start, 0, first)
  const op = readComparison(cursor)
  if (op === undefined) return left
  const ops = [op]
  const comparators = [cursor.operation()]
  for (let more = readComparison(cursor); more !== undefined; more = readComparison(cursor)) {
    ops.push(more)
    comparators.push(cursor.operation())
  }
  return asExpression({ nodeType: 'Compare', left, ops, comparators, start, end: cursor.end })
}

/** `bitwise_or` and what binds closer, with operators of a precedence higher than `above`. Chains are walked, not nested. */
function operation(cursor: Expressions, start: number, above: number, first?: ExprNode): ExprNode {
  let left = factor(cursor, start, first)
  for (let found = binaryOperator(cursor); found !== undefined; found = binaryOperator(cursor)) {
    if (found.precedence <= above) break
    cursor.at++
    const right = operation(cursor, cursor.start, found.precedence)
    left = asExpression({ nodeType: 'BinOp', left, op: found.op, right, start, end: cursor.end })
  }
  return left
}

/** `factor` and `power`: signs, and `**`, which binds closer to the left of it than a sign. */
function factor(cursor: Expressions, start: number, first?: ExprNode): ExprNode {
  const op = first === undefined ? unary[cursor.kind] : undefined
  if (op !== undefined) {
    cursor.at++
    const operand = factor(cursor, cursor.start)
    return asExpression({ nodeType: 'UnaryOp', op, operand, start, end: cursor.end })
  }
  const left = first ?? primary(cursor) ?? awaited(cursor)
  if (!cursor.isOperator('**')) return left
  cursor.at++
  const right = factor(cursor, cursor.start)
  return asExpression({ nodeType: 'BinOp', left, op: power, right, start, end: cursor.end })
}

/** `await_primary` */
function awaited(cursor: Expressions): ExprNode {
  const { start } = cursor
  cursor.expect(keyword.await)
  const value = primary(cursor)
  if (value === undefined) throw notRead
  return asExpression({ nodeType: 'Await', value, start, end: cursor.end })
}

/** `primary`: an atom and what follows it; undefined, and nothing read, where none begins here. */
function primary(cursor: Expressions): ExprNode | undefined {
  const { start } = cursor
  const atom = parseAtom(cursor)
  return atom === undefined ? undefined : parseTrailers(cursor, atom, start)
}
