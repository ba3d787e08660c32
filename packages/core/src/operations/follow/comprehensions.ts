import type { ExprNode } from '../../script/parse.js'
import { madeSequence } from '../values/arithmetic.js'
import { Scope } from '../values/scope.js'
import { derived, type ExprOf, isLive, itemsOf, testOf, unknownAbout, type Value } from '../values/value.js'
import { bindTarget } from './assignment.js'
import type { Interpreter } from './interpreter.js'

type Comprehension = ExprOf<'ListComp' | 'SetComp' | 'GeneratorExp' | 'DictComp'>
type Clause = Comprehension['generators'][number]

/** `[f(x) for x in items]`: unrolled where the items are known, else followed once for what it does. */
export function comprehensionValue(interpreter: Interpreter, node: Comprehension, scope: Scope): Value {
  const made: Made = { keys: [], values: [], over: [] }
  runClauses(interpreter, node, node.generators, new Scope(scope), made)
  if (made.over.length > 0) {
    const { test } = derived(...made.over, ...made.values)
    return unknownAbout(test, made.values.some(isLive))
  }
  if (node.nodeType !== 'DictComp') {
    return madeSequence(interpreter, node.nodeType === 'SetComp' ? 'set' : 'list', made.values)
  }
  const keys = made.keys.map((key) => (key.type === 'text' ? key.text : key.type === 'number' ? key.value : undefined))
  const entries = keys.includes(undefined) ? null : new Map(keys.map((key, i) => [key!, made.values[i]!]))
  return { type: 'mapping', entries, madeIn: interpreter.branch }
}

interface Made {
  readonly keys: Value[]
  readonly values: Value[]
  /** What it goes over or filters by, where that is not known. */
  readonly over: Value[]
}

function runClauses(
  interpreter: Interpreter,
  node: Comprehension,
  clauses: readonly Clause[],
  scope: Scope,
  made: Made,
): void {
  const [clause, ...others] = clauses
  if (clause === undefined) {
    if (node.nodeType === 'DictComp') made.keys.push(interpreter.evaluate(node.key, scope))
    made.values.push(interpreter.evaluate(node.nodeType === 'DictComp' ? node.value : node.elt, scope))
    return
  }
  const over = interpreter.evaluate(clause.iter, scope)
  const items = itemsOf(over)
  const go = (item: Value) => {
    bindTarget(interpreter, clause.target, item, scope)
    filter(interpreter, clause.ifs, scope, made, () => runClauses(interpreter, node, others, scope, made))
  }
  if (items === null) {
    made.over.push(over)
    interpreter.inBranch(testOf(over).whenTrue, interpreter.spanOf(clause.iter), () => go(derived(over)))
    return
  }
  for (const item of items) {
    if (!interpreter.step(node)) return
    go(item)
  }
}

/** Goes on where all conditions hold, or may. */
function filter(
  interpreter: Interpreter,
  conditions: readonly ExprNode[],
  scope: Scope,
  made: Made,
  goOn: () => void,
): void {
  const [condition, ...others] = conditions
  if (condition === undefined) {
    goOn()
    return
  }
  const value = interpreter.evaluate(condition, scope)
  const holds = interpreter.holds(value)
  if (holds === false) return
  if (holds === true) {
    filter(interpreter, others, scope, made, goOn)
    return
  }
  made.over.push(value)
  interpreter.inBranch(testOf(value).whenTrue, interpreter.spanOf(condition), () =>
    filter(interpreter, others, scope, made, goOn),
  )
}
