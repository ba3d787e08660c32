import { type Call, callOpaque, givesAway } from '../follow/call.js'
import { Fields, spansOf } from '../schema/fields.js'
import { readItems } from '../schema/table-items.js'
import { isTable, tableNamed } from '../schema/table-name.js'
import { isEnum, readEnum } from '../schema/types.js'
import { existenceTest } from '../values/facts.js'
import { type ConstructValue, derived, none, truthOf, unknownAbout, type Value } from '../values/value.js'

const verbs = ['insert', 'update', 'delete', 'select'] as const

/** Methods of tables, enums and metadata; null for other objects and methods. */
export function callSchemaObject(receiver: Value, name: string, call: Call): Value | null {
  if (receiver.type === 'construct' && isEnum(receiver) && (name === 'create' || name === 'drop')) {
    return changeType(receiver, name, call)
  }
  const { table } = tableNamed(receiver)
  if (table !== null || isTable(receiver)) {
    const verb = verbs.find((one) => one === name)
    if (verb !== undefined) return { type: 'statement', verb, tables: table === null ? null : [table] }
    if (name === 'alias') return receiver
    if (receiver.type === 'construct' && (name === 'create' || name === 'drop'))
      return changeTable(receiver, name, call)
  }
  const isMetadata =
    receiver.type === 'construct'
      ? receiver.name === 'MetaData'
      : receiver.type === 'method' && receiver.name === 'metadata'
  if (isMetadata && name === 'reflect') return unknownAbout(existenceTest(call.interpreter.inspect(call.span)))
  if (isMetadata && (name === 'create_all' || name === 'drop_all')) return callOpaque(call)
  return null
}

/** `checkfirst=True`; `unsaid`: what holds where nothing is said. */
function asksFirst({ passed }: Call, unsaid: boolean): boolean {
  const said = (passed.keywords.get('checkfirst') ?? passed.positional[1])?.given
  if (said === undefined) return unsaid
  return said.type === 'reference' ? !said.path.endsWith('.NONE') : truthOf(said) !== false
}

/** `invoice_state.create(op.get_bind(), checkfirst=True)`. */
function changeType(receiver: ConstructValue, name: 'create' | 'drop', call: Call): Value {
  const { values, schema, name: enumName, unresolved } = readEnum(receiver)
  const kind = name === 'create' ? 'create_type' : 'drop_type'
  const named = spansOf(call.passed.keywords)
  const missing = enumName === null && !unresolved.includes('name') ? ['name'] : []
  call.interpreter.emit(
    {
      kind,
      name: enumName,
      schema,
      values,
      span: call.span,
      arguments: named,
      unresolved: [...missing, ...unresolved.filter((field) => name === 'create' || field !== 'values')],
    },
    // PostgreSQL's own ENUM asks unless it is told not to.
    { exists: asksFirst(call, receiver.name === 'ENUM') },
  )
  return none
}

/** `users.create(op.get_bind())`. */
function changeTable(receiver: ConstructValue, name: 'create' | 'drop', call: Call): Value {
  const fields = new Fields()
  const { table, schema } = tableNamed(receiver)
  if (table === null) fields.miss('table')
  const shared = {
    span: call.span,
    arguments: spansOf(call.passed.keywords),
    table,
    schema,
    unresolved: fields.unresolved,
  }
  const options = { exists: asksFirst(call, false) }
  if (name === 'drop') call.interpreter.emit({ kind: 'drop_table', ...shared }, options)
  else {
    // The metadata stands between the name and the columns.
    const rest = receiver.passed.positional.slice(2).map((one) => one.given)
    if (!receiver.passed.complete) fields.miss('columns')
    call.interpreter.emit({ kind: 'create_table', ...shared, ...readItems(call.interpreter, rest, fields) }, options)
  }
  return givesAway(call.passed) ? none : derived(receiver)
}
