import { type Call, callOpaque, givesAway, isLogging } from '../follow/call.js'
import { lastName } from '../schema/fields.js'
import { dialectTest, offlineTest, plainTest } from '../values/facts.js'
import { dedented } from '../values/formatting.js'
import { connection, isLibrary, operations, unknownAbout, type Value } from '../values/value.js'
import { executeSql } from './execute.js'
import { inspected } from './live.js'
import { callSqlalchemy, isSessionMaker, session } from './sqlalchemy.js'

/** A call of something imported, by its full name. */
export function callLibrary(path: string, call: Call): Value {
  if (isWithin(path, 'sqlalchemy') || isWithin(path, 'sqlmodel')) return callSqlalchemy(path, call)
  if (isWithin(path, 'alembic')) return callAlembic(path, call)
  if (path === 'textwrap.dedent' || path === 'inspect.cleandoc') return dedented(call.passed.positional[0]?.given)
  if (!isLibrary(path)) return callForeign(path, call)
  return callsNow.has(lastName(path)) && givesAway(call.passed) ? callOpaque(call) : construct(path, call)
}

/** Whether a full name is that of a package or of something in it. */
const isWithin = (path: string, name: string): boolean =>
  path.startsWith(name) && (path.length === name.length || path[name.length] === '.')

/** Functions of Python's own modules that call what they are given. */
const callsNow = new Set(['reduce', 'starmap', 'accumulate', 'takewhile', 'dropwhile', 'filterfalse', 'groupby'])

const construct = (path: string, { passed, span }: Call): Value => ({
  type: 'construct',
  path,
  name: lastName(path),
  passed,
  span,
  live: givesAway(passed),
})

function callAlembic(path: string, call: Call): Value {
  const name = lastName(path)
  if (path.startsWith('alembic.context.')) {
    if (name === 'is_offline_mode') return unknownAbout(offlineTest)
    if (name === 'get_context') return { type: 'live', what: 'context' }
    if (name === 'get_bind') return connection
    if (name === 'execute') return executeSql(call, 'op')
    return /^(?:get_|is_)/.test(name) || path.startsWith('alembic.context.config.')
      ? unknownAbout(plainTest)
      : callOpaque(call)
  }
  if (path.endsWith('MigrationContext.configure')) return { type: 'live', what: 'context' }
  if (name === 'Operations') return operations
  return /^[A-Z]/.test(name) ? construct(path, call) : callOpaque(call)
}

/** A function or class of the project's own, or of a library that is not known. */
function callForeign(path: string, call: Call): Value {
  const name = lastName(path)
  const gives = givesAway(call.passed)
  if (/^is_(?:sqlite|postgres|mysql|mariadb|oracle|mssql)/.test(name)) return unknownAbout(dialectTest)
  if (asksWhetherThere(name)) return inspected(call)
  if (isLogging(call) || (readingMethods.test(name) && path.includes('.') && !gives)) return construct(path, call)
  if (/^_*[A-Z]/.test(name) && !call.discarded) return madeFrom(path, call)
  // As an argument it makes a value, such as a type or a default.
  return call.nested && !gives ? construct(path, call) : callOpaque(call)
}

const readingMethods = /^(?:get|items|keys|values|lower|upper|strip|split|startswith|endswith|format|join|isoformat)$/

/** `table_exists`, `has_column`; not `add_column_if_not_exists`. */
const asksWhetherThere = (name: string): boolean =>
  /exist|(?:^|_)has_/i.test(name) &&
  !/^_*(?:create|add|drop|alter|rename|remove|delete|set|insert|update|run|execute|safe|ensure|upgrade|downgrade|batch)/i.test(
    name,
  )

/** An object of a class that is not in this file. */
function madeFrom(path: string, call: Call): Value {
  if (!givesAway(call.passed)) return construct(path, call)
  if (isSessionMaker(path)) return session(path, call)
  // A wrapper around `op`, such as one that reports progress, is used as `op` is.
  if (call.passed.positional[0]?.given.type === 'operations' && /wrapper|operations$|op$/i.test(path)) return operations
  return callOpaque(call)
}
