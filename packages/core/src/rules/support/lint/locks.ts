import type { Operation } from '../../../operations/operation.js'

/** What takes an exclusive lock on its table in PostgreSQL, and keeps it. */
export function locks(
  operation: Operation,
): operation is Extract<
  Operation,
  { readonly kind: 'add_column' | 'drop_column' | 'alter_column' | 'create_constraint' | 'drop_constraint' }
> {
  switch (operation.kind) {
    case 'add_column':
    case 'drop_column':
    case 'alter_column':
    case 'create_constraint':
    case 'drop_constraint':
      return !operation.context.autocommit
    default:
      return false
  }
}
