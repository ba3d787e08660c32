import type { ExprNode } from '../../script/parse.js'
import type { Scope } from '../values/scope.js'
import { hole, none, type Value } from '../values/value.js'
import { passedByAlembic } from './functions.js'
import type { CallNode, Interpreter } from './interpreter.js'

/**
 * `globals()["upgrade_%s" % engine_name]()`, as the templates for several databases write it: every function of that name
 * runs, on a database of its own. Null for any other call.
 */
export function databaseFunctions(node: CallNode, scope: Scope, interpreter: Interpreter): Value | null {
  const key = keyOf(node.func)
  if (key === null) return null
  const name = interpreter.evaluate(key, scope)
  if (name.type !== 'text') return null
  const span = interpreter.spanOf(node)
  const known = scope.module.own.get(name.text)
  if (known?.type === 'function') return interpreter.follow(known, passedByAlembic(known), span)
  const prefix = name.text.slice(0, -1)
  if (!name.text.endsWith(hole) || prefix === '') return null
  for (const [found, value] of scope.module.own) {
    if (value.type !== 'function' || !found.startsWith(prefix) || found === prefix) continue
    const database = found.slice(prefix.length)
    interpreter.withFacts({ database }, () => interpreter.follow(value, passedByAlembic(value, database), span))
  }
  return none
}

/** The name in `globals()[name]` or `eval(name)`. */
function keyOf(called: ExprNode): ExprNode | null {
  if (called.nodeType === 'Subscript')
    return isCallOf(called.value, ['globals', 'locals', 'vars']) ? called.slice : null
  return isCallOf(called, ['eval']) ? (called.args[0] ?? null) : null
}

function isCallOf(node: ExprNode, names: readonly string[]): node is CallNode {
  return node.nodeType === 'Call' && node.func.nodeType === 'Name' && names.includes(node.func.id)
}
