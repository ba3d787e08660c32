import type { ExprContextNode, ExprNode } from 'py-ast'
import { beginsExpression, type Cursor } from './cursor.js'
import { asExpression, load, store } from './node.js'
import { notRead, sign } from './words.js'

/** `star_targets`: what `for` binds, up to its `in`. */
export function parseTargets(cursor: Cursor): ExprNode {
  const { start } = cursor
  const first = parseTarget(cursor)
  if (cursor.kind !== sign.comma) {
    if (first.nodeType === 'Starred') throw notRead
    return bind(first, store)
  }
  const elts = [first]
  while (cursor.accept(sign.comma) && beginsExpression(cursor.kind)) elts.push(parseTarget(cursor))
  return bind(asExpression({ nodeType: 'Tuple', elts, ctx: load, start, end: cursor.end }), store)
}

function parseTarget(cursor: Cursor): ExprNode {
  const { start } = cursor
  if (!cursor.accept(sign.star)) return cursor.operation()
  const value = cursor.operation()
  return asExpression({ nodeType: 'Starred', value, ctx: load, start, end: cursor.end })
}

/** Makes what was read as an expression something that is assigned to or deleted, and gives it back. */
export function bind(node: ExprNode, ctx: ExprContextNode): ExprNode {
  switch (node.nodeType) {
    case 'Name':
    case 'Attribute':
    case 'Subscript':
      node.ctx = ctx
      return node
    case 'Starred':
      if (ctx !== store) throw notRead
      node.ctx = ctx
      bind(node.value, ctx)
      return node
    case 'Tuple':
    case 'List':
      node.ctx = ctx
      for (const element of node.elts) bind(element, ctx)
      return node
    default:
      throw notRead
  }
}

/** The same where only one thing may stand: `+=`, annotations. */
export function bindOne(node: ExprNode): ExprNode {
  if (node.nodeType === 'Tuple' || node.nodeType === 'List' || node.nodeType === 'Starred') throw notRead
  return bind(node, store)
}
