import type { Interpreter } from '../follow/interpreter.js'
import { dialectIsOneOf, negated } from './facts.js'
import type { Scope } from './scope.js'
import { boolean, derived, type ExprOf, testOf, textOf, unknownAbout, type Value } from './value.js'

/** `a == b`, `a in b`, `a is not None`. */
export function compare(interpreter: Interpreter, node: ExprOf<'Compare'>, scope: Scope): Value {
  const left = interpreter.evaluate(node.left, scope)
  const rights = node.comparators.map((right) => interpreter.evaluate(right, scope))
  const operator = node.ops[0]?.nodeType
  const right = rights[0]
  if (rights.length !== 1 || operator === undefined || right === undefined) return derived(left, ...rights)
  const dialects = dialectsMeant(left, operator, right)
  if (dialects !== null) {
    const test = dialectIsOneOf(dialects)
    return unknownAbout(operator.startsWith('Not') || operator === 'IsNot' ? negated(test) : test)
  }
  const holds = holdsFor(operator, left, right)
  return holds === null ? derived(left, right) : boolean(holds)
}

/** The dialects in `dialect.name == 'sqlite'`, `'sqlite' in str(bind.engine.url)`, `dialect.name in (…)`. */
function dialectsMeant(left: Value, operator: string, right: Value): readonly string[] | null {
  const [asked, named] = isDialect(left) ? [left, right] : [right, left]
  if (!isDialect(asked) || !['Eq', 'NotEq', 'In', 'NotIn', 'Is', 'IsNot'].includes(operator)) return null
  const one = textOf(named)
  if (one !== null) return [one]
  const items = named.type === 'sequence' ? named.items : null
  const names = items?.map(textOf) ?? [null]
  return names.includes(null) ? null : (names as string[])
}

const isDialect = (value: Value): boolean =>
  value.type === 'live' ? value.what === 'dialect-name' : testOf(value).whenTrue.guard === 'dialect'

function holdsFor(operator: string, left: Value, right: Value): boolean | null {
  switch (operator) {
    case 'Eq':
    case 'Is':
      return equal(left, right)
    case 'NotEq':
    case 'IsNot':
      return opposite(equal(left, right))
    case 'In':
      return contains(right, left)
    case 'NotIn':
      return opposite(contains(right, left))
    default:
      return ordered(operator, left, right)
  }
}

const opposite = (holds: boolean | null): boolean | null => (holds === null ? null : !holds)

function equal(left: Value, right: Value): boolean | null {
  const [a, b] = [scalar(left), scalar(right)]
  if (a !== undefined && b !== undefined) return a === b
  // Whatever it is in full, a list or a function is no None; a connection is none with `--sql`.
  const isThing = (value: Value) =>
    ['sequence', 'mapping', 'function', 'class', 'construct', 'text'].includes(value.type)
  return (a === null && isThing(right)) || (b === null && isThing(left)) ? false : null
}

/** Undefined where it is not a known scalar. */
function scalar(value: Value): string | number | boolean | null | undefined {
  if (value.type === 'text') return textOf(value) ?? undefined
  if (value.type === 'number' || value.type === 'boolean') return value.value
  return value.type === 'none' ? null : undefined
}

function contains(container: Value, item: Value): boolean | null {
  const wanted = scalar(item)
  if (wanted === undefined) return null
  const whole = textOf(container)
  if (whole !== null) return typeof wanted === 'string' ? whole.includes(wanted) : null
  if (container.type === 'mapping') return container.entries?.has(wanted) ?? null
  if (container.type !== 'sequence' || container.items === null) return null
  const items = container.items.map(scalar)
  if (items.includes(wanted)) return true
  return items.includes(undefined) ? null : false
}

function ordered(operator: string, left: Value, right: Value): boolean | null {
  if (left.type !== 'number' || right.type !== 'number') return null
  const [a, b] = [left.value, right.value]
  if (operator === 'Lt') return a < b
  if (operator === 'LtE') return a <= b
  if (operator === 'Gt') return a > b
  return operator === 'GtE' ? a >= b : null
}
