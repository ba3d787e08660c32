import type { ExprNode } from 'py-ast'
import { type TokenList, token } from '../tokens.js'
import { parseAtom } from './atoms.js'
import { beginsExpression, Cursor } from './cursor.js'
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
    if (this.kind === keyword.lambda) return this.#lambda()
    const { start } = this
    const body = this.disjunction()
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
    return this.kind === sign.star ? this.#starred() : this.namedExpression()
  }

  /** `star_expressions`: one expression, or several with commas between them, which are a tuple. */
  expressions(): ExprNode {
    const { start } = this
    const first = this.kind === sign.star ? this.#starred() : this.expression()
    if (this.kind !== sign.comma) {
      // Python's grammar lets a single `*a` pass, its compiler does not.
      if (first.nodeType === 'Starred') throw notRead
      return first
    }
    const elts = [first]
    while (this.accept(sign.comma) && beginsExpression(this.kind)) {
      elts.push(this.kind === sign.star ? this.#starred() : this.expression())
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

  #starred(): ExprNode {
    const { start } = this
    this.expect(sign.star)
    const value = this.operation()
    return asExpression({ nodeType: 'Starred', value, ctx: load, start, end: this.end })
  }

  #lambda(): ExprNode {
    const { start } = this
    this.expect(keyword.lambda)
    const args = parseParameters(this, sign.colon, false)
    const body = this.expression()
    return asExpression({ nodeType: 'Lambda', args, body, start, end: this.end })
  }

  /** `disjunction`: operands of `or`. */
  disjunction(): ExprNode {
    const { start } = this
    const first = this.#conjunction()
    if (this.kind !== keyword.or) return first
    const values = [first]
    while (this.accept(keyword.or)) values.push(this.#conjunction())
    return asExpression({ nodeType: 'BoolOp', op: or, values, start, end: this.end })
  }

  #conjunction(): ExprNode {
    const { start } = this
    const first = this.#inversion()
    if (this.kind !== keyword.and) return first
    const values = [first]
    while (this.accept(keyword.and)) values.push(this.#inversion())
    return asExpression({ nodeType: 'BoolOp', op: and, values, start, end: this.end })
  }

  #inversion(): ExprNode {
    const { start } = this
    if (!this.accept(keyword.not)) return this.#comparison()
    const operand = this.#inversion()
    return asExpression({ nodeType: 'UnaryOp', op: not, operand, start, end: this.end })
  }

  #comparison(): ExprNode {
    const { start } = this
    const left = this.operation()
    const op = readComparison(this)
    if (op === undefined) return left
    const ops = [op]
    const comparators = [this.operation()]
    for (let more = readComparison(this); more !== undefined; more = readComparison(this)) {
      ops.push(more)
      comparators.push(this.operation())
    }
    return asExpression({ nodeType: 'Compare', left, ops, comparators, start, end: this.end })
  }

  /** `bitwise_or` and what binds closer; with `above`, only operators of a higher precedence. Chains are walked, not nested. */
  operation(above = 0): ExprNode {
    const { start } = this
    let left = this.#factor()
    for (let found = binaryOperator(this); found !== undefined; found = binaryOperator(this)) {
      if (found.precedence <= above) break
      this.at++
      const right = this.operation(found.precedence)
      left = asExpression({ nodeType: 'BinOp', left, op: found.op, right, start, end: this.end })
    }
    return left
  }

  /** `factor` and `power`: signs, and `**`, which binds closer to the left of it than a sign. */
  #factor(): ExprNode {
    const { start } = this
    const op = unary[this.kind]
    if (op !== undefined) {
      this.at++
      const operand = this.#factor()
      return asExpression({ nodeType: 'UnaryOp', op, operand, start, end: this.end })
    }
    const left = this.#awaited()
    if (!this.isOperator('**')) return left
    this.at++
    const right = this.#factor()
    return asExpression({ nodeType: 'BinOp', left, op: power, right, start, end: this.end })
  }

  /** `await_primary` and `primary`. */
  #awaited(): ExprNode {
    const { start } = this
    if (!this.accept(keyword.await)) return parseTrailers(this, parseAtom(this), start)
    const inner = this.start
    const value = parseTrailers(this, parseAtom(this), inner)
    return asExpression({ nodeType: 'Await', value, start, end: this.end })
  }
}
