import { argumentsOf, type Call, callOpaque } from '../follow/call.js'
import { madeSequence, pieceOf } from '../values/arithmetic.js'
import { attributeOf } from '../values/attributes.js'
import {
  boolean,
  derived,
  hole,
  isLive,
  itemsOf,
  liveUnknown,
  number,
  text,
  textOf,
  truthOf,
  unknown,
  type Value,
} from '../values/value.js'

/** What a call of one of Python's own functions returns. */
export function callBuiltin(name: string, call: Call): Value {
  const { interpreter, passed } = call
  const given = passed.positional.map((one) => one.given)
  const items = given.map(itemsOf)
  const [first] = given
  const sequence = (values: readonly Value[] | null | undefined, form: 'list' | 'tuple' | 'set' = 'list') =>
    values == null || !passed.complete ? derived(...argumentsOf(passed)) : madeSequence(interpreter, form, values)
  switch (name) {
    case 'exec':
    case 'eval':
    case 'compile':
    case '__import__':
      interpreter.mayBindMore = true
      return callOpaque(call)
    case 'globals':
    case 'locals':
    case 'vars':
      // Whatever is taken out of them may be any function of the file.
      return liveUnknown
    case 'getattr': {
      const attribute = textOf(given[1])
      return first === undefined || attribute === null ? derived(...given) : attributeOf(first, attribute)
    }
    case 'str':
      return first === undefined ? text('') : pieceOf(first) === hole ? derived(first) : text(pieceOf(first))
    case 'bool': {
      const holds = first === undefined ? false : truthOf(first)
      return holds === null ? derived(...given) : boolean(holds)
    }
    case 'len':
      return items[0] == null ? derived(...given) : number(items[0].length)
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return sequence(first === undefined ? [] : items[0], name === 'frozenset' ? 'set' : name)
    case 'dict':
      return dictOf(call)
    case 'sorted':
    case 'reversed':
      return sequence(ordered(name, given.length === 1 && passed.keywords.size === 0 ? items[0] : null))
    case 'enumerate':
      return sequence(enumerated(items[0], given[1] ?? passed.keywords.get('start')?.given, call))
    case 'zip':
      return sequence(zipped(items, call))
    case 'range':
    case 'xrange':
      return sequence(range(given))
    case 'map':
    case 'filter':
      return mapped(name, call)
    default:
      return followed(call)
  }
}

function dictOf({ interpreter, passed }: Call): Value {
  const base = passed.positional[0]?.given
  const known = base === undefined ? new Map() : base.type === 'mapping' ? base.entries : null
  if (known === null || !passed.complete) return derived(...argumentsOf(passed))
  const entries = new Map(known)
  for (const [key, one] of passed.keywords) entries.set(key, one.given)
  return { type: 'mapping', entries, madeIn: interpreter.branch }
}

function ordered(name: string, items: readonly Value[] | null | undefined): readonly Value[] | null {
  if (items == null) return null
  if (name === 'reversed') return [...items].reverse()
  const texts = items.map(textOf)
  if (texts.includes(null)) return null
  return (texts as string[]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(text)
}

const pair = (call: Call, ...values: Value[]): Value => madeSequence(call.interpreter, 'tuple', values)

function enumerated(items: readonly Value[] | null | undefined, start: Value | undefined, call: Call) {
  const from = start === undefined ? 0 : start.type === 'number' ? start.value : null
  return items == null || from === null ? null : items.map((item, i) => pair(call, number(from + i), item))
}

function zipped(lists: readonly (readonly Value[] | null)[], call: Call): readonly Value[] | null {
  const known = lists.flatMap((list) => (list === null ? [] : [list]))
  if (known.length < lists.length || known.length === 0) return null
  const length = known.map((list) => list.length).reduce((a, b) => Math.min(a, b))
  return Array.from({ length }, (_, i) => pair(call, ...known.map((list) => list[i]!)))
}

function range(given: readonly Value[]): readonly Value[] | null {
  const [a, b, step] = given.map((one) => (one.type === 'number' ? one.value : Number.NaN))
  const [from, to] = b === undefined ? [0, a ?? Number.NaN] : [a!, b]
  const length = step === undefined ? to - from : Number.NaN
  return Number.isInteger(length) && length <= 10_000
    ? Array.from({ length: Math.max(0, length) }, (_, i) => number(from + i))
    : null
}

/** `map(function, items)`: the function is called for each, which in Python happens once somebody goes over it. */
function mapped(name: string, call: Call): Value {
  const { interpreter, passed } = call
  const [called, over] = passed.positional
  // Whatever is called, it is called with something: `op.drop_table` does something then.
  if (called?.given.type === 'method' && isLive(called.given) && itemsOf(over?.given ?? unknown) === null)
    return callOpaque(call)
  const items = over === undefined ? null : itemsOf(over.given)
  if (called === undefined || items === null || passed.positional.length > 2 || name === 'filter') return followed(call)
  const values: Value[] = []
  for (const item of items) {
    if (!interpreter.step(call.func)) break
    const one = { given: item, value: call.span, whole: call.span }
    values.push(
      interpreter.call(called.given, { ...call, passed: { positional: [one], keywords: new Map(), complete: true } }),
    )
  }
  return madeSequence(interpreter, 'list', values)
}

/** Functions handed to Python's own are called with something unknown; nothing else comes of the call. */
function followed(call: Call): Value {
  const all = argumentsOf(call.passed)
  for (const value of all) {
    if (value.type !== 'function') continue
    const { args, posonlyargs } = value.node.args
    const positional = [...posonlyargs, ...args].map(() => ({ given: unknown, value: call.span, whole: call.span }))
    call.interpreter.follow(value, { positional, keywords: new Map(), complete: true }, call.span)
  }
  return derived(...all.filter((value) => value.type !== 'function'))
}
