import { type Call, callOpaque } from '../follow/call.js'
import { columnNames } from '../schema/column-names.js'
import { Fields, spansOf } from '../schema/fields.js'
import {
  connection,
  itemsOf,
  liveUnknown,
  none,
  type OperationsValue,
  type Passed,
  textOf,
  unknown,
  type Value,
} from '../values/value.js'
import { callOperation } from './alembic.js'
import { executeSql } from './execute.js'

/** `op.name(…)` or `batch_op.name(…)`: the operations, and what else Alembic's object offers. */
export function callOperations(receiver: OperationsValue, name: string, call: Call): Value {
  const { interpreter, passed, span } = call
  const [first] = passed.positional
  switch (name) {
    case 'f':
      return first?.given ?? passed.keywords.get('name')?.given ?? unknown
    case 'get_bind':
      return connection
    case 'get_context':
      return { type: 'live', what: 'context' }
    case 'inline_literal':
    case 'implementation_for':
    case 'register_operation':
      return unknown
    case 'batch_alter_table': {
      const table = first ?? passed.keywords.get('table_name')
      if (table === undefined) return callOpaque(call)
      return {
        type: 'operations',
        batch: { table, schema: passed.positional[1] ?? passed.keywords.get('schema') ?? null },
      }
    }
    case 'invoke':
      return invoked(receiver, call)
    case 'execute':
      return executeSql(call, 'op')
    case 'run_async':
      return runAsync(call)
    case 'sync_enum_values':
      return syncEnumValues(call)
    default: {
      const returned = callOperation(interpreter, receiver, name, passed, span)
      if (returned !== null) return returned
      interpreter.opaque(span, `calls op.${name}()`)
      return liveUnknown
    }
  }
}

/** `op.invoke(ops.DropTableOp('users'))` is the operation of that name. */
function invoked(receiver: OperationsValue, call: Call): Value {
  const given = call.passed.positional[0]?.given
  if (given?.type !== 'construct') return callOpaque(call)
  const name = operationOf(given.name)
  return name === null
    ? callOpaque(call)
    : (callOperation(call.interpreter, receiver, name, given.passed, call.span) ?? callOpaque(call))
}

/** `CreateTableOp` → `create_table`; null for a class of the project's own. */
function operationOf(className: string): string | null {
  if (!className.endsWith('Op')) return null
  const name = className
    .slice(0, -2)
    .replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase()
  return name === 'execute_s_q_l' ? 'execute' : name
}

/** `op.run_async(function, …)`: the function gets the connection before its other arguments. */
function runAsync(call: Call): Value {
  const [called, ...others] = call.passed.positional
  if (called?.given.type !== 'function') return callOpaque(call)
  const bind = { given: connection, value: called.value, whole: called.whole }
  call.interpreter.follow(called.given, { ...call.passed, positional: [bind, ...others] }, call.span)
  return none
}

/**
 * `op.sync_enum_values(…)`: alembic-postgresql-enum says the values that the type has afterwards, alembic-autogenerate-enums those
 * before in front of them. Both look what is there first.
 */
function syncEnumValues({ interpreter, passed, span }: Call): Value {
  const fields = new Fields()
  const [third, fourth] = passed.positional.slice(2)
  const old = passed.keywords.get('old_values') ?? (fourth !== undefined && saysTexts(fourth) ? third : undefined)
  const values = passed.keywords.get('new_values') ?? (old === third && third !== undefined ? fourth : third)
  const schema = ['enum_schema', 'schema'].map((one) => passed.keywords.get(one)).find(Boolean) ?? passed.positional[0]
  const name = ['enum_name', 'name'].map((one) => passed.keywords.get(one)).find(Boolean) ?? passed.positional[1]
  if (name === undefined) fields.miss('name')
  const before = old === undefined ? [] : columnNames('addedValues', old, fields)
  const after = columnNames('addedValues', values, fields)
  const effect = {
    kind: 'alter_type' as const,
    name: fields.text('name', name),
    schema: fields.text('schema', schema),
    newName: null,
    addedValues: after.flatMap((value) => (value === null || before.includes(value) ? [] : [value])),
    span,
    arguments: spansOf(passed.keywords),
    unresolved: fields.unresolved,
  }
  interpreter.emit(effect, { exists: true })
  return none
}

/** A list of values, not of columns that have the type. */
function saysTexts({ given }: Passed): boolean {
  const items = itemsOf(given)
  return items !== null && items.length > 0 && items.every((item) => textOf(item) !== null)
}
