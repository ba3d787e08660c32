import { type Call, givesAway, someArgument } from '../follow/call.js'
import { lastName } from '../schema/fields.js'
import { tableNamed } from '../schema/table-name.js'
import { connection, isLive, type StatementValue, unknown, type Value } from '../values/value.js'
import { inspected } from './live.js'

/** A call of something of SQLAlchemy, by its full name. */
export function callSqlalchemy(path: string, call: Call): Value {
  const name = lastName(path)
  if (path.includes('.func.')) return described(path, name, call)
  switch (name) {
    case 'text':
    case 'DDL': {
      const { positional, keywords } = call.passed
      return { type: 'sql-text', text: (positional[0] ?? keywords.get('text'))?.given ?? unknown }
    }
    case 'insert':
    case 'update':
    case 'delete':
    case 'select':
      return statement(name, call.passed.positional[0]?.given)
    case 'inspect':
    case 'Inspector':
    case 'from_engine':
      return inspector(path, name, call)
    case 'create_engine':
    case 'engine_from_config':
      return connection
    case 'Table':
      if (call.passed.keywords.has('autoload') || call.passed.keywords.has('autoload_with')) inspected(call)
      return described(path, name, call)
    default:
      return isSessionMaker(path) ? session(path, call) : described(path, name, call)
  }
}

/** A type, a column, an expression: it says what is meant, and does nothing by itself. */
function described(path: string, name: string, { passed, span }: Call): Value {
  // A function among the arguments is a default of a column, nothing that is called now.
  const live = name !== 'Table' && someArgument(passed, isLiveValue)
  return { type: 'construct', path, name, passed, span, live }
}

const isLiveValue = (value: Value): boolean => value.type !== 'function' && isLive(value)

export function statement(verb: StatementValue['verb'], target: Value | undefined): StatementValue {
  const { table } = tableNamed(target)
  return { type: 'statement', verb, tables: table === null ? null : [table] }
}

/** `sa.inspect(op.get_bind())`. */
function inspector(path: string, name: string, call: Call): Value {
  if (!givesAway(call.passed)) return described(path, name, call)
  inspected(call)
  return { type: 'live', what: 'inspector' }
}

/** `Session(bind=…)`, `sessionmaker()`, `sessionmaker(bind=…)()`. */
export const isSessionMaker = (path: string): boolean => /session(?:maker|_factory)?(?:\(\))?$/i.test(path)

/** A session maker is called once more; one that is bound makes bound sessions. */
export function session(path: string, call: Call): Value {
  const makes = /(?:maker|scoped_session|factory)$/i.test(path)
  if (makes || (!givesAway(call.passed) && !path.endsWith('()'))) {
    const { passed, span } = call
    return { type: 'construct', path, name: lastName(path), passed, span, live: givesAway(passed) }
  }
  return { type: 'live', what: 'session' }
}
