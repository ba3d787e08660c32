import type { Column, ColumnType } from '../../../operations/operation.js'

/** True where the database gives a value to rows that are there, or where only Python can tell. */
export function mayReachRows({ serverDefault, generated, unresolved }: Column): boolean {
  if (unresolved.includes('server_default') || unresolved.includes('keywords')) return true
  return generated !== null || (serverDefault !== null && serverDefault.kind !== 'none')
}

/** `sa.Boolean()`, `sa.BOOLEAN`, and `BOOL` in SQL. */
export function isBoolean(type: ColumnType | null): boolean {
  return type !== null && /^bool(ean)?$/i.test(type.name)
}

/**
 * A type for comparing: autogenerate writes those of the database (`sa.VARCHAR(length=3)`) beside those of the models
 * (`sa.String(3)`).
 */
export function typeText(type: ColumnType | null): string | null {
  if (type === null) return null
  const text = type.text.toLowerCase().replace(/\s|\b(?:length|precision|scale|timezone|astext_type)=/g, '')
  return text
    .replace(/^(?:\w+\.)+/, '')
    .replace(/^varchar\b/, 'string')
    .replace(/^timestamp\b/, 'datetime')
    .replace(/\(\)$/, '')
}
