import type { ExprNode } from '../../script/parse.js'
import type { Span } from '../../text/span.js'
import { derived, forget, isLive, liveUnknown, type PassedArguments, type Value } from '../values/value.js'
import type { Interpreter, OwnCircumstances } from './interpreter.js'

/** One call, its arguments evaluated. */
export interface Call {
  readonly interpreter: Interpreter
  readonly span: Span
  readonly passed: PassedArguments
  /** The function as it is written. */
  readonly func: ExprNode
  /** Nobody takes what it returns. */
  readonly discarded: boolean
  /** It is an argument of another call. */
  readonly nested: boolean
}

/** A call that cannot be followed: it does something only where it could get hold of the database. */
export function callUnknown(called: Value, call: Call): Value {
  if (isLive(called) || givesAway(call.passed)) return callOpaque(call)
  const given = argumentsOf(call.passed)
  given.forEach(forget)
  return derived(called, ...given)
}

/** A call that may do anything. */
export function callOpaque({ interpreter, span, func, passed }: Call, own: OwnCircumstances = {}): Value {
  interpreter.opaque(span, `calls ${written(func)}()`, own)
  // It may have changed the lists that it got.
  argumentsOf(passed).forEach(forget)
  return liveUnknown
}

export const argumentsOf = ({ positional, keywords }: PassedArguments): Value[] =>
  [...positional, ...keywords.values()].map((one) => one.given)

/** Whether a question holds for one of the arguments. */
export function someArgument({ positional, keywords }: PassedArguments, holds: (given: Value) => boolean): boolean {
  for (const { given } of positional) if (holds(given)) return true
  for (const { given } of keywords.values()) if (holds(given)) return true
  return false
}

/** Whether the connection, `op`, or a function that may use them is among the arguments. */
export const givesAway = (passed: PassedArguments): boolean => someArgument(passed, isLive)

/** `logger.info(…)`, `logging.getLogger().warning(…)`: whatever it gets, it only writes it down. */
export const isLogging = ({ func }: Call): boolean =>
  func.nodeType === 'Attribute' && levels.has(func.attr) && /log(?:ger|ging)?(?:\(\))?$/i.test(written(func.value))

const levels = new Set(['debug', 'info', 'warn', 'warning', 'error', 'exception', 'critical', 'log'])

/** A function as a reader would say it: `op.execute`, `get_helper().run`. */
function written(node: ExprNode): string {
  if (node.nodeType === 'Name') return node.id
  if (node.nodeType === 'Attribute') return `${written(node.value)}.${node.attr}`
  return node.nodeType === 'Call' ? `${written(node.func)}()` : '…'
}
