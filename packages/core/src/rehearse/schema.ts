export type SchemaKind =
  | 'table'
  | 'column'
  | 'primary key'
  | 'foreign key'
  | 'unique constraint'
  | 'check constraint'
  | 'index'
  | 'view'
  | 'enum'
  | 'sequence'
  | 'trigger'
  | 'function'
  | 'extension'

/** One thing of a schema, in words that are equal exactly where the things are. */
export interface SchemaItem {
  readonly kind: SchemaKind
  /** With its schema in front outside of the default one; null for what belongs to no table. */
  readonly table: string | null
  /** Empty for a table itself, and for what has no name. */
  readonly name: string
  /** Type, nullability and default of a column; columns of an index; … */
  readonly text: string
}

/** `before` null: it came; `after` null: it went. */
export interface SchemaDifference {
  readonly kind: SchemaKind
  readonly table: string | null
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

/** Of one table: how many rows, and how many values that are not NULL in each column. */
export interface TableData {
  readonly rows: number
  readonly values: Readonly<Record<string, number>>
}

/** Rows, or where `column` is named, values that are not NULL. */
export interface DataDifference {
  readonly table: string
  readonly column: string | null
  readonly before: number
  /** After the upgrade; null where the table or the column was gone then. */
  readonly between: number | null
  /** After the downgrade. */
  readonly after: number
}

/** What a database holds at one moment. */
export interface Shape {
  readonly items: readonly SchemaItem[]
  /** By table; empty where nobody counted. */
  readonly data: Readonly<Record<string, TableData>>
}

const keyOf = ({ kind, table, name }: SchemaItem): string => JSON.stringify([kind, table, name])

/**
 * What is another one in `after`, in the order of `before` and then of `after`. What belongs to a table that came or went is not told
 * besides. Pure.
 */
export function compareSchemas(
  before: readonly SchemaItem[],
  after: readonly SchemaItem[],
): readonly SchemaDifference[] {
  const [old, young] = [grouped(before), grouped(after)]
  const differences: SchemaDifference[] = []
  for (const [key, items] of old) {
    const others = young.get(key) ?? []
    for (const [index, item] of items.entries()) {
      const other = others[index]?.text ?? null
      if (other !== item.text) differences.push({ ...place(item), before: item.text, after: other })
    }
  }
  for (const [key, items] of young) {
    for (const item of items.slice(old.get(key)?.length ?? 0)) {
      differences.push({ ...place(item), before: null, after: item.text })
    }
  }
  const whole = new Set(differences.filter(isWholeTable).map(({ table }) => table))
  return differences.filter((one) => isWholeTable(one) || !whole.has(one.table))
}

const isWholeTable = ({ kind, before, after }: SchemaDifference): boolean =>
  (kind === 'table' || kind === 'view') && (before === null || after === null)

const place = ({ kind, table, name }: SchemaItem) => ({ kind, table, name })

/** Things without a name share a key: they are told apart by their text, which therefore is sorted. */
function grouped(items: readonly SchemaItem[]): ReadonlyMap<string, readonly SchemaItem[]> {
  const groups = new Map<string, SchemaItem[]>()
  for (const item of items) {
    const key = item.name === '' && item.kind !== 'table' ? `${keyOf(item)} ${item.text}` : keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

/**
 * Where a table that was there before and is there again has another number of rows, or a column of it another number of values. Pure.
 *
 * @param between after the upgrade
 */
export function compareData(
  before: Shape['data'],
  between: Shape['data'],
  after: Shape['data'],
): readonly DataDifference[] {
  return Object.entries(before).flatMap(([table, old]): readonly DataDifference[] => {
    const young = after[table]
    const middle = between[table]
    if (young === undefined) return []
    if (old.rows !== young.rows)
      return [{ table, column: null, before: old.rows, between: middle?.rows ?? null, after: young.rows }]
    return Object.entries(old.values).flatMap(([column, number]) => {
      const other = young.values[column]
      if (other === undefined || other === number) return []
      return [{ table, column, before: number, between: middle?.values[column] ?? null, after: other }]
    })
  })
}

/** True where two moments have the same number of rows and values everywhere. */
export function hasSameData(one: Shape['data'], other: Shape['data']): boolean {
  return compareData(one, one, other).length === 0
}
