import { type Call, callOpaque, callUnknown, givesAway, isLogging } from '../follow/call.js'
import { madeSequence, maxItems } from '../values/arithmetic.js'
import { textMethod } from '../values/formatting.js'
import {
  derived,
  forget,
  isLibrary,
  isLive,
  itemsOf,
  joined,
  keyValue,
  type MappingValue,
  type MethodValue,
  none,
  type SequenceValue,
  unknown,
  type Value,
} from '../values/value.js'
import { callLive } from './live.js'
import { callOperations } from './operations.js'
import { callSchemaObject } from './schema-objects.js'

/** `receiver.name(…)`. */
export function callMethod({ receiver, name }: MethodValue, call: Call): Value {
  switch (receiver.type) {
    case 'operations':
      return callOperations(receiver, name, call)
    case 'live':
      return callLive(receiver, name, call)
    case 'text':
      return textMethod(receiver.text, name, call.passed) ?? derived(receiver)
    case 'sequence':
      return callSequence(receiver, name, call)
    case 'mapping':
      return callMapping(receiver, name, call)
    case 'statement':
    case 'sql-text':
      return name === 'execute' ? callOpaque(call) : receiver
    case 'construct':
    case 'class':
    case 'method':
      return callSchemaObject(receiver, name, call) ?? callObject(receiver, name, call)
    default:
      return callObject(receiver, name, call)
  }
}

/** Methods of texts, lists, dicts and dates that only look: whatever the object is, they change nothing in a database. */
const readingMethods = new Set(
  (
    'get items keys values copy index count lower upper strip lstrip rstrip split splitlines startswith endswith replace ' +
    'format join encode decode isoformat strftime timestamp total_seconds hexdigest group groups search match fullmatch ' +
    'finditer findall sub read readline readlines hex'
  ).split(' '),
)
/** Methods that change a list or dict; a session has some of them too. */
const collectingMethods = new Set([
  'append',
  'extend',
  'add',
  'pop',
  'update',
  'setdefault',
  'insert',
  'remove',
  'clear',
])

function callObject(receiver: Value, name: string, call: Call): Value {
  if (isLogging(call)) return unknown
  if (queries(receiver)) return callOpaque(call)
  if (readingMethods.has(name) && !givesAway(call.passed)) return derived(receiver)
  if (receiver.type !== 'construct' && collectingMethods.has(name) && !isLive(receiver)) return derived(receiver)
  if (receiver.type === 'construct' && !isLive(receiver) && !givesAway(call.passed)) {
    // What an object of the project's own does is not known; as an argument it makes a value.
    if (!call.nested && !isLibrary(receiver.path)) return callOpaque(call)
    // `String(50).with_variant(…)` is still that type.
    if (name === 'with_variant' || name === 'copy') return receiver
    return { ...receiver, path: `${receiver.path}().${name}`, name, passed: call.passed, span: call.span }
  }
  return callUnknown(receiver, call)
}

/** `User.query.…`: a model of this file that asks, and changes, through a session of its own. */
function queries(receiver: Value): boolean {
  let value = receiver
  let isQuery = false
  while (value.type === 'method') {
    isQuery ||= value.name === 'query'
    value = value.receiver
  }
  return isQuery && value.type === 'class'
}

/** A list changed where it is certain that the change happens; else nothing is certain about it any more. */
function callSequence(receiver: SequenceValue, name: string, call: Call): Value {
  const { interpreter, passed } = call
  const [given] = passed.positional.map((one) => one.given)
  if (name === 'index' || name === 'count') return derived(receiver)
  if (name === 'copy')
    return receiver.items === null ? unknown : madeSequence(interpreter, receiver.form, receiver.items)
  const taken = derived(receiver)
  if (given === undefined) {
    forget(receiver)
    return taken
  }
  const certain = receiver.madeIn === interpreter.branch && receiver.items !== null
  const added = name === 'extend' ? itemsOf(given) : name === 'append' || name === 'add' ? [given] : null
  if (certain && added !== null && (receiver.items?.length ?? 0) + added.length <= maxItems) {
    for (const item of [...added]) receiver.items?.push(item)
  } else forget(receiver)
  return name === 'pop' ? taken : none
}

function callMapping(receiver: MappingValue, name: string, call: Call): Value {
  const { interpreter, passed } = call
  const { entries } = receiver
  const [key, other] = passed.positional.map((one) => one.given)
  if (entries === null) return derived(receiver)
  switch (name) {
    case 'items': {
      const pairs = [...entries].map(([name, value]) => madeSequence(interpreter, 'tuple', [keyValue(name), value]))
      return madeSequence(interpreter, 'list', pairs)
    }
    case 'keys':
      return madeSequence(interpreter, 'list', [...entries.keys()].map(keyValue))
    case 'values':
      return madeSequence(interpreter, 'list', [...entries.values()])
    case 'get': {
      const known = key?.type === 'text' ? key.text : key?.type === 'number' ? key.value : undefined
      return known === undefined ? joined([...entries.values(), other ?? none]) : (entries.get(known) ?? other ?? none)
    }
    case 'copy':
      return { type: 'mapping', entries: new Map(entries), madeIn: interpreter.branch }
    default: {
      const taken = derived(receiver)
      forget(receiver)
      return taken
    }
  }
}
