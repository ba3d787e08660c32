import type { Operation } from '../../../operations/operation.js'
import { callCode, quoted } from './code.js'

/**
 * The calls that take back what these operations do, the last one first; null where one of them takes away what no code here can
 * bring back, or cannot be told.
 */
export function wayBack(operations: readonly Operation[]): readonly string[] | null {
  const lines: string[] = []
  for (const operation of operations.toReversed()) {
    const undone = undo(operation)
    if (undone === null) return null
    lines.push(...undone)
  }
  return lines
}

/** The call that takes back one operation; null where there is none. */
export function undo(operation: Operation): readonly string[] | null {
  if (operation.fromSql || operation.unresolved.some((field) => NEEDED.has(field))) return null
  if (!('table' in operation) || operation.table === null) return null
  const call = (name: string, ...given: readonly string[]) => callCode({ operation }, name, ...given)
  const inSchema = operation.schema === null ? '' : `, schema=${quoted(operation.schema)}`
  switch (operation.kind) {
    case 'create_table':
      return call('drop_table')
    case 'add_column':
      return operation.column.name === null ? null : call('drop_column', quoted(operation.column.name))
    case 'create_index':
      if (operation.name === null) return null
      if (operation.context.batch) return call('drop_index', quoted(operation.name))
      return [`op.drop_index(${quoted(operation.name)}, table_name=${quoted(operation.table)}${inSchema})`]
    case 'create_constraint':
      return dropConstraint(operation, inSchema)
    case 'rename_table':
      if (operation.newName === null) return null
      return [`op.rename_table(${quoted(operation.newName)}, ${quoted(operation.table)}${inSchema})`]
    case 'alter_column':
      return alterBack(operation)
    default:
      return null
  }
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>

const NEEDED: ReadonlySet<string> = new Set(['table', 'schema', 'name', 'newName', 'column'])
const CONSTRAINT_TYPES = { primary: 'primary', foreign: 'foreignkey', unique: 'unique', check: 'check', exclude: null }

function dropConstraint(operation: Of<'create_constraint'>, inSchema: string): readonly string[] | null {
  const { name, type } = operation.constraint
  const known = CONSTRAINT_TYPES[type]
  if (name === null || operation.table === null) return null
  const typed = known === null ? [] : [`type_=${quoted(known)}`]
  if (operation.context.batch) return callCode({ operation }, 'drop_constraint', quoted(name), ...typed)
  return [`op.drop_constraint(${[quoted(name), quoted(operation.table), ...typed].join(', ')}${inSchema})`]
}

/** A new name or a new type, and whether there may be nothing in it; a default that was there before nobody knows. */
function alterBack(operation: Of<'alter_column'>): readonly string[] | null {
  const { column, newName, type, nullable, serverDefault, existingType, comment, hasUsing } = operation
  if (column === null || serverDefault !== null || comment || hasUsing) return null
  const given = [quoted(newName ?? column)]
  if (newName !== null) given.push(`new_column_name=${quoted(column)}`)
  if (type !== null) {
    if (existingType === null) return null
    given.push(`type_=${existingType.text}`, `existing_type=${type.text}`)
  } else if (existingType !== null) given.push(`existing_type=${existingType.text}`)
  if (nullable !== null) given.push(`nullable=${nullable ? 'False' : 'True'}`)
  return given.length === 1 ? null : callCode({ operation }, 'alter_column', ...given)
}
