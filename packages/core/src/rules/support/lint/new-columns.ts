import type { Column } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'
import { mayReachRows } from './columns.js'
import type { OperationPlace } from './new-operations.js'
import { earlier, isSameTable, type OnTable } from './new-tables.js'
import { mayHaveChangedRows } from './rows.js'

type Place = OperationPlace & OnTable

/** True where the column is added in this slice of history: nothing that runs knows it yet. */
export function isNewColumn(context: RuleContext, at: Place, column: string | null): boolean {
  return addition(context, at, column) !== null
}

/**
 * True where one of these columns at least is new in this slice of history and NULL in every row: a unique or foreign key that
 * has it finds nothing to complain of. False where something may have filled it.
 */
export function areNewAndEmpty(context: RuleContext, at: Place, columns: readonly (string | null)[]): boolean {
  const isEmpty = columns.some((column) => {
    const added = addition(context, at, column)
    return added !== null && !mayReachRows(added)
  })
  return isEmpty && !mayHaveChangedRows(context, at)
}

/** True where the table is made in this slice, be it only where it is missing: a script that looks first has thought of it. */
export function isMadeHere(context: RuleContext, at: Place): boolean {
  const { table, schema } = at.operation
  return earlier(context, at, 'create_table', (one) => isSameTable(one, table, schema)).length > 0
}

/** What looks first whether the column is there may find one with values. */
function addition(context: RuleContext, at: Place, name: string | null): Column | null {
  const { table, schema } = at.operation
  if (name === null) return null
  const [first] = earlier(
    context,
    at,
    'add_column',
    (one) => one.column.name === name && one.context.guard !== 'exists' && isSameTable(one, table, schema),
  )
  return first?.column ?? null
}
