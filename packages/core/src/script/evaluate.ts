import type { ExprNode } from 'py-ast'
import type { Span } from '../text/span.js'
import { isMutable } from './bindings.js'
import { isLiteral, type NoLiteral, uniqueItems } from './literal.js'
import type { Literal } from './reading.js'
import type { Source } from './source.js'
import { literalAt } from './statements.js'

/** What an expression may look up while it is evaluated. */
export interface Scope {
  readonly source: Source
  readonly spanOf: (node: ExprNode) => Span
  /** What a module-level name is bound to at this point; undefined where nothing bound it. */
  readonly lookUp: (name: string) => Literal | NoLiteral | undefined
}

/** Deeper expressions are left to Python. */
const maxDepth = 150

/**
 * The value of an expression, if it is certain without running anything: literals, names of constants, `+` of texts or
 * sequences, f-strings of constants, choices with a known condition. Spans are those of the whole expression.
 */
export function evaluate(node: ExprNode, scope: Scope, depth = 0): Literal | NoLiteral {
  const span = scope.spanOf(node)
  if (depth > maxDepth) return unknown(span, 'an expression nested too deeply')
  const inner = (child: ExprNode) => evaluate(child, scope, depth + 1)
  switch (node.nodeType) {
    case 'Constant':
      return literalAt(scope.source, span.start, span.end)
    case 'Name':
      return nameValue(node.id, scope, span)
    case 'Tuple':
    case 'List':
    case 'Set':
      return sequenceValue(node, scope, span, depth)
    case 'Dict':
      return dictValue(node, span, inner)
    case 'UnaryOp':
      return unaryValue(node, scope, span, inner)
    case 'BinOp':
      return node.op.nodeType === 'Add'
        ? sum(inner(node.left), inner(node.right), span)
        : unknown(span, 'an expression')
    case 'JoinedStr':
      return formattedValue(node, scope, span, inner)
    case 'IfExp': {
      const chosen = truth(node.test, scope)
      return chosen === null ? unknown(span, 'a choice') : placed(inner(chosen ? node.body : node.orelse), span)
    }
    case 'BoolOp':
      return choiceValue(node, scope, span, inner)
    case 'NamedExpr':
      return placed(inner(node.value), span)
    case 'Call':
      return callValue(node, scope, span, inner)
    default:
      return unknown(span, 'an expression')
  }
}

type Inner = (child: ExprNode) => Literal | NoLiteral
type NodeOf<Type extends ExprNode['nodeType']> = Extract<ExprNode, { nodeType: Type }>

const unknown = (span: Span, reason: string): NoLiteral => ({ type: 'dynamic', reason, span })
const placed = <Value extends Literal | NoLiteral>(value: Value, span: Span): Value => ({ ...value, span })

function nameValue(id: string, scope: Scope, span: Span): Literal | NoLiteral {
  const value = scope.lookUp(id.normalize('NFKC'))
  if (value === undefined) return unknown(span, 'a name that is not assigned before')
  if (!isLiteral(value)) return unknown(span, 'a name or a call')
  if (isMutable(value)) return unknown(span, 'a list, set or dict under several names')
  return placed(value, span)
}

function sequenceValue(
  node: NodeOf<'Tuple' | 'List' | 'Set'>,
  scope: Scope,
  span: Span,
  depth: number,
): Literal | NoLiteral {
  const items: Literal[] = []
  for (const element of node.elts) {
    const value = evaluate(element.nodeType === 'Starred' ? element.value : element, scope, depth + 1)
    if (!isLiteral(value)) return value
    if (element.nodeType !== 'Starred') items.push(value)
    else if (value.type === 'sequence' && value.form !== 'set') for (const item of value.items) items.push(item)
    else return unknown(span, 'an expression')
  }
  if (node.nodeType !== 'Set') {
    return { type: 'sequence', form: node.nodeType === 'Tuple' ? 'tuple' : 'list', items, span }
  }
  const unique = uniqueItems(items)
  return unique === null ? unknown(span, 'a set') : { type: 'sequence', form: 'set', items: unique, span }
}

function dictValue(node: NodeOf<'Dict'>, span: Span, inner: Inner): Literal | NoLiteral {
  const keys: Literal[] = []
  for (const [i, key] of node.keys.entries()) {
    if (key === null) return unknown(span, 'a dict built from others')
    const [name, value] = [inner(key), inner(node.values[i]!)]
    if (!isLiteral(name)) return name
    if (!isLiteral(value)) return value
    keys.push(name)
  }
  const unique = uniqueItems(keys)
  return unique === null ? unknown(span, 'a dict') : { type: 'sequence', form: 'dict', items: unique, span }
}

function unaryValue(node: NodeOf<'UnaryOp'>, scope: Scope, span: Span, inner: Inner): Literal | NoLiteral {
  if (node.op.nodeType === 'Not') {
    const value = truth(node.operand, scope)
    return value === null ? unknown(span, 'an expression') : { type: 'boolean', value: !value, span }
  }
  const value = inner(node.operand)
  if (
    value.type !== 'number' ||
    node.operand.nodeType !== 'Constant' ||
    node.op.nodeType === 'Invert' ||
    value.text === '...'
  ) {
    return unknown(span, 'an expression')
  }
  return { type: 'number', text: node.op.nodeType === 'USub' ? `-${value.text}` : value.text, span }
}

