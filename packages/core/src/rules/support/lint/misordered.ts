import type { Operation } from '../../../operations/operation.js'
import type { Span } from '../../../text/span.js'
import { type Hanging, hangingsOf, isOneTable, type TableName, type Typed, typedColumnsOf } from './made.js'

/** Two operations of `downgrade()` that only work the other way round. */
export interface Misordered {
  readonly first: Operation
  readonly second: Operation
  /** `gone`: the first takes along what the second works on; `held`: what only the second takes away holds the first back. */
  readonly why: 'gone' | 'held'
}

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
  const made = { hangings: hangingsOf(upgrade, isLeftOut), typed: typedColumnsOf(upgrade) }
  return downgrade.flatMap((second, index): readonly Misordered[] => {
    for (const [place, first] of downgrade.slice(0, index).entries()) {
      if (!isTaking(first) || !bothRun(first, second)) continue
      const between = downgrade.slice(place + 1, index)
      if (isGone(first, second, made) && !between.some((one) => bringsBack(one, first))) {
        return [{ first, second, why: 'gone' }]
      }
      if (isHeld(first, second, made, downgrade.slice(0, place))) return [{ first, second, why: 'held' }]
    }
    return []
  })
}

interface Made {
  readonly hangings: readonly Hanging[]
  readonly typed: readonly Typed[]
}

/** The second works on a table that is dropped, or on what has gone with a column. */
function isGone(first: Taking, second: Operation, { hangings }: Made): boolean {
  if (first.kind === 'drop_type' || first.table === null) return false
  const gone = { table: first.table, schema: first.schema }
  if (first.kind === 'drop_table') {
    const table = tableOf(second, hangings)
    return table !== null && second.kind !== 'create_table' && second.kind !== 'drop_table' && isOneTable(gone, table)
  }
  const dropped = droppedBy(second, hangings)
  return dropped !== null && isOneTable(dropped.on, gone) && dropped.columns.includes(first.column)
}

/** What the second takes away points to the table of the first, or is of its type, and nothing has ended that before. */
function isHeld(first: Taking, second: Operation, { hangings, typed }: Made, before: readonly Operation[]): boolean {
  if (first.kind === 'drop_column' || before.some(isUnknown)) return false
  if (first.kind === 'drop_type') {
    const holds = ({ type, on, column }: Typed) =>
      type === first.name && takes(second, on, [column], null) && !before.some((one) => mayRelease(one, on, [column]))
    return typed.some(holds)
  }
  return hangings.some(({ refersTo, on, columns, name }) => {
    const holds = refersTo !== null && isOneTable(refersTo, first) && !isOneTable(on, first)
    return holds && takes(second, on, columns, name) && !before.some((one) => mayRelease(one, on, columns))
  })
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

/** The index or constraint that an operation drops, where `upgrade()` has made it. */
function droppedBy(operation: Operation, hangings: readonly Hanging[]): Hanging | null {
  if (operation.kind !== 'drop_index' && operation.kind !== 'drop_constraint') return null
  const { name, table, schema } = operation
  if (name === null) return null
  const found = hangings.filter((one) => one.name === name && (table === null || isOneTable(one.on, { table, schema })))
  return found.length === 1 ? found[0]! : null
}

function tableOf(operation: Operation, hangings: readonly Hanging[]): TableName | null {
  if (!('table' in operation)) return null
  const { table, schema } = operation
  return table === null ? (droppedBy(operation, hangings)?.on ?? null) : { table, schema }
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
