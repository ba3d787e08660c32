import { columnNames } from '../schema/column-names.js'
import { none, type Value } from '../values/value.js'
import { emit, type OperationCall, onTable } from './operation-call.js'

export function createIndex(call: OperationCall): Value {
  const { fields, given } = call
  emit(call, {
    kind: 'create_index',
    name: fields.text('name', given('index_name')),
    columns: columnNames('columns', given('columns'), fields),
    unique: fields.flag('unique', given('unique')) === true,
    concurrently: concurrently(call),
    ...onTable(call),
  })
  return none
}

export function dropIndex(call: OperationCall): Value {
  const { fields, given } = call
  const name = fields.text('name', given('index_name'))
  const place = onTable(call)
  // An index can be dropped by its name alone.
  const isAlone = call.on.batch === null && given('table_name') === undefined
  const unresolved = isAlone ? place.unresolved.filter((field) => field !== 'table') : place.unresolved
  emit(call, { kind: 'drop_index', ...place, unresolved, name, concurrently: concurrently(call) })
  return none
}

const concurrently = ({ fields, given }: OperationCall): boolean =>
  fields.flag('concurrently', given('postgresql_concurrently')) === true