/** `a + b` for two texts, two lists or two tuples. */
function sum(left: Literal | NoLiteral, right: Literal | NoLiteral, span: Span): Literal | NoLiteral {
  if (left.type === 'string' && right.type === 'string')
    return { type: 'string', value: left.value + right.value, span }
  if (left.type === 'sequence' && right.type === 'sequence' && left.form === right.form) {
    if (left.form === 'list' || left.form === 'tuple') {
      return { type: 'sequence', form: left.form, items: [...left.items, ...right.items], span }
    }
  }
  return unknown(span, 'an expression')
}

function formattedValue(node: NodeOf<'JoinedStr'>, scope: Scope, span: Span, inner: Inner): Literal | NoLiteral {
  // Escapes in an f-string would have to be decoded piece by piece: rare enough to leave to Python.
  if (scope.source.text.slice(span.start, span.end).includes('\\')) return unknown(span, 'an f-string with escapes')
  let text = ''
  for (const part of node.values) {
    if (part.nodeType === 'Constant' && typeof part.value === 'string') text += part.value
    else if (part.nodeType === 'FormattedValue' && part.conversion === -1 && part.format_spec == null) {
      const value = inner(part.value)
      if (value.type !== 'string') return unknown(span, 'an f-string')
      text += value.value
    } else return unknown(span, 'an f-string')
  }
  return { type: 'string', value: text.replace(/\r\n?/g, '\n'), span }
}

function choiceValue(node: NodeOf<'BoolOp'>, scope: Scope, span: Span, inner: Inner): Literal | NoLiteral {
  const stopsAt = node.op.nodeType === 'Or'
  for (const [i, operand] of node.values.entries()) {
    if (i === node.values.length - 1) return placed(inner(operand), span)
    const known = truth(operand, scope)
    if (known === null) return unknown(span, 'a choice')
    if (known === stopsAt) return placed(inner(operand), span)
  }
  return unknown(span, 'a choice')
}

/** `tuple(…)`, `list(…)`, `set(…)`, `frozenset(…)` of a known sequence, as long as nothing rebinds those names. */
function callValue(node: NodeOf<'Call'>, scope: Scope, span: Span, inner: Inner): Literal | NoLiteral {
  const name = node.func.nodeType === 'Name' ? node.func.id : ''
  const known = ['tuple', 'list', 'set', 'frozenset'].includes(name) && scope.lookUp(name) === undefined
  if (!known || node.keywords.length > 0 || node.args.length > 1) return unknown(span, 'a call')
  const form = name === 'tuple' ? 'tuple' : name === 'list' ? 'list' : 'set'
  const argument = node.args[0]
  if (argument === undefined) return { type: 'sequence', form, items: [], span }
  const value = inner(argument)
  if (value.type !== 'sequence') return unknown(span, 'a call')
  // The order of a set differs from run to run.
  if (value.form === 'set' && form !== 'set' && value.items.length > 1) return unknown(span, 'a call')
  const items = form === 'set' ? uniqueItems(value.items) : value.items
  return items === null ? unknown(span, 'a call') : { type: 'sequence', form, items, span }
}

/** Whether a condition holds while Alembic loads the file; null where that is not certain. */
export function truth(node: ExprNode, scope: Scope): boolean | null {
  if (isTypeChecking(node, scope)) return false
  if (isMainCheck(node, scope)) return false
  if (node.nodeType === 'UnaryOp' && node.op.nodeType === 'Not') {
    const value = truth(node.operand, scope)
    return value === null ? null : !value
  }
  const value = evaluate(node, scope, 1)
  switch (value.type) {
    case 'none':
      return false
    case 'boolean':
      return value.value
    case 'string':
    case 'bytes':
      return value.value !== ''
    case 'sequence':
      return value.items.length > 0
    case 'number':
      return /^\d+$/.test(value.text) ? Number(value.text) !== 0 : null
    default:
      return null
  }
}

/** `TYPE_CHECKING`, imported from `typing`: false whenever the file runs. */
function isTypeChecking(node: ExprNode, scope: Scope): boolean {
  if (node.nodeType === 'Attribute') {
    return node.attr === 'TYPE_CHECKING' && node.value.nodeType === 'Name' && ['typing', 't'].includes(node.value.id)
  }
  if (node.nodeType !== 'Name' || node.id !== 'TYPE_CHECKING') return false
  const value = scope.lookUp('TYPE_CHECKING')
  return value !== undefined && !isLiteral(value) && value.reason === 'imported from typing'
}

/** Alembic loads a script under a name made from its file name. */
function isMainCheck(node: ExprNode, scope: Scope): boolean {
  if (node.nodeType !== 'Compare' || node.ops.length !== 1 || node.ops[0]!.nodeType !== 'Eq') return false
  const sides = [node.left, node.comparators[0]!]
  const name = sides.some((side) => side.nodeType === 'Name' && side.id === '__name__')
  const main = sides.some((side) => side.nodeType === 'Constant' && side.value === '__main__')
  return name && main && scope.lookUp('__name__') === undefined
}
