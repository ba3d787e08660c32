import type { ExprNode } from '../../script/parse.js'
import { tableCalled } from '../schema/table-name.js'
import { madeSequence, madeText, productOf, sumOf } from '../values/arithmetic.js'
import { attributeOf } from '../values/attributes.js'
import { compare } from '../values/compare.js'
import { allOf, anyOf, negated } from '../values/facts.js'
import { formatted, percentFormat } from '../values/formatting.js'
import type { Scope } from '../values/scope.js'
import {
  boolean,
  derived,
  type ExprOf,
  hole,
  itemsOf,
  joined,
  none,
  number,
  testOf,
  text,
  truthOf,
  unknown,
  unknownAbout,
  type Value,
} from '../values/value.js'
import { comprehensionValue } from './comprehensions.js'
import { defineFunction } from './definitions.js'
import type { Interpreter } from './interpreter.js'

/** The value of any expression but a call. */
export function expressionValue(interpreter: Interpreter, node: ExprNode, scope: Scope): Value {
  switch (node.nodeType) {
    case 'Attribute':
      return attributeOf(interpreter.evaluate(node.value, scope), node.attr)
    case 'Tuple':
    case 'List':
    case 'Set':
      return displayValue(interpreter, node, scope)
    case 'Dict':
      return dictValue(interpreter, node, scope)
    case 'JoinedStr':
      return formattedText(interpreter, node, scope)
    case 'BinOp':
      return binaryValue(interpreter, node, scope)
    case 'UnaryOp':
      return unaryValue(node, interpreter.evaluate(node.operand, scope))
    case 'BoolOp':
      return choiceValue(interpreter, node, scope)
    case 'Compare':
      return compare(interpreter, node, scope)
    case 'IfExp':
      return conditionalValue(interpreter, node, scope)
    case 'Subscript':
      return itemOf(interpreter, interpreter.evaluate(node.value, scope), node.slice, scope)
    case 'NamedExpr': {
      const value = interpreter.evaluate(node.value, scope)
      if (node.target.nodeType === 'Name') scope.bind(node.target.id, value)
      return value
    }
    case 'Lambda':
      return defineFunction(interpreter, node, scope)
    case 'ListComp':
    case 'SetComp':
    case 'GeneratorExp':
    case 'DictComp':
      return comprehensionValue(interpreter, node, scope)
    case 'Await':
    case 'Starred':
    case 'YieldFrom':
      return interpreter.evaluate(node.value, scope)
    case 'Yield':
      return node.value == null ? unknown : derived(interpreter.evaluate(node.value, scope))
    default:
      return unknown
  }
}

/** A literal. */
export function constantValue(interpreter: Interpreter, node: ExprOf<'Constant'>): Value {
  const { value } = node
  if (typeof value === 'string') {
    // Bytes are no text, and `...` comes as the three dots without quotes. In patterns no text has any.
    const isText = node.quote_style === undefined ? value !== '...' : !/b/i.test(node.quote_style)
    return isText ? text(value) : unknown
  }
  // `1.0` and `1e3` come as whole numbers, and are not written as such.
  if (typeof value === 'number')
    return /[.e]/i.test(interpreter.textAt(interpreter.spanOf(node))) ? unknown : number(value)
  if (typeof value === 'boolean') return boolean(value)
  return value === null ? none : unknown
}

function displayValue(interpreter: Interpreter, node: ExprOf<'Tuple' | 'List' | 'Set'>, scope: Scope): Value {
  const items: Value[] = []
  let complete = true
  for (const element of node.elts) {
    const value = interpreter.evaluate(element, scope)
    if (element.nodeType !== 'Starred') items.push(value)
    else {
      const more = itemsOf(value)
      for (const item of more ?? []) items.push(item)
      complete &&= more !== null
    }
  }
  const form = node.nodeType === 'Tuple' ? 'tuple' : node.nodeType === 'List' ? 'list' : 'set'
  return complete
    ? madeSequence(interpreter, form, items)
    : { type: 'sequence', form, items: null, madeIn: interpreter.branch }
}

function dictValue(interpreter: Interpreter, node: ExprOf<'Dict'>, scope: Scope): Value {
  const entries = new Map<string | number | boolean | null, Value>()
  let complete = true
  for (const [i, key] of node.keys.entries()) {
    const value = interpreter.evaluate(node.values[i]!, scope)
    const name = key === null ? null : interpreter.evaluate(key, scope)
    if (name === null && value.type === 'mapping' && value.entries !== null) {
      for (const [inner, one] of value.entries) entries.set(inner, one)
    } else if (name?.type === 'text' && !name.text.includes(hole)) entries.set(name.text, value)
    else if (name?.type === 'number' || name?.type === 'boolean') entries.set(name.value, value)
    else if (name?.type === 'none') entries.set(null, value)
    else complete = false
  }
  return { type: 'mapping', entries: complete ? entries : null, madeIn: interpreter.branch }
}

function formattedText(interpreter: Interpreter, node: ExprOf<'JoinedStr'>, scope: Scope): Value {
  const from: Value[] = []
  const pieces = node.values.map((part) => {
    if (part.nodeType === 'Constant') return String(part.value)
    if (part.nodeType !== 'FormattedValue') return hole
    const value = interpreter.evaluate(part.value, scope)
    from.push(value)
    const conversion = part.conversion === -1 ? '' : String.fromCharCode(part.conversion)
    return formatted(value, conversion, part.format_spec == null ? '' : 'any')
  })
  return madeText(pieces, from)
}

