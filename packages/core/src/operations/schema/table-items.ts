import type { Interpreter } from '../follow/interpreter.js'
import type { Column, Constraint, TableIndex } from '../operation.js'
import type { ConstructValue, Passed, Value } from '../values/value.js'
import { columnNames, namesAmong } from './column-names.js'
import { readColumn } from './columns.js'
import { Fields } from './fields.js'

/** What `create_table` was given, sorted. */
export interface TableItems {
  readonly columns: Column[]
  readonly constraints: Constraint[]
  readonly indexes: TableIndex[]
}

const constraintTypes: Readonly<Record<string, Constraint['type']>> = {
  PrimaryKeyConstraint: 'primary',
  ForeignKeyConstraint: 'foreign',
  UniqueConstraint: 'unique',
  CheckConstraint: 'check',
  ExcludeConstraint: 'exclude',
}

/** Reads the items of a table. What may be a column and cannot be read is missed as `columns`. */
export function readItems(interpreter: Interpreter, values: readonly Value[], fields: Fields): TableItems {
  const items: TableItems = { columns: [], constraints: [], indexes: [] }
  for (const value of values) {
    if (value.type === 'none') continue
    if (value.type === 'construct') readItem(interpreter, value, items, fields)
    else fields.miss('columns')
  }
  return items
}

function readItem(interpreter: Interpreter, value: ConstructValue, items: TableItems, fields: Fields): void {
  const { name } = value
  if (name === 'Column') {
    const column = readColumn(interpreter, value)
    if (column.unresolved.includes('name')) fields.miss('columns')
    items.columns.push(column)
  } else if (Object.hasOwn(constraintTypes, name)) {
    const constraint = readConstraint(value, constraintTypes[name]!)
    if (constraint.unresolved.length > 0) fields.miss('constraints')
    items.constraints.push(constraint)
  } else if (name === 'Index') items.indexes.push(readIndex(value, fields))
  else if (name !== 'MetaData') fields.miss('columns')
}

function readIndex({ passed, span }: ConstructValue, fields: Fields): TableIndex {
  const [name, ...columns] = passed.positional
  if (!passed.complete) fields.miss('indexes')
  return {
    name: fields.text('indexes', name ?? passed.keywords.get('name')),
    columns: namesAmong(
      'indexes',
      columns.map((one) => one.given),
      fields,
    ),
    unique: fields.flag('indexes', passed.keywords.get('unique')) === true,
    span,
  }
}

/** `sa.UniqueConstraint('a', 'b', name='c')` and its like. */
function readConstraint({ passed, span }: ConstructValue, type: Constraint['type']): Constraint {
  const fields = new Fields()
  if (!passed.complete) fields.miss('columns')
  const isForeign = type === 'foreign'
  const elements = isForeign || type === 'check' ? [] : passed.positional.map((one) => one.given)
  return {
    type,
    name: fields.text('name', passed.keywords.get('name')),
    columns: isForeign
      ? columnNames('columns', passed.positional[0] ?? passed.keywords.get('columns'), fields)
      : namesAmong('columns', type === 'exclude' ? elements.map(excluded) : elements, fields),
    ...(isForeign ? referred(passed.positional[1] ?? passed.keywords.get('refcolumns'), fields) : refersToNothing),
    notValid: fields.flag('notValid', passed.keywords.get('postgresql_not_valid')) === true,
    unresolved: fields.unresolved,
    span,
  }
}

/** The column in `('room', '=')`. */
export const excluded = (element: Value): Value =>
  element.type === 'sequence' ? (element.items?.[0] ?? element) : element

export const refersToNothing = { referredTable: null, referredSchema: null, referredColumns: [] }

/** `['users.id']` or `['billing.users.id']`. */
function referred(passed: Passed | undefined, fields: Fields) {
  const paths = columnNames('referredColumns', passed, fields).map((path) => path?.split('.') ?? null)
  const first = paths[0]
  if (first == null || first.length < 2) {
    fields.miss('referredTable')
    return refersToNothing
  }
  return {
    referredTable: first.at(-2)!,
    referredSchema: first.length > 2 ? first.slice(0, -2).join('.') : null,
    referredColumns: paths.map((path) => path?.at(-1) ?? null),
  }
}
