import type { Column, Constraint, Operation, OperationContext } from '../operations/operation.js'
import type { Span } from '../text/span.js'
import type { Names } from './names.js'
import type { DatabaseObject } from './overlap.js'

/** `touch`: it works on a part of the object, or on its rows; `refer`: it only points to it. */
type Verb = 'create' | 'drop' | 'rename' | 'alter' | 'touch' | 'refer'

/** What one operation does to one object. */
export interface Touch {
  readonly verb: Verb
  readonly object: DatabaseObject
  /** Everything that the object takes for itself. */
  readonly keys: readonly string[]
  /** The call in `upgrade()`. */
  readonly span: Span
  readonly context: OperationContext
  /** Of `alter`: what it sets, where doing that twice is the same as doing it once. */
  readonly sets: string | null
}

/** An effect that cannot be told. */
export interface Unknown {
  readonly span: Span
  /** Lower case, no full stop. */
  readonly reason: string
}

export interface Touches {
  readonly touches: readonly Touch[]
  readonly unknown: readonly Unknown[]
}

const known = new WeakMap<readonly Operation[], Map<string, Touches>>()

/**
 * Reads operations as what they do to single objects, in the order in which they do it. Never leaves out an effect that may be.
 * Several rules ask this of the same operations: it is worked out once.
 */
export function readTouches(operations: readonly Operation[], names: Names): Touches {
  const ofAll = known.get(operations) ?? new Map<string, Touches>()
  known.set(operations, ofAll)
  const read = ofAll.get(names.id) ?? findTouches(operations, names)
  ofAll.set(names.id, read)
  return read
}

function findTouches(operations: readonly Operation[], names: Names): Touches {
  const touches: Touch[] = []
  const unknown: Unknown[] = []
  for (const operation of operations) {
    const { callSite: span, context, kind } = operation
    if (!names.runs(context)) continue
    for (const found of effectsOf(operation)) {
      if ('reason' in found) unknown.push({ span, reason: found.reason })
      else if ('hidden' in found) {
        unknown.push({ span, reason: `only Python can tell ${found.hidden} in \`${kind}\`` })
      } else {
        const { verb, object, constraint = null, sets = null } = found
        const keys = names.keysOf(object, { constraint, database: context.database })
        touches.push({ verb, object, keys, span, context, sets })
      }
    }
  }
  return { touches, unknown }
}

type Found =
  | {
      readonly verb: Verb
      readonly object: DatabaseObject
      /** The kind of a constraint, where it is known. */
      readonly constraint?: string | null
      readonly sets?: string | null
    }
  | { readonly hidden: string }
  | { readonly reason: string }

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>
type OnTable = Exclude<Operation, Of<'opaque' | 'execute' | 'create_type' | 'drop_type' | 'alter_type'>>

function effectsOf(operation: Operation): readonly Found[] {
  switch (operation.kind) {
    case 'opaque':
      return [{ reason: operation.reason }]
    case 'execute':
      return executed(operation)
    case 'create_type':
      return [enumType('create', operation)]
    case 'drop_type':
      return [enumType('drop', operation)]
    case 'alter_type':
      return enumAltered(operation)
    default:
      return onTable(operation)
  }
}

function executed({ effect, tables }: Of<'execute'>): readonly Found[] {
  // What is `ddl` is listed behind as operations of its own right.
  if (effect === 'ddl' || effect === 'none') return []
  const touched = (tables ?? []).map((text) => {
    const dot = text.lastIndexOf('.')
    return aTable('touch', text.slice(dot + 1), dot === -1 ? null : text.slice(0, dot))
  })
  if (effect === 'unknown') return [...touched, { reason: 'runs SQL with an effect that cannot be told' }]
  return tables === null ? [{ reason: 'changes rows of tables that cannot be told' }] : touched
}

function enumType(verb: Verb, { name, schema }: { name: string | null; schema: string | null }): Found {
  return name === null ? { hidden: 'a type' } : { verb, object: { type: 'enum', name, table: null, schema } }
}

function enumAltered(operation: Of<'alter_type'>): readonly Found[] {
  const { name, schema, addedValues, newName } = operation
  if (newName !== null) return [enumType('rename', operation), enumType('create', { name: newName, schema })]
  if (addedValues.length === 0 || name === null) return [enumType('alter', operation)]
  return [
    enumType('touch', operation),
    ...addedValues.map((value): Found => {
      return { verb: 'create', object: { type: 'enum value', name: value, table: name, schema } }
    }),
  ]
}

function onTable(operation: OnTable): readonly Found[] {
  const { table, schema } = operation
  if (operation.unresolved.includes('schema')) return [{ hidden: 'the schema' }]
  if (operation.kind === 'drop_index' && operation.name !== null) {
    const dropped = anIndex('drop', operation.name, table, schema)
    return table === null ? [dropped] : [aTable('touch', table, schema), dropped]
  }
  if (table === null) return [{ hidden: 'the table' }]
  switch (operation.kind) {
    case 'create_table':
      return tableCreated(operation, table)
    case 'drop_table':
      return [aTable('drop', table, schema)]
    case 'rename_table':
      return [
        aTable('rename', table, schema),
        operation.newName === null ? { hidden: 'the new name' } : aTable('create', operation.newName, schema),
      ]
    default:
      return [aTable('touch', table, schema), ...inTable(operation, table)]
  }
}

