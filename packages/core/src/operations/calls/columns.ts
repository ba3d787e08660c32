import { readColumn, readDefault, unknownColumn } from '../schema/columns.js'
import { readType } from '../schema/types.js'
import { none, type Value } from '../values/value.js'
import { emit, type OperationCall, onTable } from './operation-call.js'

export function addColumn(call: OperationCall): Value {
  const { interpreter, fields, given, span } = call
  const passed = given('column')
  const isColumn = passed?.given.type === 'construct' && passed.given.name === 'Column'
  const column = isColumn ? readColumn(interpreter, passed.given) : unknownColumn(passed?.value ?? span)
  if (column.unresolved.includes('name')) fields.miss('column')
  emit(call, { kind: 'add_column', ...onTable(call), column })
  return none
}

export function dropColumn(call: OperationCall): Value {
  const column = call.fields.text('column', call.given('column_name'))
  emit(call, { kind: 'drop_column', ...onTable(call), column })
  return none
}

export function alterColumn(call: OperationCall): Value {
  const { interpreter, fields, given } = call
  const typeOf = (parameter: string) => {
    const passed = given(parameter)
    return passed === undefined ? null : readType(interpreter, passed, fields)
  }
  // False, which is what is passed when nothing is, leaves a default or a comment alone.
  const set = (parameter: string) => (given(parameter)?.given.type === 'boolean' ? undefined : given(parameter))
  emit(call, {
    kind: 'alter_column',
    column: fields.text('column', given('column_name')),
    newName: fields.text('newName', given('new_column_name')),
    type: typeOf('type_'),
    nullable: fields.flag('nullable', given('nullable')),
    serverDefault: readDefault(interpreter, set('server_default')),
    existingType: typeOf('existing_type'),
    existingNullable: fields.flag('existingNullable', given('existing_nullable')),
    hasUsing: given('postgresql_using') !== undefined,
    comment: set('comment') !== undefined,
    ...onTable(call),
  })
  return none
}
