import type { Operation } from '../../../operations/operation.js'
import type { Span } from '../../../text/span.js'
import { type Hanging, hangingsOf, isOneTable, type TableName, type Typed, typedColumnsOf } from './made.js'
import { type NamedTable, push, tableKey } from './slice.js'

/** Two operations of `downgrade()` that only work the other way round. */
export interface Misordered {
  readonly first: Operation
  readonly second: Operation
  /** `gone`: the first takes along what the second works on; `held`: what only the second takes away holds the first back. */
  readonly why: 'gone' | 'held'
}

/** Whether something before has let go of what hangs on a table. */
type Released = (on: TableName, columns: readonly (string | null)[]) => boolean

type Taking = Operation & { readonly kind: 'drop_table' | 'drop_column' | 'drop_type' }

/**
 * Operations of `downgrade()` in an order that cannot work, after what `upgrade()` has made; each late one once.
 *
 * @param upgrade what has run
 * @param downgrade what will run then, one after another
 * @param isLeftOut tells by its place whether SQLAlchemy leaves a foreign key out of its table
 */
export function misordered(
  upgrade: readonly Operation[],
  downgrade: readonly Operation[],
  isLeftOut: (span: Span) => boolean,
): readonly Misordered[] {
  const made = new Made(upgrade, isLeftOut)
  const takings = downgrade.flatMap((first, place) => (isTaking(first) ? [{ first, place }] : []))
  // Only what hangs on a column goes with it.
  const withoutColumns = takings.filter(({ first }) => first.kind !== 'drop_column')
  return downgrade.flatMap((second, index): readonly Misordered[] => {
    for (const { first, place } of isOfHanging(second) ? takings : withoutColumns) {
      if (place >= index) break
      if (!bothRun(first, second)) continue
      if (isGone(first, second, made) && !downgrade.slice(place + 1, index).some((one) => bringsBack(one, first))) {
        return [{ first, second, why: 'gone' }]
      }
      const isReleased: Released = (on, columns) =>
        downgrade.slice(0, place).some((one) => isUnknown(one) || mayRelease(one, on, columns))
      if (isHeld(first, second, made, isReleased)) return [{ first, second, why: 'held' }]
    }
    return []
  })
}

/** What `upgrade()` has made, found out only where two operations may be in the wrong order. */
class Made {
  readonly #upgrade: readonly Operation[]
  readonly #isLeftOut: (span: Span) => boolean
  #hangings: readonly Hanging[] | null = null
  #typed: readonly Typed[] | null = null
  #byName: ReadonlyMap<string, readonly Hanging[]> | null = null
  #byReferred: ReadonlyMap<string, readonly Hanging[]> | null = null

  constructor(upgrade: readonly Operation[], isLeftOut: (span: Span) => boolean) {
    this.#upgrade = upgrade
    this.#isLeftOut = isLeftOut
  }

  /** The index or constraint that an operation drops, where `upgrade()` has made it. */
  droppedBy(operation: Operation): Hanging | null {
    if (!isOfHanging(operation)) return null
    const { name, table, schema } = operation
    if (name === null) return null
    this.#byName ??= listBy(this.#all, (one) => one.name)
    const named = this.#byName.get(name) ?? []
    const found = named.filter((one) => table === null || isOneTable(one.on, { table, schema }))
    return found.length === 1 ? found[0]! : null
  }

  /** What points to a table from another one. */
  pointingTo(table: NamedTable): readonly Hanging[] {
    this.#byReferred ??= listBy(this.#all, ({ refersTo, on }) =>
      refersTo === null || isOneTable(refersTo, on) ? null : tableKey(refersTo),
    )
    return table.table === null ? [] : (this.#byReferred.get(tableKey(table)) ?? [])
  }

  /** Columns of an enum type. */
  get typed(): readonly Typed[] {
    this.#typed ??= typedColumnsOf(this.#upgrade)
    return this.#typed
  }

  get #all(): readonly Hanging[] {
    this.#hangings ??= hangingsOf(this.#upgrade, this.#isLeftOut)
    return this.#hangings
  }
}

