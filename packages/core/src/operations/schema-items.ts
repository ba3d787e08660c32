import type { Interpreter } from './interpreter.js'
import type { ArgumentSpan, Column, ColumnType, Constraint, DefaultValue, TableIndex } from './operation.js'
import { type ConstructValue, type Passed, type PassedArguments, textOf, truthOf, type Value } from './value.js'

/** The last part of a full name. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** What was passed under which name, as spans. */
export const spansOf = (named: ReadonlyMap<string, Passed>): ReadonlyMap<string, ArgumentSpan> =>
  new Map([...named].map(([name, { value, whole }]) => [name, { value, whole }]))

/** Collects the names of fields that only Python can tell. */
export class Fields {
  readonly unresolved: string[] = []

  /** A text; null where none was passed, or where it is None. */
  text(field: string, passed: Passed | undefined): string | null {
    if (passed === undefined || passed.given.type === 'none') return null
    const value = textOf(unquoted(passed.given))
    if (value === null) this.miss(field)
    return value
  }

  /** True or False; null where nothing was passed. */
  flag(field: string, passed: Passed | undefined): boolean | null {
    if (passed === undefined || passed.given.type === 'none') return null
    const holds = truthOf(passed.given)
    if (holds === null) this.miss(field)
    return holds
  }

  miss(field: string): void {
    if (!this.unresolved.includes(field)) this.unresolved.push(field)
  }
}

/** `quoted_name('users', True)` and `conv('ix')` are their text. */
function unquoted(value: Value): Value {
  if (value.type !== 'construct' || !['quoted_name', 'conv', '_truncated_label'].includes(lastName(value.path)))
    return value
  return value.passed.positional[0]?.given ?? value
}

const constraintTypes: Readonly<Record<string, Constraint['type']>> = {
  PrimaryKeyConstraint: 'primary',
  ForeignKeyConstraint: 'foreign',
  UniqueConstraint: 'unique',
  CheckConstraint: 'check',
  ExcludeConstraint: 'exclude',
}

/** A name in a list of columns; null for an expression, which is known as such. */
export function columnName(value: Value): string | null | undefined {
  if (value.type === 'text') return textOf(value) ?? undefined
  if (value.type === 'sql-text') return bareColumn(textOf(value.text))
  if (value.type === 'method') return columnOfTable(value)
  if (value.type === 'reference') return null
  if (value.type !== 'construct') return undefined
  const first = value.passed.positional[0]?.given
  if (first === undefined) return null
  if (['desc', 'asc', 'nullsfirst', 'nullslast', 'nulls_first', 'nulls_last'].includes(lastName(value.path)))
    return columnName(first)
  if (['column', 'Column', 'quoted_name'].includes(lastName(value.path))) return textOf(first) ?? undefined
  return lastName(value.path) === 'literal_column' ? bareColumn(textOf(first)) : null
}

