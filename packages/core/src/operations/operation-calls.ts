import type { Span } from '../text/span.js'
import type { Call } from './call.js'
import { readConstraintCall } from './constraint-calls.js'
import type { Interpreter } from './interpreter.js'
import { emit, type OperationCall, onTable } from './operation-call.js'
import { columnNames, Fields, lastName, readColumn, readDefault, readItems, readType, spansOf } from './schema-items.js'
import { sortArguments } from './signatures.js'
import { type ConstructValue, none, type OperationsValue, type PassedArguments, type Value } from './value.js'

/** `op.<name>(…)` or `batch_op.<name>(…)`: notes the operation and returns what the call returns; null for no such thing. */
export function callOperation(
  interpreter: Interpreter,
  on: OperationsValue,
  name: string,
  passed: PassedArguments,
  span: Span,
): Value | null {
  const sorted = sortArguments(name, passed, on.batch !== null)
  if (sorted === null) return null
  const given = (parameter: string) => sorted.named.get(parameter)
  const call: OperationCall = { interpreter, on, arguments: sorted, fields: new Fields(), span, given }
  if (!sorted.complete) call.fields.miss('keywords')
  const reader = readers.get(name)
  return reader === undefined ? readConstraintCall(call, name) : (reader(call) ?? none)
}

const readers: ReadonlyMap<string, (call: OperationCall) => Value | undefined> = new Map([
  ['create_table', createTable],
  ['drop_table', (call: OperationCall) => emit(call, { kind: 'drop_table', ...onTable(call) })],
  ['rename_table', renameTable],
  ['add_column', addColumn],
  ['drop_column', dropColumn],
  ['alter_column', alterColumn],
  ['create_index', createIndex],
  ['drop_index', dropIndex],
  ['create_table_comment', (call: OperationCall) => emit(call, { kind: 'table_comment', ...onTable(call) })],
  ['drop_table_comment', (call: OperationCall) => emit(call, { kind: 'table_comment', ...onTable(call) })],
  ['bulk_insert', bulkInsert],
] as [string, (call: OperationCall) => Value | undefined][])

function createTable(call: OperationCall): Value {
  const { interpreter, fields } = call
  const columns = call.given('columns')
  // `ops.CreateTableOp` takes its columns as one list.
  const listed = columns?.given.type === 'sequence' ? columns.given.items : []
  if (listed === null) fields.miss('columns')
  const items = readItems(interpreter, [...(listed ?? []), ...call.arguments.rest.map((one) => one.given)], fields)
  if (!call.arguments.complete) fields.miss('columns')
  emit(call, { kind: 'create_table', ...onTable(call), ...items })
  return tableMade(call)
}

/** What `create_table` returns: a table that statements can be made of. */
function tableMade(call: OperationCall): ConstructValue {
  const name = call.given('table_name')
  const schema = call.given('schema')
  return {
    type: 'construct',
    path: 'sqlalchemy.Table',
    passed: {
      positional: name === undefined ? [] : [name],
      keywords: new Map(schema === undefined ? [] : [['schema', schema]]),
      complete: true,
    },
    span: call.span,
    live: false,
  }
}

function renameTable(call: OperationCall): undefined {
  const newName = call.fields.text('newName', call.given('new_table_name'))
  emit(call, { kind: 'rename_table', ...onTable(call, 'old_table_name'), newName })
}

function addColumn(call: OperationCall): undefined {
  const passed = call.given('column')
  if (passed?.given.type !== 'construct' || lastName(passed.given.path) !== 'Column') {
    call.fields.miss('column')
    const column = unknownColumn(passed?.value ?? call.span)
    emit(call, { kind: 'add_column', ...onTable(call), column })
    return
  }
  const column = readColumn(call.interpreter, passed.given)
  if (column.unresolved.includes('name')) call.fields.miss('column')
  emit(call, { kind: 'add_column', ...onTable(call), column })
}

