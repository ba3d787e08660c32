import type { ExprNode } from '../../script/parse.js'
import { sumOf } from '../values/arithmetic.js'
import { plainName } from '../values/names.js'
import type { Scope } from '../values/scope.js'
import { derived, forget, type StmtOf, type Value } from '../values/value.js'
import type { Interpreter } from './interpreter.js'

/** Binds the names of a target: `a`, `a, b`, `a, *rest`, `a[key]`. */
export function bindTarget(interpreter: Interpreter, target: ExprNode, value: Value, scope: Scope): void {
  switch (target.nodeType) {
    case 'Name':
      scope.bind(plainName(target.id), value)
      break
    case 'Starred':
      bindTarget(interpreter, target.value, derived(value), scope)
      break
    case 'Tuple':
    case 'List': {
      const items = value.type === 'sequence' ? value.items : null
      const fits = items?.length === target.elts.length && target.elts.every((one) => one.nodeType !== 'Starred')
      for (const [i, element] of target.elts.entries()) {
        bindTarget(interpreter, element, fits ? items![i]! : derived(value), scope)
      }
      break
    }
    case 'Subscript': {
      const container = interpreter.evaluate(target.value, scope)
      setItem(interpreter, container, interpreter.evaluate(target.slice, scope), value)
      break
    }
    case 'Attribute':
      interpreter.evaluate(target.value, scope)
      break
  }
}

function setItem(interpreter: Interpreter, container: Value, key: Value, value: Value): void {
  if (container.type === 'mapping' && container.entries !== null) {
    const certain = container.madeIn === interpreter.branch && (key.type === 'text' || key.type === 'number')
    if (certain) container.entries.set(key.type === 'text' ? key.text : key.value, value)
    else forget(container)
  } else forget(container)
}

/** `a += b`. */
export function mutate(interpreter: Interpreter, node: StmtOf<'AugAssign'>, scope: Scope): void {
  const before = interpreter.evaluate(node.target, scope)
  const added = interpreter.evaluate(node.value, scope)
  const after = node.op.nodeType === 'Add' ? sumOf(interpreter, before, added) : derived(before, added)
  // Other names for the same list see the change too.
  if (before.type === 'sequence' && before.form === 'list') forget(before)
  bindTarget(interpreter, node.target, after, scope)
}