/** Long sums lean to the left: `a + b + c + …` is walked, not nested. */
function binaryValue(interpreter: Interpreter, node: ExprOf<'BinOp'>, scope: Scope): Value {
  const chain: ExprOf<'BinOp'>[] = []
  let leftmost: ExprNode = node
  while (leftmost.nodeType === 'BinOp') {
    chain.push(leftmost)
    leftmost = leftmost.left
  }
  let value = interpreter.evaluate(leftmost, scope)
  for (const { op, right } of chain.reverse()) {
    value = operated(interpreter, op.nodeType, value, interpreter.evaluate(right, scope))
  }
  return value
}

function operated(interpreter: Interpreter, operator: string, left: Value, right: Value): Value {
  if (operator === 'Add') return sumOf(interpreter, left, right)
  if (operator === 'Mult') return productOf(interpreter, left, right)
  if (operator === 'Mod' && left.type === 'text') return percentFormat(left.text, right)
  if (operator === 'Sub' && left.type === 'number' && right.type === 'number') return number(left.value - right.value)
  return derived(left, right)
}

function unaryValue(node: ExprOf<'UnaryOp'>, operand: Value): Value {
  if (node.op.nodeType === 'Not') {
    const holds = truthOf(operand)
    return holds === null ? unknownAbout(negated(testOf(operand))) : boolean(!holds)
  }
  if (operand.type !== 'number' || node.op.nodeType === 'Invert') return derived(operand)
  return number(node.op.nodeType === 'USub' ? -operand.value : operand.value)
}

/** `a and b`, `a or b`. */
function choiceValue(interpreter: Interpreter, node: ExprOf<'BoolOp'>, scope: Scope): Value {
  const isAnd = node.op.nodeType === 'And'
  const seen = operandsFrom(interpreter, node, scope, 0)
  const open = seen.filter((value) => interpreter.holds(value) === null)
  const last = seen.at(-1) ?? unknown
  if (open.length === 0 || (open.length === 1 && open[0] === last)) return last
  const holds = interpreter.holds(last)
  if (holds !== null && holds !== isAnd) return boolean(holds)
  const tests = open.map(testOf)
  const live = open.some((value) => value.type === 'unknown' && value.live)
  return unknownAbout(isAnd ? allOf(tests) : anyOf(tests), live)
}

/** The operands that are looked at: those behind an open one only where it lets them, none behind one that decides. */
function operandsFrom(interpreter: Interpreter, node: ExprOf<'BoolOp'>, scope: Scope, index: number): readonly Value[] {
  const operand = node.values[index]!
  const isAnd = node.op.nodeType === 'And'
  const value = interpreter.evaluate(operand, scope)
  const holds = interpreter.holds(value)
  const decides = holds !== null && holds !== isAnd
  if (decides || index === node.values.length - 1) return [value]
  const others = () => operandsFrom(interpreter, node, scope, index + 1)
  if (holds !== null) return [value, ...others()]
  const { whenTrue, whenFalse } = testOf(value)
  return [value, ...interpreter.inBranch(isAnd ? whenTrue : whenFalse, interpreter.spanOf(operand), others)]
}

function conditionalValue(interpreter: Interpreter, node: ExprOf<'IfExp'>, scope: Scope): Value {
  const test = interpreter.evaluate(node.test, scope)
  const holds = interpreter.holds(test)
  if (holds !== null) return interpreter.evaluate(holds ? node.body : node.orelse, scope)
  const span = interpreter.spanOf(node.test)
  const { whenTrue, whenFalse } = testOf(test)
  const body = interpreter.inBranch(whenTrue, span, () => interpreter.evaluate(node.body, scope))
  const orelse = interpreter.inBranch(whenFalse, span, () => interpreter.evaluate(node.orelse, scope))
  const value = joined([body, orelse])
  return value.type === 'unknown' ? derived(test, value) : value
}

function itemOf(interpreter: Interpreter, container: Value, slice: ExprNode, scope: Scope): Value {
  if (slice.nodeType === 'Slice') return sliceOf(interpreter, container, slice, scope)
  const key = interpreter.evaluate(slice, scope)
  if (container.type === 'mapping' && container.entries !== null) {
    const known =
      key.type === 'text' ? key.text : key.type === 'number' || key.type === 'boolean' ? key.value : undefined
    return known === undefined ? joined([...container.entries.values()]) : (container.entries.get(known) ?? unknown)
  }
  if (container.type === 'method' && container.name === 'tables') return tableCalled(key)
  if (container.type === 'sequence' && container.items !== null && key.type === 'number') {
    return container.items.at(key.value) ?? unknown
  }
  return derived(container, key)
}

function sliceOf(interpreter: Interpreter, container: Value, slice: ExprOf<'Slice'>, scope: Scope): Value {
  const bound = (node: ExprNode | undefined): number | undefined | null => {
    if (node == null) return undefined
    const value = interpreter.evaluate(node, scope)
    return value.type === 'number' ? value.value : null
  }
  const [from, to] = [bound(slice.lower), bound(slice.upper)]
  if (from === null || to === null || slice.step != null) return derived(container)
  if (container.type === 'text' && !container.text.includes(hole))
    return text([...container.text].slice(from, to).join(''))
  if (container.type === 'sequence' && container.items !== null) {
    return madeSequence(interpreter, container.form, container.items.slice(from, to))
  }
  return derived(container)
}
