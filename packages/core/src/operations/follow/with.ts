import { plainTest } from '../values/facts.js'
import type { Scope } from '../values/scope.js'
import type { StmtOf, Value } from '../values/value.js'
import { bindTarget } from './assignment.js'
import type { Interpreter } from './interpreter.js'
import { type Outcome, runWays } from './ways.js'

/** `with op.batch_alter_table(…) as batch_op:`, `with op.get_context().autocommit_block():`, and any other. */
export function runWith(interpreter: Interpreter, node: StmtOf<'With'> | StmtOf<'AsyncWith'>, scope: Scope): Outcome {
  const facts: { batch?: boolean; autocommit?: boolean } = {}
  let suppresses = false
  for (const item of node.items) {
    const manager = interpreter.evaluate(item.context_expr, scope)
    if (manager.type === 'operations' && manager.batch !== null) facts.batch = true
    if (manager.type === 'live' && manager.what === 'autocommit') facts.autocommit = true
    if (isSuppress(manager)) suppresses = true
    if (item.optional_vars != null) bindTarget(interpreter, item.optional_vars, manager, scope)
  }
  if (!suppresses) return interpreter.withFacts(facts, () => interpreter.execute(node.body, scope))
  const way = { body: node.body, condition: plainTest.whenTrue, span: interpreter.spanOf(node) }
  return interpreter.withFacts(facts, () => runWays(interpreter, [way], scope, false))
}

const isSuppress = (manager: Value): boolean => manager.type === 'construct' && manager.path === 'contextlib.suppress'
