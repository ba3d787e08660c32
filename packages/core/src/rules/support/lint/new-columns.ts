import type { RuleContext } from '../../rule.js'
import { mayReachRows } from './columns.js'
import type { OperationPlace } from './new-operations.js'
import { earlier, isSameTable, type OnTable } from './new-tables.js'
import { mayHaveChangedRows } from './rows.js'

/**
 * True where one of these columns at least is new in this slice of history and NULL in every row: a unique or foreign key that has it
 * finds nothing to complain of. False where something may have filled it.
 */
export function areNewAndEmpty(
  context: RuleContext,
  at: OperationPlace & OnTable,
  columns: readonly (string | null)[],
): boolean {
  const isEmpty = columns.some((column) =>
    earlier(context, at).some(
      (one) =>
        one.kind === 'add_column' &&
        one.context.guard !== 'exists' &&
        column !== null &&
        one.column.name === column &&
        isSameTable(one, at.operation.table, at.operation.schema) &&
        !mayReachRows(one.column),
    ),
  )
  return isEmpty && !mayHaveChangedRows(context, at)
}
