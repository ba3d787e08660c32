import { readItems } from '../schema/table-items.js'
import { tableMade, tableNamed } from '../schema/table-name.js'
import { none, type Value } from '../values/value.js'
import { emit, type OperationCall, onTable } from './operation-call.js'

export function createTable(call: OperationCall): Value {
  const { interpreter, fields, given, span, arguments: sorted } = call
  const columns = given('columns')
  // `ops.CreateTableOp` takes its columns as one list.
  const listed = columns?.given.type === 'sequence' ? columns.given.items : []
  if (listed === null || !sorted.complete) fields.miss('columns')
  const values = [...(listed ?? []), ...sorted.rest.map((one) => one.given)]
  const items = readItems(interpreter, values, fields)
  emit(call, { kind: 'create_table', ...onTable(call), ...items })
  return tableMade(given('table_name'), given('schema'), span)
}

export function dropTable(call: OperationCall): Value {
  emit(call, { kind: 'drop_table', ...onTable(call) })
  return none
}

export function renameTable(call: OperationCall): Value {
  const newName = call.fields.text('newName', call.given('new_table_name'))
  emit(call, { kind: 'rename_table', ...onTable(call, 'old_table_name'), newName })
  return none
}

export function commentTable(call: OperationCall): Value {
  emit(call, { kind: 'table_comment', ...onTable(call) })
  return none
}

export function bulkInsert(call: OperationCall): Value {
  const { table, schema } = tableNamed(call.given('table')?.given)
  const unresolved = table === null ? ['table'] : []
  emit(call, { kind: 'bulk_insert', ...onTable(call, 'table'), table, schema, unresolved })
  return none
}
