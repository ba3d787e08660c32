import { repr } from '../revision/python-text.js'

/** What Alembic hands to a template for a revision's references. */
export type PythonValue = null | string | { readonly kind: 'tuple' | 'list'; readonly items: readonly string[] }

/** No id is None, one is a text, several are a tuple: Alembic's `tuple_rev_as_scalar`. */
export function scalarOrTuple(ids: readonly string[]): PythonValue {
  return ids.length > 1 ? { kind: 'tuple', items: ids } : (ids[0] ?? null)
}

/** Python's `repr()`. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return repr(value)
  const items = value.items.map(repr).join(', ')
  if (value.kind === 'list') return `[${items}]`
  return value.items.length === 1 ? `(${items},)` : `(${items})`
}

/** Python's `str()`. */
export function pythonText(value: PythonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** The template filter `comma`. */
export function commaText(value: PythonValue): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : value.items.join(', ')
}
