import type { Constraint } from '../operation.js'
import { columnNames, namesAmong } from '../schema/column-names.js'
import { excluded, refersToNothing } from '../schema/table-items.js'
import { none, type Value } from '../values/value.js'
import { emit, type OperationCall, onTable } from './operation-call.js'

/** `op.create_unique_constraint` and its like. */
export function createConstraint(type: Constraint['type']): (call: OperationCall) => Value {
  return (call) => {
    const { fields, given, span } = call
    const constraint: Constraint = {
      type,
      name: fields.text('name', given('constraint_name')),
      columns: columnsOf(call, type),
      ...(type === 'foreign' ? referredBy(call) : refersToNothing),
      notValid: fields.flag('notValid', given('postgresql_not_valid')) === true,
      unresolved: fields.unresolved,
      span,
    }
    const place = type === 'foreign' ? onTable(call, 'source_table', 'source_schema') : onTable(call)
    emit(call, { kind: 'create_constraint', constraint, ...place })
    return none
  }
}

export function dropConstraint(call: OperationCall): Value {
  const { fields, given } = call
  const name = fields.text('name', given('constraint_name'))
  const type = fields.text('type', given('type_'))
  emit(call, { kind: 'drop_constraint', name, type, ...onTable(call) })
  return none
}

function columnsOf({ fields, given, arguments: { rest } }: OperationCall, type: Constraint['type']) {
  if (type === 'check') return []
  if (type === 'foreign') return columnNames('columns', given('local_cols'), fields)
  if (type !== 'exclude') return columnNames('columns', given('columns'), fields)
  return namesAmong(
    'columns',
    rest.map((one) => excluded(one.given)),
    fields,
  )
}

function referredBy({ fields, given }: OperationCall) {
  const table = given('referent_table')
  if (table === undefined) fields.miss('referredTable')
  return {
    referredTable: fields.text('referredTable', table),
    referredSchema: fields.text('referredSchema', given('referent_schema')),
    referredColumns: columnNames('referredColumns', given('remote_cols'), fields),
  }
}
