import type { Span } from '../../text/span.js'
import { testOn } from '../values/facts.js'
import { Scope } from '../values/scope.js'
import {
  connection,
  derived,
  type FunctionValue,
  joined,
  liveUnknown,
  none,
  operations,
  type Passed,
  type PassedArguments,
  text,
  unknown,
  unknownAbout,
  type Value,
} from '../values/value.js'
import { isLambda } from './definitions.js'
import type { Interpreter } from './interpreter.js'

/** Helper functions inside one another. */
const maxCalls = 20

/** What a call of a function of this file returns; what it does to the database is noted as it goes along. */
export function followFunction(
  interpreter: Interpreter,
  called: FunctionValue,
  passed: PassedArguments,
  span: Span,
): Value {
  const { following } = interpreter
  const again = following.some((other) => other.node === called.node)
  if (again || following.length >= maxCalls) {
    interpreter.opaque(span, again ? `calls ${nameOf(called)}() from within itself` : 'calls helpers nested too deeply')
    return liveUnknown
  }
  const scope = new Scope(called.scope)
  bindParameters(called, passed, scope)
  following.push(called)
  try {
    return interpreter.withFacts({}, () => runBody(interpreter, called, scope))
  } finally {
    following.pop()
  }
}

function runBody(interpreter: Interpreter, { node }: FunctionValue, scope: Scope): Value {
  if (isLambda(node)) return interpreter.evaluate(node.body, scope)
  const returned: Value[] = []
  interpreter.returned.push(returned)
  try {
    const { flow, after } = interpreter.execute(node.body, scope)
    if (flow === 'next') returned.push(none)
    const value = joined(returned)
    // Which of several values it is depends on what was asked on the way.
    if (value.type !== 'unknown' || after === null) return value
    return unknownAbout(testOn([value.test, { whenTrue: after.condition, whenFalse: after.condition }]), value.live)
  } finally {
    interpreter.returned.pop()
  }
}

export const nameOf = ({ node }: FunctionValue): string => (isLambda(node) ? 'a lambda' : node.name)

function bindParameters(called: FunctionValue, passed: PassedArguments, scope: Scope): void {
  const { posonlyargs, args, vararg, kwonlyargs, kwarg } = called.node.args
  const all = [...posonlyargs, ...args]
  if (called.bound !== null && all[0] !== undefined) scope.bind(all[0].arg, called.bound)
  const positional = called.bound === null ? all : all.slice(1)
  const unsaid = passed.complete ? undefined : unknown
  const rest = new Map(passed.keywords)
  const take = (name: string): Passed | undefined => {
    const found = rest.get(name)
    rest.delete(name)
    return found
  }
  for (const [i, { arg }] of [...positional, ...kwonlyargs].entries()) {
    const given = (i < positional.length ? passed.positional[i] : undefined) ?? take(arg)
    scope.bind(arg, given?.given ?? unsaid ?? called.defaults.get(arg) ?? unknown)
  }
  if (vararg !== undefined) {
    const items = passed.positional.slice(positional.length).map((one) => one.given)
    scope.bind(vararg.arg, passed.complete ? { type: 'sequence', form: 'tuple', items, madeIn: 0 } : derived(...items))
  }
  if (kwarg !== undefined) {
    const entries = new Map([...rest].map(([name, one]) => [name, one.given] as const))
    scope.bind(kwarg.arg, { type: 'mapping', entries: passed.complete ? entries : null, madeIn: 0 })
  }
}

const connectionNames = new Set(['conn', 'connection', 'bind', 'engine', 'migrate_engine'])
const sessionNames = new Set(['session', 'db_session'])

/**
 * The arguments that `upgrade()` gets when Alembic, or a template of the project's own, calls it: by their names.
 * `database`: of a multi-database script.
 */
export function passedByAlembic(called: FunctionValue, database: string | null = null): PassedArguments {
  const { posonlyargs, args, kwonlyargs } = called.node.args
  const keywords = new Map<string, Passed>()
  const nowhere: Span = { start: 0, end: 0 }
  for (const { arg } of [...posonlyargs, ...args, ...kwonlyargs]) {
    const given = meant(arg, database) ?? called.defaults.get(arg) ?? unknown
    keywords.set(arg, { given, value: nowhere, whole: nowhere })
  }
  return { positional: [], keywords, complete: true }
}

function meant(name: string, database: string | null): Value | null {
  if (name === 'op') return operations
  if (name === 'tables') return { type: 'method', receiver: unknown, name }
  if (name === 'engine_name' && database !== null) return text(database)
  if (sessionNames.has(name)) return { type: 'live', what: 'session' }
  return connectionNames.has(name) ? connection : null
}
