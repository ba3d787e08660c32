import { Scope } from '../values/scope.js'
import type { ClassValue, ExprOf, FunctionValue, StmtOf, Value } from '../values/value.js'
import type { Interpreter } from './interpreter.js'

type FunctionNode = FunctionValue['node']

/** A function as its `def` leaves it: nothing runs but its default values. */
export function defineFunction(interpreter: Interpreter, node: FunctionNode, scope: Scope): FunctionValue {
  const { posonlyargs, args, defaults, kwonlyargs, kw_defaults } = node.args
  const values = new Map<string, Value>()
  const positional = [...posonlyargs, ...args]
  const first = positional.length - defaults.length
  for (const [i, value] of defaults.entries()) {
    const parameter = positional[first + i]
    if (parameter !== undefined) values.set(parameter.arg, interpreter.evaluate(value, scope))
  }
  for (const [i, parameter] of kwonlyargs.entries()) {
    const value = kw_defaults[i]
    if (value != null) values.set(parameter.arg, interpreter.evaluate(value, scope))
  }
  return { type: 'function', node, scope: scope.enclosing, defaults: values, bound: null }
}

/** A class as its body leaves it. */
export function defineClass(interpreter: Interpreter, node: StmtOf<'ClassDef'>, scope: Scope): ClassValue {
  const bases = node.bases.map((base) => interpreter.evaluate(base, scope))
  const body = new Scope(scope, true)
  interpreter.execute(node.body, body)
  return {
    type: 'class',
    name: node.name,
    members: body.own,
    bases: bases.flatMap((base) => {
      if (base.type === 'reference') return [base.path]
      return base.type === 'class' ? [base.name, ...base.bases] : []
    }),
  }
}

/** Whether a method gets its class before all arguments. */
export const isClassMethod = ({ node }: FunctionValue): boolean =>
  !isLambda(node) && node.decorator_list.some((one) => one.nodeType === 'Name' && one.id === 'classmethod')

export const isLambda = (node: FunctionNode): node is ExprOf<'Lambda'> => node.nodeType === 'Lambda'