/** `created_at DESC` → `created_at`; null for an expression. */
const bareColumn = (text: string | null): string | null =>
  /^\s*"?(\w+)"?(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*$/i.exec(text ?? '')?.[1] ?? null

/** `users.c.email`. */
function columnOfTable(value: Extract<Value, { type: 'method' }>): string | null | undefined {
  const { receiver } = value
  const isColumns = receiver.type === 'method' && (receiver.name === 'c' || receiver.name === 'columns')
  return isColumns ? value.name : value.receiver.type === 'unknown' ? undefined : null
}

/** The names in a list of columns; a single text counts as a list of one. */
export function columnNames(field: string, passed: Passed | undefined, fields: Fields): (string | null)[] {
  if (passed === undefined) return []
  const { given } = passed
  const items = given.type === 'sequence' ? given.items : given.type === 'unknown' ? null : [given]
  if (items === null) {
    fields.miss(field)
    return []
  }
  return namesAmong(field, items, fields)
}

export function namesAmong(field: string, values: readonly Value[], fields: Fields): (string | null)[] {
  return values.map((value) => {
    const name = columnName(value)
    if (name === undefined) fields.miss(field)
    return name ?? null
  })
}

const isType = (construct: ConstructValue, names: readonly string[]) => names.includes(lastName(construct.path))

/** What `create_table` or `add_column` was given, sorted. Null in `columns` for something that may be a column. */
export interface SchemaItems {
  readonly columns: Column[]
  readonly constraints: Constraint[]
  readonly indexes: TableIndex[]
}

/** Reads the items of a table. What cannot be read is missed as `columns`. */
export function readItems(interpreter: Interpreter, values: readonly Value[], fields: Fields): SchemaItems {
  const items: SchemaItems = { columns: [], constraints: [], indexes: [] }
  for (const value of values) {
    if (value.type === 'none') continue
    if (value.type !== 'construct') {
      fields.miss('columns')
    } else if (isType(value, ['Column'])) {
      const column = readColumn(interpreter, value)
      if (column.unresolved.includes('name')) fields.miss('columns')
      items.columns.push(column)
    } else if (Object.hasOwn(constraintTypes, lastName(value.path))) {
      const constraint = readConstraint(value, constraintTypes[lastName(value.path)]!)
      if (constraint.unresolved.length > 0) fields.miss('constraints')
      items.constraints.push(constraint)
    } else if (isType(value, ['Index'])) {
      items.indexes.push(readIndex(value, fields))
    } else if (!isType(value, ['Comment'])) fields.miss('columns')
  }
  return items
}

function readIndex({ passed, span }: ConstructValue, fields: Fields): TableIndex {
  const name = fields.text('indexes', passed.positional[0])
  const columns = namesAmong(
    'indexes',
    passed.positional.slice(1).map((one) => one.given),
    fields,
  )
  if (!passed.complete) fields.miss('indexes')
  return { name, columns, unique: fields.flag('indexes', passed.keywords.get('unique')) === true, span }
}

/** `sa.UniqueConstraint('a', 'b', name='c')` and its like. */
export function readConstraint({ passed, span }: ConstructValue, type: Constraint['type']): Constraint {
  const fields = new Fields()
  const name = fields.text('name', passed.keywords.get('name'))
  if (!passed.complete) fields.miss('columns')
  const notValid = fields.flag('not_valid', passed.keywords.get('postgresql_not_valid')) === true
  if (type !== 'foreign') {
    const given = passed.positional.map((one) => one.given)
    const elements =
      type === 'exclude' ? given.map((one) => (one.type === 'sequence' ? (one.items?.[0] ?? one) : one)) : given
    const columns = type === 'check' ? [] : namesAmong('columns', elements, fields)
    return {
      type,
      name,
      columns,
      referredTable: null,
      referredSchema: null,
      referredColumns: [],
      notValid,
      unresolved: fields.unresolved,
      span,
    }
  }
  const local = passed.positional[0] ?? passed.keywords.get('columns')
  const columns = columnNames('columns', local, fields)
  const target = referred(passed.positional[1] ?? passed.keywords.get('refcolumns'), fields)
  return { type, name, columns, ...target, notValid, unresolved: fields.unresolved, span }
}

/** `['users.id']` or `['billing.users.id']`. */
function referred(
  passed: Passed | undefined,
  fields: Fields,
): Pick<Constraint, 'referredTable' | 'referredSchema' | 'referredColumns'> {
  const paths = columnNames('referred', passed, fields).map((path) => path?.split('.') ?? null)
  const first = paths[0]
  if (first == null || first.length < 2) {
    fields.miss('referred')
    return { referredTable: null, referredSchema: null, referredColumns: [] }
  }
  return {
    referredTable: first.at(-2)!,
    referredSchema: first.length > 2 ? first.slice(0, -2).join('.') : null,
    referredColumns: paths.map((path) => path?.at(-1) ?? null),
  }
}

/** `sa.Column('email', sa.String(255), nullable=False)`. */
export function readColumn(interpreter: Interpreter, { passed, span }: ConstructValue): Column {
  const fields = new Fields()
  const named = columnArguments(passed)
  const given = (name: string) => named.get(name)
  const items = passed.positional.map((one) => one.given).filter((value) => value.type === 'construct')
  const has = (...names: string[]) => items.some((item) => isType(item, names))
  if (!passed.complete) fields.miss('keywords')
  const type = given('type_')
  return {
    name: fields.text('name', given('name')),
    type: type === undefined ? null : readType(interpreter, type, fields),
    nullable: fields.flag('nullable', given('nullable')),
    serverDefault: readDefault(interpreter, given('server_default')),
    clientDefault: readDefault(interpreter, given('default')),
    primaryKey: fields.flag('primary_key', given('primary_key')) === true,
    unique: fields.flag('unique', given('unique')) === true,
    index: fields.flag('index', given('index')) === true,
    autoincrement:
      given('autoincrement')?.given.type === 'text' ? null : fields.flag('autoincrement', given('autoincrement')),
    generated: has('Computed') ? 'computed' : has('Identity') ? 'identity' : null,
    references: items.filter((item) => isType(item, ['ForeignKey'])).flatMap((item) => reference(item, fields)),
    arguments: spansOf(named),
    unresolved: fields.unresolved,
    span,
  }
}

/** The name and the type by position, the rest by keyword. */
function columnArguments(passed: PassedArguments): ReadonlyMap<string, Passed> {
  const named = new Map(passed.keywords)
  let rest = passed.positional
  const [first] = rest
  const isName =
    first !== undefined &&
    (first.given.type === 'text' || first.given.type === 'unknown' || unquoted(first.given) !== first.given)
  if (isName && !named.has('name')) {
    named.set('name', first)
    rest = rest.slice(1)
  }
  const [second] = rest
  if (second !== undefined && !named.has('type_') && !isSchemaItem(second.given)) named.set('type_', second)
  return named
}

const isSchemaItem = (value: Value): boolean =>
  value.type === 'none' ||
  (value.type === 'construct' &&
    (Object.hasOwn(constraintTypes, lastName(value.path)) ||
      isType(value, [
        'ForeignKey',
        'Identity',
        'Computed',
        'Sequence',
        'FetchedValue',
        'DefaultClause',
        'ColumnDefault',
      ])))

function reference({ passed }: ConstructValue, fields: Fields): string[] {
  const target = passed.positional[0] ?? passed.keywords.get('column')
  const path = textOf(target?.given)
  if (path === null) fields.miss('references')
  return path === null ? [] : [path]
}

const enumNames = ['Enum', 'ENUM', 'PgEnum', 'PGEnum', 'PostgresEnum']
export const isEnum = (construct: ConstructValue): boolean =>
  isType(construct, enumNames) || /\bENUM$/.test(construct.path)

/** A type by the expression that makes it, wherever in the file that stands. */
export function readType(interpreter: Interpreter, { given, value: span }: Passed, fields: Fields): ColumnType | null {
  if (given.type === 'none') return null
  if (given.type === 'method' && given.receiver.type === 'construct')
    return readType(interpreter, { given: given.receiver, value: span, whole: span }, fields)
  if (given.type === 'reference' || given.type === 'class') {
    const name = given.type === 'class' ? given.name : lastName(given.path)
    return {
      name,
      text: interpreter.textAt(span),
      length: null,
      enumName: null,
      enumValues: null,
      createsType: false,
      span,
    }
  }
  if (given.type !== 'construct') {
    fields.miss('type')
    return null
  }
  const text = interpreter.textAt(given.span)
  const length = given.passed.keywords.get('length') ?? given.passed.positional[0]
  const enumerated = enumInside(given)
  return {
    name: lastName(given.path),
    text,
    length: length?.given.type === 'number' ? length.given.value : null,
    ...(enumerated === null
      ? noEnum
      : { enumName: enumerated.name, enumValues: enumerated.values, createsType: enumerated.creates }),
    span: given.span,
  }
}

const noEnum = { enumName: null, enumValues: null, createsType: false }

export interface EnumType {
  readonly name: string | null
  readonly schema: string | null
  readonly values: readonly string[] | null
  readonly creates: boolean
  readonly unresolved: readonly string[]
}

/** An enum, or the enum in an array of them. */
function enumInside(construct: ConstructValue): EnumType | null {
  if (isEnum(construct)) return readEnum(construct)
  const inner = isType(construct, ['ARRAY']) ? construct.passed.positional[0]?.given : undefined
  return inner?.type === 'construct' ? enumInside(inner) : null
}

/** `sa.Enum('open', 'paid', name='invoice_state')`, or of a Python enum of this file. */
export function readEnum({ passed }: ConstructValue): EnumType {
  const fields = new Fields()
  const given = passed.positional.map((one) => one.given)
  const listed = given.length === 1 && given[0]?.type === 'sequence' ? given[0].items : given
  const members = listed?.length === 1 && listed[0]?.type === 'class' ? listed[0] : null
  const names =
    members === null
      ? (listed?.map(textOf) ?? [null])
      : [...members.members.keys()].filter((name) => !name.startsWith('_'))
  const name =
    fields.text('name', passed.keywords.get('name')) ?? (members !== null ? members.name.toLowerCase() : null)
  const values = passed.complete && names.length > 0 && !names.includes(null) ? (names as string[]) : null
  if (values === null && given.length > 0) fields.miss('values')
  const off = (keyword: string) => fields.flag(keyword, passed.keywords.get(keyword)) === false
  return {
    name,
    schema: fields.text('schema', passed.keywords.get('schema')),
    values,
    creates: !off('create_type') && !off('native_enum'),
    unresolved: fields.unresolved,
  }
}

/** A default as it is written. */
export function readDefault(interpreter: Interpreter, passed: Passed | undefined): DefaultValue | null {
  if (passed === undefined) return null
  const { given, value: span } = passed
  const text = interpreter.textAt(span)
  if (given.type === 'construct' && isType(given, ['DefaultClause', 'ColumnDefault'])) {
    const inner = given.passed.positional[0]
    if (inner !== undefined) return readDefault(interpreter, inner)
  }
  if (given.type === 'sql-text') return { kind: 'text', value: textOf(given.text), text, span }
  if (given.type === 'text') return { kind: 'string', value: textOf(given), text, span }
  return { kind: given.type === 'none' ? 'none' : 'expression', value: null, text, span }
}
