import { callBuiltin } from '../calls/builtins.js'
import { callLibrary } from '../calls/library.js'
import { callMethod } from '../calls/methods.js'
import { isSessionMaker } from '../calls/sqlalchemy.js'
import { plainTest } from '../values/facts.js'
import type { Scope } from '../values/scope.js'
import { type ClassValue, isLibrary, unknown, unknownAbout, type Value } from '../values/value.js'
import { passedTo } from './arguments.js'
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
  return callOn(called, { interpreter, span: interpreter.spanOf(node), passed, func: node.func, discarded, nested })
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
  const hasMethods = [...called.members.values()].some((member) => member.type === 'function')
  return unknownAbout(plainTest, hasMethods || called.bases.some((base) => base.includes('.') && !isLibrary(base)))
}