const unknownColumn = (span: Span) => ({
  name: null,
  type: null,
  nullable: null,
  serverDefault: null,
  clientDefault: null,
  primaryKey: false,
  unique: false,
  index: false,
  autoincrement: null,
  generated: null,
  references: [],
  arguments: new Map(),
  unresolved: ['name', 'type'],
  span,
})

function dropColumn(call: OperationCall): undefined {
  const column = call.fields.text('column', call.given('column_name'))
  emit(call, { kind: 'drop_column', ...onTable(call), column })
}

function alterColumn(call: OperationCall): undefined {
  const { interpreter, fields, given } = call
  const typeOf = (name: string) => {
    const passed = given(name)
    return passed === undefined ? null : readType(interpreter, passed, fields)
  }
  // False, which is what is passed when nothing is, leaves a default or a comment alone.
  const set = (name: string) => (given(name)?.given.type === 'boolean' ? undefined : given(name))
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
}

const concurrently = ({ fields, given }: OperationCall): boolean =>
  fields.flag('concurrently', given('postgresql_concurrently')) === true

function createIndex(call: OperationCall): undefined {
  const { fields, given } = call
  emit(call, {
    kind: 'create_index',
    name: fields.text('name', given('index_name')),
    columns: columnNames('columns', given('columns'), fields),
    unique: fields.flag('unique', given('unique')) === true,
    concurrently: concurrently(call),
    ...onTable(call),
  })
}

function dropIndex(call: OperationCall): undefined {
  const name = call.fields.text('name', call.given('index_name'))
  const isOnTable = call.on.batch !== null || call.given('table_name') !== undefined
  const place = isOnTable ? onTable(call) : { ...onTable(call), table: null }
  const unresolved = isOnTable ? place.unresolved : place.unresolved.filter((field) => field !== 'table')
  emit(call, { kind: 'drop_index', ...place, unresolved, name, concurrently: concurrently(call) })
}

function bulkInsert(call: OperationCall): undefined {
  const { table, schema } = tableNamed(call.given('table')?.given)
  if (table === null) call.fields.miss('table')
  emit(call, {
    kind: 'bulk_insert',
    ...onTable(call, 'table'),
    table,
    schema,
    unresolved: table === null ? ['table'] : [],
  })
}

/** The name of `sa.table('users', …)`, `sa.Table('users', …)` or of a mapped class of this file. */
export function tableNamed(value: Value | undefined): { table: string | null; schema: string | null } {
  const fields = new Fields()
  if (value?.type === 'method' && value.name === '__table__') return tableNamed(value.receiver)
  if (value?.type === 'class') {
    const name = value.members.get('__tablename__')
    const table = value.members.get('__table__')
    if (name === undefined && table !== undefined) return tableNamed(table)
    return { table: name?.type === 'text' ? name.text : null, schema: null }
  }
  if (value?.type !== 'construct' || !/^(?:table|Table|TableClause)$/.test(lastName(value.path)))
    return { table: null, schema: null }
  const { positional, keywords } = value.passed
  return {
    table: fields.text('table', positional[0] ?? keywords.get('name')),
    schema: fields.text('schema', keywords.get('schema')),
  }
}

/** `op.sync_enum_values(…)` of alembic-postgresql-enum: the values that the type has afterwards. */
export function syncEnumValues({ interpreter, passed, span }: Call): Value {
  const fields = new Fields()
  const [schema, name, values] = ['enum_schema', 'enum_name', 'new_values'].map(
    (one, i) => passed.keywords.get(one) ?? passed.positional[i],
  )
  if (name === undefined) fields.miss('name')
  const arguments_ = spansOf(passed.keywords)
  interpreter.emit({
    kind: 'alter_type',
    name: fields.text('name', name),
    schema: fields.text('schema', schema),
    addedValues: columnNames('addedValues', values, fields).flatMap((value) => value ?? []),
    span,
    arguments: arguments_,
    unresolved: fields.unresolved,
  })
  return none
}
