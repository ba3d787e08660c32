import type { Operation, ScriptOperations } from '../operations/operation.js'
import type { Made } from './made-by.js'

/** What a downgrade() throws away. */
export interface LostBy {
  /** Tables, and columns of others, with all that is stored in them; each once, in its order. */
  readonly loses: readonly Made[]
  /** It also does what cannot be read, or changes rows: nobody knows what that loses. */
  readonly mayLoseMore: boolean
}

/**
 * Reads what the downgrade() of a script would lose. Whatever may happen counts, guarded or not. Pure.
 *
 * @param operations null where the script cannot be parsed
 * @param database what env.py calls the database where it has several, else null
 */
export function lostBy(operations: ScriptOperations | null, database: string | null): LostBy {
  if (operations === null) return { loses: [], mayLoseMore: true }
  const all = operations.downgrade.operations.filter(({ context }) => isMeant(context.database, database))
  const own = new Set(all.flatMap((one) => (one.kind === 'create_table' ? [nameOf(one)] : [])))
  const gone = all.flatMap((one): readonly Made[] => {
    if (one.kind === 'drop_table' && one.table !== null && !own.has(nameOf(one)))
      return [{ table: nameOf(one), column: null }]
    if (one.kind === 'drop_column' && one.table !== null && one.column !== null)
      return [{ table: nameOf(one), column: one.column }]
    return []
  })
  const tables = new Set(gone.flatMap(({ table, column }) => (column === null ? [table] : [])))
  const loses = gone.filter(({ table, column }) => column === null || !tables.has(table))
  return { loses: distinct(loses), mayLoseMore: all.some(isDark) }
}

/** In a script for several databases, only what is for this one; in others, everything is. */
export const isMeant = (of: string | null, database: string | null): boolean =>
  of === null || database === null || of === database

function nameOf(operation: Extract<Operation, { readonly table: string | null; readonly schema: string | null }>) {
  return operation.schema === null ? operation.table! : `${operation.schema}.${operation.table}`
}

function isDark(operation: Operation): boolean {
  if (operation.kind === 'opaque') return true
  if (operation.kind === 'execute') return operation.effect === 'data' || operation.effect === 'unknown'
  return (
    (operation.kind === 'drop_table' && operation.table === null) ||
    (operation.kind === 'drop_column' && (operation.table === null || operation.column === null))
  )
}

function distinct(made: readonly Made[]): readonly Made[] {
  return [...new Map(made.map((one) => [`${one.table} ${one.column ?? ''}`, one])).values()]
}
