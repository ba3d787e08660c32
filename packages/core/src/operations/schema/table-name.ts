import type { Span } from '../../text/span.js'
import type { ConstructValue, Passed, Value } from '../values/value.js'
import { Fields } from './fields.js'

export interface TableName {
  readonly table: string | null
  readonly schema: string | null
}

const noTable: TableName = { table: null, schema: null }

export const isTable = (value: Value): value is ConstructValue =>
  value.type === 'construct' && (value.name === 'Table' || value.name === 'table' || value.name === 'TableClause')

/** The name of `sa.table('users', …)`, `sa.Table('users', …)` or of a mapped class of this file. */
export function tableNamed(value: Value | undefined): TableName {
  if (value === undefined) return noTable
  if (value.type === 'method' && value.name === '__table__') return tableNamed(value.receiver)
  if (value.type === 'class') {
    const name = value.members.get('__tablename__')
    return name?.type === 'text' ? { table: name.text, schema: null } : tableNamed(value.members.get('__table__'))
  }
  if (!isTable(value)) return noTable
  const fields = new Fields()
  const { positional, keywords } = value.passed
  return {
    table: fields.text('table', positional[0] ?? keywords.get('name')),
    schema: fields.text('schema', keywords.get('schema')),
  }
}

/** A table as `sa.table(…)` makes it, of a name that stands elsewhere. */
export const tableMade = (name: Passed | undefined, schema: Passed | undefined, span: Span): ConstructValue => ({
  type: 'construct',
  path: 'sqlalchemy.Table',
  name: 'Table',
  passed: {
    positional: name === undefined ? [] : [name],
    keywords: new Map(schema === undefined ? [] : [['schema', schema]]),
    complete: true,
  },
  span,
  live: false,
})

/** A table of the metadata: `metadata.tables['users']`, and `tables.users` where a project hands its tables to `upgrade`. */
export function tableCalled(name: Value): ConstructValue {
  const span = { start: 0, end: 0 }
  return tableMade({ given: name, value: span, whole: span }, undefined, span)
}
