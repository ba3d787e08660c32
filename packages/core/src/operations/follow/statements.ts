import { boundNames } from '../../script/bound-names.js'
import type { StmtNode } from '../../script/parse.js'
import { type Facts, plainTest, under, weakened } from '../values/facts.js'
import { plainName } from '../values/names.js'
import type { Scope } from '../values/scope.js'
import { derived, itemsOf, none, type StmtOf, testOf, unknown, type Value } from '../values/value.js'
import { bindTarget, mutate } from './assignment.js'
import { bindImports } from './bind-imports.js'
import { defineClass, defineFunction } from './definitions.js'
import type { Interpreter } from './interpreter.js'
import { runMatch } from './match.js'
import { type After, next, type Outcome, runWays, stronger, type Way } from './ways.js'
import { runWith } from './with.js'

export function runStatement(interpreter: Interpreter, node: StmtNode, scope: Scope): Outcome {
  switch (node.nodeType) {
    case 'Expr':
      interpreter.discarded = node.value.nodeType === 'Await' ? node.value.value : node.value
      interpreter.evaluate(node.value, scope)
      return next
    case 'Assign': {
      const value = interpreter.evaluate(node.value, scope)
      for (const target of node.targets) bindTarget(interpreter, target, value, scope)
      return next
    }
    case 'AnnAssign':
      if (node.value != null) bindTarget(interpreter, node.target, interpreter.evaluate(node.value, scope), scope)
      return next
    case 'AugAssign':
      mutate(interpreter, node, scope)
      return next
    case 'If':
      return runIf(interpreter, node, scope)
    case 'For':
    case 'AsyncFor':
      return runFor(interpreter, node, scope)
    case 'While':
      return runUncertainLoop(interpreter, node, scope, interpreter.evaluate(node.test, scope))
    case 'Try':
    case 'TryStar':
      return runTry(interpreter, node, scope)
    case 'With':
    case 'AsyncWith':
      return runWith(interpreter, node, scope)
    case 'Match':
      return runMatch(interpreter, node, scope)
    case 'Return':
      interpreter.returned.at(-1)?.push(node.value == null ? none : interpreter.evaluate(node.value, scope))
      return { flow: 'return', after: null }
    case 'Raise':
      if (node.exc != null) interpreter.evaluate(node.exc, scope)
      return { flow: 'raise', after: null }
    case 'Break':
      return { flow: 'break', after: null }
    case 'Continue':
      return { flow: 'continue', after: null }
    case 'FunctionDef':
    case 'AsyncFunctionDef':
      scope.bind(plainName(node.name), defineFunction(interpreter, node, scope))
      return next
    case 'ClassDef':
      scope.bind(plainName(node.name), defineClass(interpreter, node, scope))
      return next
    case 'Import':
    case 'ImportFrom':
      bindImports(node, scope)
      return next
    case 'Global':
    case 'Nonlocal':
      for (const name of node.names) scope.elsewhere.add(name)
      return next
    case 'Delete':
      for (const target of node.targets) bindTarget(interpreter, target, unknown, scope)
      return next
    case 'Assert':
      interpreter.evaluate(node.test, scope)
      return next
    default:
      return next
  }
}

function runIf(interpreter: Interpreter, node: StmtOf<'If'>, scope: Scope): Outcome {
  const value = interpreter.evaluate(node.test, scope)
  const holds = interpreter.holds(value)
  if (holds !== null) return interpreter.execute(holds ? node.body : node.orelse, scope)
  const { whenTrue, whenFalse } = testOf(value)
  const span = interpreter.spanOf(node.test)
  const ways = [
    { body: node.body, condition: whenTrue, span },
    { body: node.orelse, condition: whenFalse, span },
  ]
  return runWays(interpreter, ways, scope, true)
}