function listBy(hangings: readonly Hanging[], keyOf: (one: Hanging) => string | null) {
  const lists = new Map<string, Hanging[]>()
  for (const one of hangings) {
    const key = keyOf(one)
    if (key !== null) push(lists, key, one)
  }
  return lists
}

/** The second works on a table that is dropped, or on what has gone with a column. */
function isGone(first: Taking, second: Operation, made: Made): boolean {
  if (first.kind === 'drop_type' || first.table === null) return false
  const gone = { table: first.table, schema: first.schema }
  if (first.kind === 'drop_table') {
    if (second.kind === 'create_table' || second.kind === 'drop_table') return false
    const table = tableOf(second, made)
    return table !== null && isOneTable(gone, table)
  }
  const dropped = made.droppedBy(second)
  return dropped !== null && isOneTable(dropped.on, gone) && dropped.columns.includes(first.column)
}

/** What the second takes away points to the table of the first, or is of its type, and nothing has ended that before. */
function isHeld(first: Taking, second: Operation, made: Made, isReleased: Released): boolean {
  if (first.kind === 'drop_column' || !takesSomething(second)) return false
  if (first.kind === 'drop_type') {
    return made.typed.some(
      ({ type, on, column }) => type === first.name && takes(second, on, [column], null) && !isReleased(on, [column]),
    )
  }
  return made
    .pointingTo(first)
    .some(({ on, columns, name }) => takes(second, on, columns, name) && !isReleased(on, columns))
}

/** It takes the holder away, or may do so: constraints go by names that nobody has written. */
function mayRelease(operation: Operation, on: TableName, columns: readonly (string | null)[]): boolean {
  if (takes(operation, on, columns, null)) return true
  if (operation.kind !== 'drop_constraint' && operation.kind !== 'alter_column' && operation.kind !== 'rename_table') {
    return false
  }
  return operation.table === null || isOneTable(on, operation)
}

/** True where an operation takes away a table, one of these columns, or a constraint of this name. */
function takes(operation: Operation, on: TableName, columns: readonly (string | null)[], name: string | null): boolean {
  if (operation.kind === 'drop_table') return isOneTable(on, operation)
  if (operation.kind === 'drop_column') return isOneTable(on, operation) && columns.includes(operation.column)
  return operation.kind === 'drop_constraint' && name !== null && operation.name === name && isOneTable(on, operation)
}

function isOfHanging(
  operation: Operation,
): operation is Operation & { readonly kind: 'drop_index' | 'drop_constraint' } {
  return operation.kind === 'drop_index' || operation.kind === 'drop_constraint'
}

function takesSomething({ kind }: Operation): boolean {
  return kind === 'drop_table' || kind === 'drop_column' || kind === 'drop_constraint'
}

function tableOf(operation: Operation, made: Made): TableName | null {
  if (!('table' in operation)) return null
  const { table, schema } = operation
  return table === null ? (made.droppedBy(operation)?.on ?? null) : { table, schema }
}

function isTaking(operation: Operation): operation is Taking {
  return operation.kind === 'drop_table' || operation.kind === 'drop_column' || operation.kind === 'drop_type'
}

/** Whatever runs the first runs the second, which does not look first. */
function bothRun({ context: a }: Operation, { context: b }: Operation): boolean {
  if (b.guard === 'exists' || a.database !== b.database) return false
  if (a.guard === null || (a.guard === 'exists' && a.guardSpan === null)) return b.guard !== 'condition'
  return a.guard === b.guard && a.guardSpan?.start === b.guardSpan?.start && a.guardSpan !== null
}

/** It makes again what was taken, or may do so. */
function bringsBack(operation: Operation, first: Taking): boolean {
  if (isUnknown(operation)) return true
  if (operation.kind === 'add_column') return first.kind === 'drop_column' && operation.column.name === first.column
  if (operation.kind === 'alter_column') return first.kind === 'drop_column' && operation.newName === first.column
  if (first.kind !== 'drop_table') return false
  if (operation.kind === 'create_table') return operation.table === first.table
  return operation.kind === 'rename_table' && operation.newName === first.table
}

function isUnknown(operation: Operation): boolean {
  return operation.kind === 'opaque' || (operation.kind === 'execute' && operation.effect === 'unknown')
}
