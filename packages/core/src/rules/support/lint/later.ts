import type { Operation } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'
import { type NewOperation, newOperations, type OperationPlace } from './new-operations.js'
import { push, tableKey } from './slice.js'

/** Something that makes a column: by itself, or with its whole table. */
export type Later = NewOperation<'add_column' | 'create_table'>

/** Where any operation stands: less than `NewOperation`, which knows its kind. */
interface At extends OperationPlace {
  readonly operation: Operation
}

export interface NamedColumn {
  readonly table: string
  readonly schema: string | null
  readonly column: string
}

/** All new scripts as one line of operations, to ask what comes only later. */
export class Timeline {
  readonly #context: RuleContext
  readonly #makers = new Map<string, Later[]>()

  constructor(context: RuleContext) {
    this.#context = context
    const makers = newOperations<Later['operation']['kind']>(context, 'add_column', 'create_table')
    for (const at of makers) if (at.operation.table !== null) push(this.#makers, tableKey(at.operation), at)
  }

  /**
   * What makes this column after the operation has run, in its script or in one above it; null where nothing does, or where the
   * column may be there before. A column that is added without looking, and that nothing takes away in between, cannot have been
   * there: one of the two operations fails, whatever the scripts below have done.
   */
  addedLater(at: At, named: NamedColumn): Later | null {
    if (!isSure(at.operation)) return null
    const makers = this.#makers.get(tableKey(named)) ?? []
    if (makers.some((one) => makes(one, named.column) && this.#runsBefore(one, at))) return null
    const mayBeLater = (one: Later) => makes(one, named.column) && isSure(one.operation) && runTogether(at, one)
    const later = makers.find((one) => mayBeLater(one) && this.#runsBefore(at, one))
    if (later === undefined) return null
    const between = this.#between(at, later)
    return between === null || between.some(({ operation }) => mayTake(operation, named)) ? null : later
  }

  #runsBefore(one: At, other: At): boolean {
    if (one.script === other.script) return one.index < other.index
    return this.#context.history.map.isAncestor(one.script.revision, other.script.revision)
  }

  /** What runs after one operation and before another; null where a script in between is not known. */
  #between(one: At, other: At): readonly At[] | null {
    const { map } = this.#context.history
    const path = [...map.descendants([one.script.revision])].filter((id) => map.isAncestor(id, other.script.revision))
    const isKnown = (id: string) => this.#context.operations(map.get(id)?.path ?? '') !== null
    if (!path.every((id) => this.#context.isJudged(id) && isKnown(id))) return null
    const scripts = new Set(path)
    return newOperations(this.#context).filter(
      (between) =>
        scripts.has(between.script.revision) &&
        (between.script !== one.script || between.index > one.index) &&
        (between.script !== other.script || between.index < other.index),
    )
  }
}

function makes({ operation }: Later, column: string): boolean {
  if (operation.kind === 'add_column') return operation.column.name === column
  return operation.columns.some(({ name }) => name === column)
}

/** Always runs, and does not look first. */
function isSure({ context: { guard } }: Operation): boolean {
  return guard === null || guard === 'dialect' || guard === 'offline'
}

/** True where whatever runs the one runs the other. */
function runTogether({ operation: one }: At, { operation: other }: At): boolean {
  const [a, b] = [one.context, other.context]
  if (a.database !== b.database || (a.guard !== b.guard && b.guard === 'dialect')) return false
  if (a.guard === 'dialect' && b.guard === 'dialect' && a.guardSpan?.start !== b.guardSpan?.start) return false
  return one.span.start !== other.span.start
}

/** True where the column, or its table, may be gone afterwards. */
function mayTake(operation: Operation, { table, column }: NamedColumn): boolean {
  switch (operation.kind) {
    case 'opaque':
      return true
    case 'execute':
      return operation.effect === 'unknown'
    case 'drop_column':
      return mayBe(operation.table, table) && mayBe(operation.column, column)
    case 'alter_column':
      return mayBe(operation.table, table) && operation.newName !== null && mayBe(operation.column, column)
    case 'drop_table':
    case 'rename_table':
      return mayBe(operation.table, table)
    default:
      return false
  }
}

function mayBe(name: string | null, one: string): boolean {
  return name === null || name === one
}
