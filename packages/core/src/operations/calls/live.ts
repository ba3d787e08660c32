import { type Call, callOpaque } from '../follow/call.js'
import { dialectIsOneOf, dialectTest, existenceTest, offlineTest, plainTest } from '../values/facts.js'
import { connection, type LiveValue, textOf, unknownAbout, type Value } from '../values/value.js'
import { executeSql } from './execute.js'

/** A method of something that belongs to the running migration. */
export function callLive(receiver: LiveValue, name: string, call: Call): Value {
  switch (receiver.what) {
    case 'connection':
      return callConnection(receiver, name, call)
    case 'session':
      return callSession(receiver, name, call)
    case 'inspector':
      return inspected(call)
    case 'context':
      return callContext(receiver, name, call)
    case 'dialect':
      return /^(?:has|get)_/.test(name) ? inspected(call) : unknownAbout(dialectTest)
    case 'dialect-name':
      return callDialectName(receiver, name, call)
    default:
      return receiver
  }
}

/** The database is asked what it holds. */
export const inspected = ({ interpreter, span }: Call): Value => unknownAbout(existenceTest(interpreter.inspect(span)))

const sqlMethods = new Set([
  'execute',
  'exec_driver_sql',
  'scalar',
  'scalars',
  'executemany',
  'executescript',
  'stream',
])
const connectionMethods =
  /^(?:begin|begin_nested|begin_twophase|connect|contextual_connect|cursor|execution_options|get_bind|commit|rollback|close|detach|transaction|raw_connection|__enter__)$/
const readingMethods = /^(?:has_\w+|get_\w+|table_names|fetch\w*)$/

function callConnection(receiver: LiveValue, name: string, call: Call): Value {
  if (sqlMethods.has(name)) return executeSql(call, 'connection')
  if (connectionMethods.test(name)) return receiver
  if (readingMethods.test(name)) return inspected(call)
  if (name === 'in_transaction') return unknownAbout(plainTest)
  return name === 'run_sync' || name === 'run_callable' ? callWithConnection(call) : callOpaque(call)
}

/** `connection.run_sync(function)`. */
function callWithConnection(call: Call): Value {
  const [called, ...others] = call.passed.positional
  if (called?.given.type !== 'function') return callOpaque(call)
  const bind = { given: connection, value: called.value, whole: called.whole }
  return call.interpreter.follow(called.given, { ...call.passed, positional: [bind, ...others] }, call.span)
}

const sessionMethods = new Set([
  'commit',
  'flush',
  'close',
  'rollback',
  'begin',
  'begin_nested',
  'expire_all',
  'expunge_all',
])

function callSession(receiver: LiveValue, name: string, call: Call): Value {
  if (sqlMethods.has(name)) return executeSql(call, 'connection')
  if (sessionMethods.has(name)) return receiver
  if (name === 'get_bind' || name === 'connection') return connection
  const online = !call.discarded && call.interpreter.inspect(call.span)
  return callOpaque(call, { online })
}

function callContext(receiver: LiveValue, name: string, call: Call): Value {
  switch (name) {
    case 'autocommit_block':
      return { type: 'live', what: 'autocommit' }
    case 'is_offline_mode':
      return unknownAbout(offlineTest)
    case 'begin_transaction':
    case 'get_context':
      return receiver
    case 'get_bind':
      return connection
    case 'get_x_argument':
    case 'get_tag_argument':
    case 'get_head_revision':
      return unknownAbout(plainTest)
    default:
      return name === 'execute' ? executeSql(call, 'op') : callOpaque(call)
  }
}

function callDialectName(receiver: LiveValue, name: string, { passed }: Call): Value {
  const prefix = textOf(passed.positional[0]?.given)
  if (name === 'startswith' && prefix !== null) {
    return unknownAbout(dialectIsOneOf([prefix === 'postgres' ? 'postgresql' : prefix]))
  }
  return name === 'lower' || name === 'strip' ? receiver : unknownAbout(dialectTest)
}
