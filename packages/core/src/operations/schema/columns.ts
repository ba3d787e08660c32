import type { Span } from '../../text/span.js'
import type { Interpreter } from '../follow/interpreter.js'
import type { Column, DefaultValue } from '../operation.js'
import { plainColumn } from '../plain-column.js'
import { type ConstructValue, type Passed, type PassedArguments, textOf, type Value } from '../values/value.js'
import { Fields, spansOf, unquoted } from './fields.js'
import { readType } from './types.js'

/** `sa.Column('email', sa.String(255), nullable=False)`. */
export function readColumn(interpreter: Interpreter, { passed, span }: ConstructValue): Column {
  const fields = new Fields()
  const named = columnArguments(passed)
  const given = (name: string) => named.get(name)
  const has = (name: string) => itemsNamed(passed, name).length > 0
  if (!passed.complete) fields.miss('keywords')
  const type = given('type_')
  const autoincrement = given('autoincrement')
  return {
    name: fields.text('name', given('name')),
    type: type === undefined ? null : readType(interpreter, type, fields),
    nullable: fields.flag('nullable', given('nullable')),
    serverDefault: readDefault(interpreter, given('server_default')),
    clientDefault: readDefault(interpreter, given('default')),
    primaryKey: fields.flag('primaryKey', given('primary_key')) === true,
    unique: fields.flag('unique', given('unique')) === true,
    index: fields.flag('index', given('index')) === true,
    // 'auto', which is what it is when nothing is said.
    autoincrement: autoincrement?.given.type === 'text' ? null : fields.flag('autoincrement', autoincrement),
    generated: has('Computed') ? 'computed' : has('Identity') ? 'identity' : null,
    references: itemsNamed(passed, 'ForeignKey').flatMap((item) => reference(item, fields)),
    arguments: spansOf(named),
    unresolved: fields.unresolved,
    span,
  }
}

/** What was passed by position and made by a call of this name. */
function itemsNamed(passed: PassedArguments, name: string): readonly ConstructValue[] {
  const found: ConstructValue[] = []
  for (const { given } of passed.positional) if (given.type === 'construct' && given.name === name) found.push(given)
  return found
}

/** The name and the type by position, the rest by keyword. */
function columnArguments(passed: PassedArguments): ReadonlyMap<string, Passed> {
  const named = new Map(passed.keywords)
  const first = passed.positional[0]
  const namesFirst = first !== undefined && mayBeName(first.given) && !named.has('name')
  if (namesFirst) named.set('name', first)
  const second = passed.positional[namesFirst ? 1 : 0]
  if (second !== undefined && !named.has('type_') && !isSchemaItem(second.given)) named.set('type_', second)
  return named
}

const mayBeName = (value: Value): boolean =>
  value.type === 'text' || value.type === 'unknown' || value.type === 'none' || unquoted(value) !== value

const schemaItems = new Set(
  (
    'ForeignKey Identity Computed Sequence FetchedValue DefaultClause ColumnDefault PrimaryKeyConstraint UniqueConstraint ' +
    'ForeignKeyConstraint CheckConstraint ExcludeConstraint'
  ).split(' '),
)

const isSchemaItem = (value: Value): boolean =>
  value.type === 'none' || (value.type === 'construct' && schemaItems.has(value.name))

/** `sa.ForeignKey('users.id')`. */
function reference({ passed }: ConstructValue, fields: Fields): string[] {
  const path = textOf((passed.positional[0] ?? passed.keywords.get('column'))?.given)
  if (path === null) fields.miss('references')
  return path === null ? [] : [path]
}

/** A default as it is written. */
export function readDefault(interpreter: Interpreter, passed: Passed | undefined): DefaultValue | null {
  if (passed === undefined) return null
  const { given, value: span } = passed
  if (given.type === 'construct' && /^(?:DefaultClause|ColumnDefault)$/.test(given.name)) {
    const inner = given.passed.positional[0]
    if (inner !== undefined) return readDefault(interpreter, inner)
  }
  const text = interpreter.textAt(span)
  if (given.type === 'sql-text') return { kind: 'text', value: textOf(given.text), text, span }
  if (given.type === 'text') return { kind: 'string', value: textOf(given), text, span }
  return { kind: given.type === 'none' ? 'none' : 'expression', value: null, text, span }
}

/** A column of which nothing is known but where it stands. */
export const unknownColumn = (span: Span): Column => ({ ...plainColumn, unresolved: ['name', 'type'], span })
