import { type MethodValue, type Passed, textOf, type Value } from '../values/value.js'
import type { Fields } from './fields.js'

const orders = new Set(['desc', 'asc', 'nullsfirst', 'nullslast', 'nulls_first', 'nulls_last'])
const columnMakers = new Set(['column', 'Column', 'quoted_name'])

/** A name in a list of columns; null for an expression, which is known as such; undefined where only Python can tell. */
function columnName(value: Value): string | null | undefined {
  switch (value.type) {
    case 'text':
      return textOf(value) ?? undefined
    case 'sql-text':
      return bareColumn(textOf(value.text))
    case 'method':
      return columnOfTable(value)
    case 'reference':
      return null
    case 'construct': {
      const { name } = value
      const first = value.passed.positional[0]?.given
      if (first === undefined) return null
      if (orders.has(name)) return columnName(first)
      if (columnMakers.has(name)) return textOf(first) ?? undefined
      return name === 'literal_column' ? bareColumn(textOf(first)) : null
    }
    default:
      return undefined
  }
}

/** `created_at DESC` → `created_at`; null for an expression. */
const bareColumn = (text: string | null): string | null =>
  /^\s*"?(\w+)"?(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*$/i.exec(text ?? '')?.[1] ?? null

/** `users.c.email`. */
function columnOfTable({ receiver, name }: MethodValue): string | null | undefined {
  if (receiver.type === 'method' && (receiver.name === 'c' || receiver.name === 'columns')) return name
  return receiver.type === 'unknown' ? undefined : null
}

/** The names in a list of columns; a single text counts as a list of one. */
export function columnNames(field: string, passed: Passed | undefined, fields: Fields): (string | null)[] {
  if (passed === undefined) return []
  const { given } = passed
  const items = given.type === 'sequence' ? given.items : given.type === 'unknown' ? null : [given]
  if (items === null) fields.miss(field)
  return namesAmong(field, items ?? [], fields)
}

export function namesAmong(field: string, values: readonly Value[], fields: Fields): (string | null)[] {
  return values.map((value) => {
    const name = columnName(value)
    if (name === undefined) fields.miss(field)
    return name ?? null
  })
}