function inTable(operation: Exclude<OnTable, Of<'create_table' | 'drop_table' | 'rename_table'>>, table: string) {
  const { schema } = operation
  switch (operation.kind) {
    case 'add_column':
      return columnCreated(operation.column, table, schema)
    case 'drop_column':
      return [aColumn('drop', operation.column, table, schema)]
    case 'alter_column':
      return columnAltered(operation, table)
    case 'create_index':
      return [...indexCreated(operation, operation, table), ...refersTo(operation.columns, table, schema)]
    case 'drop_index':
      return [{ hidden: 'an index' }]
    case 'create_constraint':
      return constraintCreated(operation.constraint, table, schema)
    case 'drop_constraint':
      return [constraintDropped(operation, table)]
    default:
      return []
  }
}

function tableCreated(operation: Of<'create_table'>, table: string): readonly Found[] {
  const { schema, columns, constraints, indexes, unresolved } = operation
  return [
    aTable('create', table, schema),
    // PostgreSQL makes the type of a column with the table, and only with the table.
    ...columns.flatMap(({ type }) =>
      type?.createsType === true && type.enumName !== null ? [enumType('create', { name: type.enumName, schema })] : [],
    ),
    ...columns.flatMap((column) => columnCreated(column, table, schema)),
    ...constraints.flatMap((constraint) => constraintCreated(constraint, table, schema)),
    ...indexes.flatMap((index) => indexCreated(index, operation, table)),
    ...['columns', 'constraints', 'indexes']
      .filter((field) => unresolved.includes(field))
      .map((hidden) => ({ hidden })),
  ]
}

function columnCreated({ name, type, references }: Column, table: string, schema: string | null): readonly Found[] {
  const typed = type?.enumName == null ? [] : [enumType('refer', { name: type.enumName, schema })]
  return [aColumn('create', name, table, schema), ...typed, ...references.flatMap(reference)]
}

/** `invoice.id` or `billing.invoice.id`. */
function reference(text: string): readonly Found[] {
  const [column = null, table, schema = null] = text.split('.').reverse()
  return table === undefined ? [] : [aTable('refer', table, schema), ...refersTo([column], table, schema)]
}

function columnAltered(operation: Of<'alter_column'>, table: string): readonly Found[] {
  const { column, newName, schema, type, unresolved } = operation
  const typed = type?.enumName == null ? [] : [enumType('refer', { name: type.enumName, schema })]
  if (unresolved.includes('newName')) return [{ hidden: 'the new name' }]
  if (newName !== null) {
    return [aColumn('rename', column, table, schema), aColumn('create', newName, table, schema), ...typed]
  }
  return [{ ...aColumn('alter', column, table, schema), sets: setsOf(operation) }, ...typed]
}

function constraintCreated(constraint: Constraint, table: string, schema: string | null): readonly Found[] {
  const { name, type, unresolved, columns, referredTable, referredSchema, referredColumns } = constraint
  const created: Found[] = unresolved.includes('name')
    ? [{ hidden: 'a constraint' }]
    : name === null && type !== 'primary'
      ? []
      : [{ verb: 'create', object: { type: 'constraint', name, table, schema }, constraint: type }]
  const own = [...created, ...refersTo(columns, table, schema)]
  if (type !== 'foreign') return own
  if (referredTable === null) return [...own, { hidden: 'the table that is referred to' }]
  return [
    ...own,
    aTable('refer', referredTable, referredSchema),
    ...refersTo(referredColumns, referredTable, referredSchema),
  ]
}

function constraintDropped({ name, type, schema }: Of<'drop_constraint'>, table: string): Found {
  if (name === null) return { hidden: 'a constraint' }
  return { verb: 'drop', object: { type: 'constraint', name, table, schema }, constraint: type }
}

function indexCreated(
  { name }: { readonly name: string | null },
  { schema, unresolved }: Of<'create_table' | 'create_index'>,
  table: string,
): readonly Found[] {
  if (name !== null) return [anIndex('create', name, table, schema)]
  return unresolved.includes('name') ? [{ hidden: 'an index' }] : []
}

function refersTo(columns: readonly (string | null)[], table: string, schema: string | null): readonly Found[] {
  return columns.flatMap((name) => (name === null ? [] : [aColumn('refer', name, table, schema)]))
}

function aTable(verb: Verb, name: string, schema: string | null): Found {
  return { verb, object: { type: 'table', name, table: null, schema } }
}

function aColumn(verb: Verb, name: string | null, table: string, schema: string | null): Found {
  return name === null ? { hidden: 'a column' } : { verb, object: { type: 'column', name, table, schema } }
}

function anIndex(verb: Verb, name: string, table: string | null, schema: string | null): Found {
  return { verb, object: { type: 'index', name, table, schema } }
}

/** What an alteration sets; null where doing it twice may do something else than doing it once. */
function setsOf({ type, nullable, serverDefault, hasUsing, comment, unresolved }: Of<'alter_column'>): string | null {
  if (hasUsing || comment || unresolved.length > 0) return null
  return JSON.stringify([type?.text ?? null, nullable, serverDefault?.text ?? null])
}
