import type { ExprNode } from '../../script/parse.js'
import { callBuiltin } from '../calls/builtins.js'
import { callLibrary, isSessionMaker } from '../calls/library.js'
import { callMethod } from '../calls/methods.js'
import { plainTest } from '../values/facts.js'
import type { Scope } from '../values/scope.js'
import {
  type ClassValue,
  itemsOf,
  type Passed,
  type PassedArguments,
  unknown,
  unknownAbout,
  type Value,
} from '../values/value.js'
import { type Call, callOpaque, callUnknown, givesAway } from './call.js'
import type { CallNode, Interpreter } from './interpreter.js'
import { databaseFunctions } from './multidb.js'

/** What a call returns; what it does to the database is noted. */
export function callValue(interpreter: Interpreter, node: CallNode, scope: Scope): Value {
  const discarded = interpreter.discarded === node
  interpreter.discarded = null
  const databases = databaseFunctions(node, scope, interpreter)
  if (databases !== null) return databases
  const called = interpreter.evaluate(node.func, scope)
  const nested = interpreter.argumentDepth > 0
  interpreter.argumentDepth++
  const passed = passedTo(interpreter, node, scope)
  interpreter.argumentDepth--
  const call = { interpreter, span: interpreter.spanOf(node), passed, name: written(node.func), discarded, nested }
  return callOn(called, call)
}

/** Calls a value. */
export function callOn(called: Value, call: Call): Value {
  switch (called.type) {
    case 'function':
      return call.interpreter.follow(called, call.passed, call.span)
    case 'method':
      return callMethod(called, call)
    case 'reference':
      return called.path.startsWith('builtins.')
        ? callBuiltin(called.path.slice(9), call)
        : callLibrary(called.path, call)
    case 'class':
      return instanceOf(called, call)
    case 'construct':
      return called.live && !isSessionMaker(called.path) ? callOpaque(call) : callLibrary(`${called.path}()`, call)
    default:
      return callUnknown(called, call)
  }
}

/** An object of a class of this file. What its methods do is not followed. */
function instanceOf(called: ClassValue, call: Call): Value {
  if (givesAway(call.passed)) return callUnknown(unknown, call)
  const acts = [...called.members.values()].some((member) => member.type === 'function')
  return unknownAbout(plainTest, acts)
}

function passedTo(interpreter: Interpreter, node: CallNode, scope: Scope): PassedArguments {
  const positional: Passed[] = []
  const keywords = new Map<string, Passed>()
  let complete = true
  for (const argument of node.args) {
    const given = interpreter.evaluate(argument, scope)
    const span = interpreter.spanOf(argument)
    if (argument.nodeType !== 'Starred') positional.push({ given, value: span, whole: span })
    else {
      const items = itemsOf(given)
      for (const item of items ?? []) positional.push({ given: item, value: span, whole: span })
      complete &&= items !== null
    }
  }
  for (const keyword of node.keywords) {
    const given = interpreter.evaluate(keyword.value, scope)
    const [value, whole] = [interpreter.spanOf(keyword.value), interpreter.spanOf(keyword)]
    if (keyword.arg != null) keywords.set(keyword.arg, { given, value, whole })
    else if (given.type === 'mapping' && given.entries !== null) {
      for (const [key, one] of given.entries) keywords.set(String(key), { given: one, value, whole })
    } else complete = false
  }
  return { positional, keywords, complete }
}

/** A function as a reader would say it: `op.execute`, `get_helper().run`. */
function written(node: ExprNode): string {
  if (node.nodeType === 'Name') return node.id
  if (node.nodeType === 'Attribute') return `${written(node.value)}.${node.attr}`
  return node.nodeType === 'Call' ? `${written(node.func)}()` : '…'
}
