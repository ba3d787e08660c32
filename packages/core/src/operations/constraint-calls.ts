import type { Constraint } from './operation.js'
import { emit, type OperationCall, onTable } from './operation-call.js'
import { columnNames, namesAmong } from './schema-items.js'
import { none, type Value } from './value.js'

const created: Readonly<Record<string, Constraint['type']>> = {
  create_unique_constraint: 'unique',
  create_primary_key: 'primary',
  create_check_constraint: 'check',
  create_foreign_key: 'foreign',
  create_exclude_constraint: 'exclude',
}

/** `op.create_…_constraint`, `op.create_primary_key`, `op.create_foreign_key`, `op.drop_constraint`. */
export function readConstraintCall(call: OperationCall, kind: string): Value {
  const { fields, given, span } = call
  const name = fields.text('name', given('constraint_name'))
  if (kind === 'drop_constraint') {
    const type = fields.text('type', given('type_'))
    emit(call, { kind: 'drop_constraint', name, type, ...onTable(call) })
    return none
  }
  const type = created[kind] ?? 'check'
  const notValid = fields.flag('notValid', given('postgresql_not_valid')) === true
  const columns = columnsOf(call, type)
  const referred = referredOf(call, type)
  const isForeign = type === 'foreign'
  const place = isForeign ? onTable(call, 'source_table', 'source_schema') : onTable(call)
  const constraint = { type, name, columns, ...referred, notValid, unresolved: fields.unresolved, span }
  emit(call, { kind: 'create_constraint', constraint, ...place })
  return none
}

function columnsOf({ fields, given, arguments: { rest } }: OperationCall, type: Constraint['type']) {
  if (type === 'check') return []
  if (type === 'foreign') return columnNames('columns', given('local_cols'), fields)
  if (type !== 'exclude') return columnNames('columns', given('columns'), fields)
  const elements = rest.map(({ given: one }) => (one.type === 'sequence' ? (one.items?.[0] ?? one) : one))
  return namesAmong('columns', elements, fields)
}

function referredOf({ fields, given }: OperationCall, type: Constraint['type']) {
  if (type !== 'foreign') return { referredTable: null, referredSchema: null, referredColumns: [] }
  const table = given('referent_table')
  if (table === undefined) fields.miss('referred')
  return {
    referredTable: fields.text('referred', table),
    referredSchema: fields.text('referred', given('referent_schema')),
    referredColumns: columnNames('referred', given('remote_cols'), fields),
  }
}
