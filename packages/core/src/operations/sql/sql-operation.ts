import type { Span } from '../../text/span.js'
import type { Effect } from '../follow/interpreter.js'
import type { Constraint, DefaultValue } from '../operation.js'

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never

/** One operation read out of SQL text; `exists`: it says `IF [NOT] EXISTS`. */
export type SqlOperation = Without<Effect, 'span' | 'arguments'> & { readonly exists?: boolean }

/** What a statement does. */
export interface SqlReading {
  readonly effect: 'data' | 'ddl' | 'none' | 'unknown'
  /** Tables that it names; null: not certain. */
  readonly tables: readonly string[] | null
  readonly operations: readonly SqlOperation[]
}

export const doesNothing: SqlReading = { effect: 'none', tables: [], operations: [] }
export const doesAnything: SqlReading = { effect: 'unknown', tables: null, operations: [] }

/** Parts of SQL text have no span of their own: whoever emits them puts that of the call there. */
export const nowhere: Span = { start: 0, end: 0 }

export const ddl = (operations: readonly SqlOperation[]): SqlReading => ({
  effect: 'ddl',
  tables: operations.flatMap((one) => ('table' in one && one.table !== null ? [one.table] : [])),
  operations,
})

/** `unresolved` of an operation: the fields whose name holds something that only Python knows. */
export const missing = (fields: Readonly<Record<string, string | null>>): string[] =>
  Object.entries(fields).flatMap(([field, value]) => (value === null ? [field] : []))

export const emptyConstraint: Constraint = {
  type: 'check',
  name: null,
  columns: [],
  referredTable: null,
  referredSchema: null,
  referredColumns: [],
  notValid: false,
  unresolved: [],
  span: nowhere,
}

export const sqlDefault = (text: string): DefaultValue => ({ kind: 'text', value: text, text, span: nowhere })
