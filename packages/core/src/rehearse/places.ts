import type { Operation, ScriptOperations } from '../operations/operation.js'
import type { Span } from '../text/span.js'
import type { SchemaDifference } from './schema.js'

/**
 * Where in a script a difference comes from: for what stays, the operation of `upgrade()` that made it; for what went, the one of
 * `downgrade()` that took it, or the one of `upgrade()` whose undoing is missing. Null where no operation names it. Pure.
 */
export function findPlace({ kind, table, name, before }: SchemaDifference, operations: ScriptOperations): Span | null {
  const { upgrade, downgrade } = operations
  const sides = before === null ? [upgrade, downgrade] : [downgrade, upgrade]
  for (const side of sides) {
    const exact = side.operations.find((one) => names(one, name) && (table === null || isOn(one, table)))
    const found =
      name !== '' && kind !== 'table' ? exact : side.operations.find((one) => table !== null && isOn(one, table))
    if (found !== undefined) return found.callSite
  }
  return null
}

function isOn(operation: Operation, placed: string): boolean {
  if (!('table' in operation) || operation.table === null) return false
  const table = operation.schema === null ? operation.table : `${operation.schema}.${operation.table}`
  return table === placed || operation.table === placed
}

function names(operation: Operation, name: string): boolean {
  switch (operation.kind) {
    case 'create_table':
      return [...operation.columns, ...operation.constraints, ...operation.indexes].some((one) => one.name === name)
    case 'add_column':
      return operation.column.name === name
    case 'drop_column':
      return operation.column === name
    case 'alter_column':
      return operation.column === name || operation.newName === name
    case 'create_constraint':
      return operation.constraint.name === name
    case 'create_index':
    case 'drop_index':
    case 'drop_constraint':
    case 'create_type':
    case 'drop_type':
    case 'alter_type':
      return operation.name === name
    default:
      return false
  }
}
