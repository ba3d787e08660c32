import type { ColumnType } from '../../../operations/operation.js'
import { typeText } from './columns.js'

type Family =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'number'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'uuid'
  | 'json'
  | 'jsonb'
  | 'binary'

const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.entries({
    text: 'string text varchar unicode unicodetext char nvarchar autostring tinytext mediumtext longtext citext',
    integer: 'integer int smallint smallinteger tinyint mediumint',
    bigint: 'biginteger bigint',
    number: 'numeric decimal',
    float: 'float double double_precision real',
    boolean: 'boolean bool',
    date: 'date',
    time: 'datetime timestamp',
    uuid: 'uuid guid',
    json: 'json',
    jsonb: 'jsonb',
    binary: 'largebinary bytea blob binary varbinary longblob',
  }).flatMap(([family, names]) => names.split(' ').map((name) => [name, family as Family])),
)

/** Types that databases keep alike, whatever they are called; null for one that only the project knows. */
export function familyOf(type: ColumnType): Family | null {
  return FAMILIES.get(type.name.toLowerCase()) ?? null
}

/** True where no row has to be written or looked at: the same thing in other words, or a text that may be longer. */
export function isHarmless(from: ColumnType | null, to: ColumnType): boolean {
  // Whatever it was, it can be said as a text of any length.
  if (from === null) return familyOf(to) === 'text' && to.length === null && !isFixed(to)
  if (typeText(from)?.toLowerCase() === typeText(to)?.toLowerCase()) return true
  if (isEnum(from) && isEnum(to)) return from.enumName === to.enumName && from.enumName !== null
  const family = familyOf(from)
  // What a type of the project's own is in the database is not to be seen: only a plain type tells.
  if (family === null || familyOf(to) === null) return true
  if (family !== familyOf(to)) return false
  if (family === 'text')
    return !isFixed(to) && (to.length === null || (from.length !== null && from.length <= to.length))
  if (family === 'number') return !typeText(to)!.includes('(')
  if (family === 'integer') return isWord(from) && isWord(to)
  return ['bigint', 'boolean', 'date', 'uuid', 'json', 'jsonb'].includes(family)
}

function isEnum({ name }: ColumnType): boolean {
  return name.toLowerCase() === 'enum'
}

function isFixed({ name }: ColumnType): boolean {
  return name.toLowerCase() === 'char'
}

/** `Integer` and `INT` are one, `SmallInteger` is less. */
function isWord({ name }: ColumnType): boolean {
  return /^int(eger)?$/i.test(name)
}