function runFor(interpreter: Interpreter, node: StmtOf<'For'> | StmtOf<'AsyncFor'>, scope: Scope): Outcome {
  const over = interpreter.evaluate(node.iter, scope)
  const items = itemsOf(over)
  if (items === null) return runUncertainLoop(interpreter, node, scope, over)
  let ended: After | null = null
  for (const item of [...items]) {
    if (!interpreter.step(node)) break
    bindTarget(interpreter, node.target, item, scope)
    const { flow, after } = interpreter.withFacts(factsAfter(ended, interpreter), () =>
      interpreter.execute(node.body, scope),
    )
    if (after?.ends !== 'iteration') ended = stronger(ended, after)
    if (flow === 'break') return { flow: 'next', after: functionEnd(ended) }
    if (flow === 'return' || flow === 'raise') return { flow, after: functionEnd(ended) }
  }
  return runElse(interpreter, node.orelse, scope, ended)
}

const factsAfter = (ended: After | null, { facts }: Interpreter): Facts =>
  ended === null ? facts : under(facts, weakened(ended.condition), ended.span)

/** Behind a loop it no longer matters that it may have been left. */
const functionEnd = (ended: After | null): After | null => (ended?.ends === 'function' ? ended : null)

/** The `else` of a loop, which runs unless the loop was left. */
function runElse(interpreter: Interpreter, body: readonly StmtNode[], scope: Scope, ended: After | null): Outcome {
  if (ended?.ends !== 'loop' || body.length === 0) {
    const { flow, after } = interpreter.execute(body, scope)
    return { flow, after: stronger(functionEnd(ended), after) }
  }
  return runWays(interpreter, [{ body, condition: weakened(ended.condition), span: ended.span }], scope, false)
}

/** A loop of which nobody knows how often it runs: its body is followed once, with whatever it changes unknown. */
function runUncertainLoop(
  interpreter: Interpreter,
  node: StmtOf<'For'> | StmtOf<'AsyncFor'> | StmtOf<'While'>,
  scope: Scope,
  over: Value,
): Outcome {
  const prepare = (branch: Scope) => {
    for (const name of boundNames(node.body).names) {
      const before = scope.lookUp(name)
      if (before !== undefined) branch.bind(name, derived(before))
    }
    if (node.nodeType !== 'While') bindTarget(interpreter, node.target, derived(over), branch)
  }
  const span = interpreter.spanOf(node.nodeType === 'While' ? node.test : node.iter)
  const way = { body: node.body, condition: testOf(over).whenTrue, span, prepare }
  const { after } = runWays(interpreter, [way], scope, false)
  return runElse(interpreter, node.orelse, scope, after)
}

const alwaysRaises = (body: readonly StmtNode[]): boolean => body.at(-1)?.nodeType === 'Raise'

function runTry(interpreter: Interpreter, node: StmtOf<'Try'> | StmtOf<'TryStar'>, scope: Scope): Outcome {
  const span = interpreter.spanOf(node)
  const body = [...node.body, ...node.orelse]
  // Where every handler raises again, the script fails with it: the body is not a thing that may be missing.
  const certain = node.handlers.every((handler) => alwaysRaises(handler.body))
  const handlers: Way[] = node.handlers.map((handler) => ({
    body: handler.body,
    condition: plainTest.whenTrue,
    span,
    prepare: (branch) => {
      if (handler.name != null) branch.bind(handler.name, unknown)
    },
  }))
  const outcome = certain
    ? runCertainBody(interpreter, body, handlers, scope)
    : runWays(interpreter, [{ body, condition: plainTest.whenTrue, span }, ...handlers], scope, true)
  const last = interpreter.execute(node.finalbody, scope)
  return last.flow === 'next' ? { flow: outcome.flow, after: stronger(outcome.after, last.after) } : last
}

function runCertainBody(
  interpreter: Interpreter,
  body: readonly StmtNode[],
  handlers: readonly Way[],
  scope: Scope,
): Outcome {
  const outcome = interpreter.execute(body, scope)
  runWays(interpreter, handlers, scope, false)
  return outcome
}
