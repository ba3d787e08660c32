import type { Column, Operation } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'
import { mayReachRows } from './columns.js'
import type { OperationPlace } from './new-operations.js'
import { earlierOnTable, type OnTable } from './new-tables.js'
import { mayHaveChangedRows } from './rows.js'

type Place = OperationPlace & OnTable
type Added = Extract<Operation, { readonly kind: 'add_column' }>

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
  return earlierOnTable(context, at, 'create_table').length > 0
}

/** What looks first whether the column is there may find one with values. */
function addition(context: RuleContext, at: Place, name: string | null): Column | null {
  if (name === null) return null
  const isIt = ({ column, context: around }: Added) => column.name === name && around.guard !== 'exists'
  const [first] = earlierOnTable(context, at, 'add_column', isIt)
  return first?.column ?? null
}
