import type { Column, ColumnType, Constraint, Operation, OperationContext } from '../operations/operation.js'
import type { Span } from '../text/span.js'
import { isForAll, type Names } from './names.js'
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

const known = new WeakMap<readonly Operation[], Reading[]>()

/**
 * Reads operations as what they do to single objects, in the order in which they do it. Never leaves out an effect that may be.
 * Several rules ask this of the same operations: it is worked out once.
 */
export function readTouches(operations: readonly Operation[], names: Names): Touches {
  const id = operations.every(({ context }) => isForAll(context)) ? names.spaces : names.id
  const ofAll = known.get(operations) ?? []
  const read = ofAll.find((one) => one.id === id)
  if (read !== undefined) return read
  const reading = new Reading(id, names)
  operations.forEach((operation) => {
    reading.read(operation)
  })
  known.set(operations, [...ofAll, reading])
  return reading
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>
type OnTable = Exclude<Operation, Of<'opaque' | 'execute' | 'create_type' | 'drop_type' | 'alter_type'>>

/** Takes down what one operation after another does. */
class Reading implements Touches {
  readonly touches: Touch[] = []
  readonly unknown: Unknown[] = []
  readonly id: string
  readonly #names: Names
  #operation: Operation | null = null

  /** @param id equal where nothing else would be read */
  constructor(id: string, names: Names) {
    this.id = id
    this.#names = names
  }

  read(operation: Operation): void {
    if (!this.#names.runs(operation.context)) return
    this.#operation = operation
    switch (operation.kind) {
      case 'opaque':
        this.#unknown(operation.reason)
        break
      case 'execute':
        this.#executed(operation)
        break
      case 'create_type':
        this.#type('create', operation.name, operation.schema)
        break
      case 'drop_type':
        this.#type('drop', operation.name, operation.schema)
        break
      case 'alter_type':
        this.#typeAltered(operation)
        break
      default:
        this.#onTable(operation)
    }
  }

  #executed({ effect, tables }: Of<'execute'>): void {
    // What is `ddl` is listed behind as operations of its own right.
    if (effect === 'ddl' || effect === 'none') return
    for (const text of tables ?? []) {
      const dot = text.lastIndexOf('.')
      this.#table('touch', text.slice(dot + 1), dot === -1 ? null : text.slice(0, dot))
    }
    if (effect === 'unknown') this.#unknown('runs SQL with an effect that cannot be told')
    else if (tables === null) this.#unknown('changes rows of tables that cannot be told')
  }

  #typeAltered({ name, schema, addedValues, newName }: Of<'alter_type'>): void {
    if (newName !== null) {
      this.#type('rename', name, schema)
      this.#type('create', newName, schema)
    } else if (addedValues.length === 0 || name === null) this.#type('alter', name, schema)
    else {
      this.#type('touch', name, schema)
      for (const value of addedValues) this.#touch('create', { type: 'enum value', name: value, table: name, schema })
    }
  }

  #onTable(operation: OnTable): void {
    const { table, schema, unresolved } = operation
    if (unresolved.includes('schema')) this.#hidden('the schema')
    else if (operation.kind === 'drop_index' && operation.name !== null) {
      if (table !== null) this.#table('touch', table, schema)
      this.#index('drop', operation.name, table, schema)
    } else if (table === null) this.#hidden('the table')
    else this.#ofTable(operation, table)
  }

  #ofTable(operation: OnTable, table: string): void {
    const { schema } = operation
    switch (operation.kind) {
      case 'create_table':
        this.#tableCreated(operation, table)
        break
      case 'drop_table':
        this.#table('drop', table, schema)
        break
      case 'rename_table':
        this.#table('rename', table, schema)
        if (operation.newName === null) this.#hidden('the new name')
        else this.#table('create', operation.newName, schema)
        break
      default:
        this.#table('touch', table, schema)
        this.#inTable(operation, table)
    }
  }

  #inTable(operation: Exclude<OnTable, Of<'create_table' | 'drop_table' | 'rename_table'>>, table: string): void {
    const { schema } = operation
    switch (operation.kind) {
      case 'add_column':
        this.#columnCreated(operation.column, table, schema)
        break
      case 'drop_column':
        this.#column('drop', operation.column, table, schema)
        break
      case 'alter_column':
        this.#columnAltered(operation, table)
        break
      case 'create_index':
        this.#indexCreated(operation.name, operation, table)
        this.#refersTo(operation.columns, table, schema)
        break
      case 'drop_index':
        this.#hidden('an index')
        break
      case 'create_constraint':
        this.#constraintCreated(operation.constraint, table, schema)
        break
      case 'drop_constraint':
        this.#constraintDropped(operation, table)
        break
    }
  }

  #tableCreated(operation: Of<'create_table'>, table: string): void {
    const { schema, columns, constraints, indexes, unresolved } = operation
    this.#table('create', table, schema)
    // PostgreSQL makes the type of a column with the table, and only with the table.
    columns.forEach(({ type }) => {
      if (type?.createsType === true && type.enumName !== null) this.#type('create', type.enumName, schema)
    })
    columns.forEach((column) => {
      this.#columnCreated(column, table, schema)
    })
    for (const constraint of constraints) this.#constraintCreated(constraint, table, schema)
    for (const { name } of indexes) this.#indexCreated(name, operation, table)
    for (const field of PARTS) if (unresolved.includes(field)) this.#hidden(field)
  }

  #columnCreated({ name, type, references }: Column, table: string, schema: string | null): void {
    this.#column('create', name, table, schema)
    this.#ofType(type, schema)
    for (const text of references) this.#reference(text)
  }

  /** `invoice.id` or `billing.invoice.id`. */
  #reference(text: string): void {
    const [column = null, table, schema = null] = text.split('.').reverse()
    if (table === undefined) return
    this.#table('refer', table, schema)
    this.#refersTo([column], table, schema)
  }

  #columnAltered(operation: Of<'alter_column'>, table: string): void {
    const { column, newName, schema, type, unresolved } = operation
    if (unresolved.includes('newName')) {
      this.#hidden('the new name')
      return
    }
    if (newName === null) this.#column('alter', column, table, schema, setsOf(operation))
    else {
      this.#column('rename', column, table, schema)
      this.#column('create', newName, table, schema)
    }
    this.#ofType(type, schema)
  }

  #constraintCreated(constraint: Constraint, table: string, schema: string | null): void {
    const { name, type, unresolved, columns, referredTable, referredSchema, referredColumns } = constraint
    if (unresolved.includes('name')) this.#hidden('a constraint')
    else if (name !== null || type === 'primary') {
      this.#touch('create', { type: 'constraint', name, table, schema }, type)
    }
    this.#refersTo(columns, table, schema)
    if (type !== 'foreign') return
    if (referredTable === null) this.#hidden('the table that is referred to')
    else {
      this.#table('refer', referredTable, referredSchema)
      this.#refersTo(referredColumns, referredTable, referredSchema)
    }
  }

  #constraintDropped({ name, type, schema }: Of<'drop_constraint'>, table: string): void {
    if (name === null) this.#hidden('a constraint')
    else this.#touch('drop', { type: 'constraint', name, table, schema }, type)
  }

  #indexCreated(name: string | null, { schema, unresolved }: Of<'create_table' | 'create_index'>, table: string): void {
    if (name !== null) this.#index('create', name, table, schema)
    else if (unresolved.includes('name')) this.#hidden('an index')
  }

  #refersTo(columns: readonly (string | null)[], table: string, schema: string | null): void {
    columns.forEach((name) => {
      if (name !== null) this.#column('refer', name, table, schema)
    })
  }

  #ofType(type: ColumnType | null, schema: string | null): void {
    if (type !== null && type.enumName !== null) this.#type('refer', type.enumName, schema)
  }

  #type(verb: Verb, name: string | null, schema: string | null): void {
    if (name === null) this.#hidden('a type')
    else this.#touch(verb, { type: 'enum', name, table: null, schema })
  }

  #table(verb: Verb, name: string, schema: string | null): void {
    this.#touch(verb, { type: 'table', name, table: null, schema })
  }

  #column(verb: Verb, name: string | null, table: string, schema: string | null, sets: string | null = null): void {
    if (name === null) this.#hidden('a column')
    else this.#touch(verb, { type: 'column', name, table, schema }, null, sets)
  }

  #index(verb: Verb, name: string, table: string | null, schema: string | null): void {
    this.#touch(verb, { type: 'index', name, table, schema })
  }

  /** @param constraint its kind, where it is one and that is known */
  #touch(verb: Verb, object: DatabaseObject, constraint: string | null = null, sets: string | null = null): void {
    const { callSite: span, context } = this.#operation!
    const keys = this.#names.keysOf(object, context.database, constraint)
    this.touches.push({ verb, object, keys, span, context, sets })
  }

  #hidden(what: string): void {
    this.#unknown(`only Python can tell ${what} in \`${this.#operation!.kind}\``)
  }

  #unknown(reason: string): void {
    this.unknown.push({ span: this.#operation!.callSite, reason })
  }
}

const PARTS = ['columns', 'constraints', 'indexes']

/** What an alteration sets; null where doing it twice may do something else than doing it once. */
function setsOf({ type, nullable, serverDefault, hasUsing, comment, unresolved }: Of<'alter_column'>): string | null {
  if (hasUsing || comment || unresolved.length > 0) return null
  return JSON.stringify([type?.text ?? null, nullable, serverDefault?.text ?? null])
}
