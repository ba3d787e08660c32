import type { Interpreter } from '../follow/interpreter.js'
import type { ColumnType } from '../operation.js'
import { type ConstructValue, type Passed, textOf, type Value } from '../values/value.js'
import { Fields, lastName } from './fields.js'

/** A type by the expression that makes it, wherever in the file that stands. */
export function readType(interpreter: Interpreter, { given, value: span }: Passed, fields: Fields): ColumnType | null {
  if (given.type === 'none') return null
  if (given.type === 'reference' || given.type === 'class') {
    const name = given.type === 'class' ? given.name : lastName(given.path)
    return { name, text: interpreter.textAt(span), length: null, ...noEnum, span }
  }
  if (given.type !== 'construct') {
    fields.miss('type')
    return null
  }
  const { passed } = given
  const length = passed.keywords.get('length') ?? passed.positional[0]
  return {
    name: given.name,
    text: interpreter.textAt(given.span),
    length: length?.given.type === 'number' ? length.given.value : null,
    ...enumPart(given),
    span: given.span,
  }
}

const noEnum = { enumName: null, enumValues: null, createsType: false }

function enumPart(construct: ConstructValue): Pick<ColumnType, 'enumName' | 'enumValues' | 'createsType'> {
  const found = enumInside(construct)
  return found === null ? noEnum : { enumName: found.name, enumValues: found.values, createsType: found.creates }
}

/** An enum, or the enum in an array of them. */
function enumInside(construct: ConstructValue): EnumType | null {
  if (isEnum(construct)) return readEnum(construct)
  const inner = construct.name === 'ARRAY' ? construct.passed.positional[0]?.given : undefined
  return inner?.type === 'construct' ? enumInside(inner) : null
}

export const isEnum = ({ name }: ConstructValue): boolean => name === 'Enum' || name === 'ENUM'

export interface EnumType {
  readonly name: string | null
  readonly schema: string | null
  readonly values: readonly string[] | null
  readonly creates: boolean
  readonly unresolved: readonly string[]
}

/** `sa.Enum('open', 'paid', name='invoice_state')`, or of a Python enum. */
export function readEnum({ passed }: ConstructValue): EnumType {
  const fields = new Fields()
  const given = passed.positional.map((one) => one.given)
  const values = passed.complete ? enumValues(given) : null
  if (values === null && given.length > 0) fields.miss('values')
  const off = (keyword: string) => fields.flag(keyword, passed.keywords.get(keyword)) === false
  return {
    name: fields.text('name', passed.keywords.get('name')) ?? unsaidName(given),
    schema: fields.text('schema', passed.keywords.get('schema')),
    values,
    creates: !off('create_type') && !off('native_enum'),
    unresolved: fields.unresolved,
  }
}

/** Null where none are said, or only Python can tell. */
function enumValues(given: readonly Value[]): readonly string[] | null {
  const [first] = given
  const listed = given.length === 1 && first?.type === 'sequence' ? (first.items ?? []) : given
  const members = listed.length === 1 && listed[0]?.type === 'class' ? listed[0].members : null
  if (members !== null) {
    return [...members].flatMap(([name, member]) => (name.startsWith('_') || member.type === 'function' ? [] : [name]))
  }
  const texts = listed.map(textOf)
  return texts.length === 0 || texts.includes(null) ? null : (texts as string[])
}

/** The name that SQLAlchemy gives to the type of a Python enum. */
function unsaidName([first, ...others]: readonly Value[]): string | null {
  if (others.length > 0 || first === undefined) return null
  if (first.type === 'class') return first.name.toLowerCase()
  return first.type === 'reference' ? lastName(first.path).toLowerCase() : null
}
