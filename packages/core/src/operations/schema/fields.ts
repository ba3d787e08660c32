import type { ArgumentSpan } from '../operation.js'
import { type Passed, textOf, truthOf, type Value } from '../values/value.js'

/** The last part of a full name. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** What was passed under which name, as spans. */
export function spansOf(named: ReadonlyMap<string, Passed>): ReadonlyMap<string, ArgumentSpan> {
  const spans = new Map<string, ArgumentSpan>()
  for (const [name, { value, whole }] of named) spans.set(name, { value, whole })
  return spans
}

/** Reads fields out of arguments, and collects the names of those that only Python can tell. */
export class Fields {
  readonly unresolved: string[] = []

  /** A text; null where none was passed, or where it is None. */
  text(field: string, passed: Passed | null | undefined): string | null {
    if (passed == null || passed.given.type === 'none') return null
    const value = textOf(unquoted(passed.given))
    if (value === null) this.miss(field)
    return value
  }

  /** True or False; null where nothing was passed. */
  flag(field: string, passed: Passed | undefined): boolean | null {
    if (passed === undefined || passed.given.type === 'none') return null
    const holds = truthOf(passed.given)
    if (holds === null) this.miss(field)
    return holds
  }

  miss(field: string): void {
    if (!this.unresolved.includes(field)) this.unresolved.push(field)
  }
}

const textMakers = new Set(['quoted_name', 'conv', '_truncated_label'])

/** `quoted_name('users', True)` and `conv('ix')` are their text. */
export function unquoted(value: Value): Value {
  if (value.type !== 'construct' || !textMakers.has(value.name)) return value
  return value.passed.positional[0]?.given ?? value
}
