import type { Operation, OperationKind } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { before, type OperationPlace } from './new-operations.js'
import { oncePer } from './once.js'
import { type NamedTable, push, type Slice, sliceOf, tableKey } from './slice.js'

/**
 * True where the operation's table is made by this script, or by one below it that is not published either: it has no rows
 * that could be in the way, and nobody waits for its locks. What may be published counts as published.
 */
export function isNewTable(context: RuleContext, at: OperationPlace & OnTable): boolean {
  const own = at.operations[at.direction].operations
  const isNewBefore = (end: number, named: NamedTable): boolean => {
    for (let index = end - 1; index >= 0; index--) {
      const operation = own[index]!
      if (!decides(operation)) continue
      const isNew = isNewBehind(operation, named, (other) => isNewBefore(index, other))
      if (isNew !== null) return isNew
    }
    return tablesMade(context).isNewBelow(at.script, named)
  }
  return at.operation.table !== null && isNewBefore(at.index, at.operation)
}

/**
 * What runs before an operation in the same slice of history, of one kind: in scripts below it that are not published, then in
 * its own; parents first. Only what is meant is looked for below.
 */
export function earlier<Kind extends OperationKind>(
  context: RuleContext,
  at: OperationPlace,
  kind: Kind,
  isMeant: (operation: Extract<Operation, { readonly kind: Kind }>) => boolean,
): readonly Extract<Operation, { readonly kind: Kind }>[] {
  type One = Extract<Operation, { readonly kind: Kind }>
  const slice = sliceOf(context)
  const below = slice.ofKind(kind).filter((one) => isMeant(one.operation) && slice.isBelow(one.script, at.script))
  const own = before(at).filter((one): one is One => one.kind === kind && isMeant(one as One))
  return [...below.map(({ operation }) => operation), ...own]
}

/** The same for what is on the operation's own table: however many others there are, they cost nothing. */
export function earlierOnTable<Kind extends TableKind>(
  context: RuleContext,
  at: OperationPlace & OnTable,
  kind: Kind,
  isMeant: (operation: Extract<Operation, { readonly kind: Kind }>) => boolean = () => true,
): readonly Extract<Operation, { readonly kind: Kind }>[] {
  type One = Extract<Operation, { readonly kind: Kind }>
  const { table, schema } = at.operation
  if (table === null) return []
  const slice = sliceOf(context)
  const below = slice.onTable(kind, at.operation)
  const isOwn = (one: Operation): one is One => one.kind === kind && isSameTable(one as OnTableOf<Kind>, table, schema)
  return [
    ...below
      .filter((one) => isMeant(one.operation) && slice.isBelow(one.script, at.script))
      .map(({ operation }) => operation),
    ...before(at).filter((one): one is One => isOwn(one) && isMeant(one)),
  ]
}

type OnTableOf<Kind extends OperationKind> = Extract<Operation, { readonly kind: Kind }> & NamedTable
type TableKind = Extract<Operation, NamedTable>['kind']

type Deciding = Extract<Operation, { readonly kind: 'create_table' | 'drop_table' | 'rename_table' }>

/** True for what makes a table new, or ends that. What looks first whether the table is there may find one with rows. */
function decides(operation: Operation): operation is Deciding {
  return (
    operation.kind === 'drop_table' ||
    operation.kind === 'rename_table' ||
    (operation.kind === 'create_table' && operation.context.guard !== 'exists')
  )
}

/**
 * Whether a table is there and new behind an operation; null where the operation decides nothing about it.
 *
 * @param wasNew the same of another table, before the operation
 */
function isNewBehind(
  operation: Deciding,
  { table, schema }: NamedTable,
  wasNew: (named: NamedTable) => boolean,
): boolean | null {
  if (operation.kind === 'rename_table') {
    const isNewName = isSameTable({ table: operation.newName, schema: operation.schema }, table, schema)
    if (isNewName && wasNew(operation)) return true
    return isSameTable(operation, table, schema) ? false : null
  }
  return isSameTable(operation, table, schema) ? operation.kind === 'create_table' : null
}

interface Event {
  readonly script: Script
  readonly operation: Deciding
  /** Its number among all events, which run in this order. */
  readonly place: number
}

/** The lives of all tables of the new scripts. */
class TablesMade {
  readonly #slice: Slice
  readonly #lives = new Map<string, Event[]>()

  constructor(slice: Slice) {
    this.#slice = slice
    let place = 0
    for (const { script, operations } of slice.scripts) {
      for (const operation of operations.upgrade.operations) {
        if (!decides(operation)) continue
        const event = { script, operation, place: place++ }
        push(this.#lives, tableKey(operation), event)
        if (operation.kind !== 'rename_table') continue
        const renamed = tableKey({ table: operation.newName, schema: operation.schema })
        if (renamed !== tableKey(operation)) push(this.#lives, renamed, event)
      }
    }
  }

  /** True where the last that happens to the table below a script leaves it new. */
  isNewBelow(script: Script, named: NamedTable, end = Number.POSITIVE_INFINITY): boolean {
    const life = this.#lives.get(tableKey(named)) ?? []
    for (let index = life.length - 1; index >= 0; index--) {
      const { script: own, operation, place } = life[index]!
      if (place >= end || !this.#slice.isBelow(own, script)) continue
      const isNew = isNewBehind(operation, named, (other) => this.isNewBelow(script, other, place))
      if (isNew !== null) return isNew
    }
    return false
  }
}

const tablesMade = oncePer((context: RuleContext) => new TablesMade(sliceOf(context)))

/** An operation that says which table it is about. */
export interface OnTable {
  readonly operation: NamedTable
}

/** The table as people write it: `billing.invoice`. */
export function tableName({ operation: { table, schema } }: OnTable): string {
  return schema === null ? (table ?? 'a table') : `${schema}.${table ?? 'a table'}`
}

/** True where two operations, or an operation and a name, are about one table. */
export function isSameTable(operation: NamedTable, table: string | null, schema: string | null): boolean {
  return operation.table !== null && operation.table === table && schemaName(operation.schema) === schemaName(schema)
}
