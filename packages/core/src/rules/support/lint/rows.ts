import type { Operation } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'
import { before, type OperationPlace } from './new-operations.js'
import { earlier, isSameTable, type OnTable } from './new-tables.js'

/** True where the script takes all rows out of the table before. */
export function isEmptied(at: OperationPlace & OnTable): boolean {
  const { table } = at.operation
  return before(at).some(
    (one) =>
      one.kind === 'execute' &&
      one.tables?.includes(table ?? '') === true &&
      /^\s*(?:TRUNCATE\b|DELETE\s+FROM\s+[\w."`]+\s*;?\s*$)/i.test(one.sql ?? ''),
  )
}

/**
 * True where something before the operation, in this script or in one below it that is not published either, may have changed
 * rows of its table: an UPDATE, or what cannot be told.
 */
export function mayHaveChangedRows(context: RuleContext, at: OperationPlace & OnTable): boolean {
  const touches = (one: Operation) => mayChangeRows(one, at.operation.table, at.operation.schema)
  return ROWS.some((kind) => earlier(context, at, kind, touches).length > 0)
}

/** What may change rows: see `mayChangeRows`. */
const ROWS = ['opaque', 'bulk_insert', 'execute'] as const

/** True where an operation changes rows of this table, or may do so. */
export function mayChangeRows(operation: Operation, table: string | null, schema: string | null): boolean {
  switch (operation.kind) {
    case 'opaque':
      return true
    case 'bulk_insert':
      return isSameTable(operation, table, schema)
    case 'execute':
      if (operation.effect === 'unknown') return operation.tables === null || operation.tables.includes(table ?? '')
      return operation.effect === 'data' && (operation.tables === null || operation.tables.includes(table ?? ''))
    default:
      return false
  }
}
