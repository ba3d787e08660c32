import type { Operation } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { Span } from '../../../text/span.js'

/** A table, by name. */
export interface TableName {
  readonly table: string
  readonly schema: string | null
}

/** An index or a constraint that operations make, with what it hangs on. */
export interface Hanging {
  readonly what: 'index' | 'constraint'
  /** Null where it has none. */
  readonly name: string | null
  readonly on: TableName
  /** Null where it is not a column, or cannot be told. */
  readonly columns: readonly (string | null)[]
  /** Of a foreign key. */
  readonly refersTo: TableName | null
}

/** A column whose type is an enum of a name of its own. */
export interface Typed {
  readonly type: string
  readonly on: TableName
  readonly column: string | null
}

/**
 * Every index and constraint that these operations make.
 *
 * @param isLeftOut tells by its place whether SQLAlchemy leaves a foreign key out of its table (`use_alter=True`)
 */
export function hangingsOf(operations: readonly Operation[], isLeftOut: (span: Span) => boolean): readonly Hanging[] {
  return operations.flatMap((operation): readonly Hanging[] => {
    if (!('table' in operation) || operation.table === null) return []
    const on = { table: operation.table, schema: operation.schema }
    switch (operation.kind) {
      case 'create_table':
        return [
          ...operation.indexes.map(({ name, columns }) => anIndex(name, on, columns)),
          ...operation.constraints
            .filter(({ span }) => !isLeftOut(span))
            .map((constraint) => aConstraint(constraint, on)),
          ...operation.columns
            .filter(({ references, span }) => references.length > 0 && !isLeftOut(span))
            .flatMap((column) => referencesOf(column, on)),
        ]
      case 'add_column':
        return referencesOf(operation.column, on)
      case 'create_index':
        return [anIndex(operation.name, on, operation.columns)]
      case 'create_constraint':
        return [aConstraint(operation.constraint, on)]
      default:
        return []
    }
  })
}

/** Every column of an enum type that these operations make. */
export function typedColumnsOf(operations: readonly Operation[]): readonly Typed[] {
  return operations.flatMap((operation) => {
    if (operation.kind !== 'create_table' && operation.kind !== 'add_column') return []
    if (operation.table === null) return []
    const on = { table: operation.table, schema: operation.schema }
    const columns = operation.kind === 'create_table' ? operation.columns : [operation.column]
    return columns.flatMap(({ name, type }) =>
      type?.enumName == null ? [] : [{ type: type.enumName, on, column: name }],
    )
  })
}

export function isOneTable(
  a: TableName,
  b: { readonly table: string | null; readonly schema: string | null },
): boolean {
  return a.table === b.table && schemaName(a.schema) === schemaName(b.schema)
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>

function anIndex(name: string | null, on: TableName, columns: Hanging['columns']): Hanging {
  return { what: 'index', name, on, columns, refersTo: null }
}

function aConstraint(
  { name, columns, referredTable, referredSchema }: Of<'create_constraint'>['constraint'],
  on: TableName,
): Hanging {
  const refersTo = referredTable === null ? null : { table: referredTable, schema: referredSchema }
  return { what: 'constraint', name, on, columns, refersTo }
}

/** `sa.ForeignKey('customer.id')` inside a column, `billing.customer.id` in another schema. */
function referencesOf({ name, references }: Of<'add_column'>['column'], on: TableName): readonly Hanging[] {
  return references.flatMap((text) => {
    const [, table, schema = null] = text.split('.').reverse()
    const refersTo = table === undefined ? null : { table, schema }
    return refersTo === null ? [] : [{ what: 'constraint' as const, name: null, on, columns: [name], refersTo }]
  })
}
