import type { Operation } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { RuleContext } from '../../rule.js'
import { type NewOperation, newOperations, type OperationPlace } from './new-operations.js'
import { ancestorsOf } from './slice.js'

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
  readonly #operations: readonly At[]
  readonly #makers: ReadonlyMap<string, readonly Later[]>

  constructor(context: RuleContext) {
    this.#context = context
    this.#operations = newOperations(context)
    this.#makers = makersByColumn(newOperations<'add_column' | 'create_table'>(context, 'add_column', 'create_table'))
  }

  /**
   * What makes this column after the operation has run, in its script or in one above it; null where nothing does, or where the
   * column may be there before. A column that is added without looking, and that nothing takes away in between, cannot have been
   * there: one of the two operations fails, whatever the scripts below have done.
   */
  addedLater(at: At, named: NamedColumn): Later | null {
    if (!isSure(at.operation)) return null
    const makers = this.#makers.get(keyOf(named)) ?? []
    if (makers.some((one) => this.#runsBefore(one, at))) return null
    const later = makers.find((one) => isSure(one.operation) && runTogether(at, one) && this.#runsBefore(at, one))
    if (later === undefined) return null
    const between = this.#between(at, later)
    return between === null || between.some(({ operation }) => mayTake(operation, named)) ? null : later
  }

  #runsBefore(one: At, other: At): boolean {
    if (one.script === other.script) return one.index < other.index
    return ancestorsOf(this.#context, other.script.revision).has(one.script.revision)
  }

  /** What runs after one operation and before another; null where a script in between is not known. */
  #between(one: At, other: At): readonly At[] | null {
    const { map } = this.#context.history
    const below = ancestorsOf(this.#context, other.script.revision)
    const path = [...map.descendants([one.script.revision])].filter((id) => below.has(id))
    const isKnown = (id: string) => this.#context.operations(map.get(id)?.path ?? '') !== null
    if (!path.every((id) => this.#context.isJudged(id) && isKnown(id))) return null
    const scripts = new Set(path)
    return this.#operations.filter(
      (between) =>
        scripts.has(between.script.revision) &&
        (between.script !== one.script || between.index > one.index) &&
        (between.script !== other.script || between.index < other.index),
    )
  }
}

function makersByColumn(operations: readonly Later[]): ReadonlyMap<string, readonly Later[]> {
  const makers = new Map<string, Later[]>()
  for (const at of operations) {
    const { table, schema } = at.operation
    if (table === null) continue
    const columns = at.operation.kind === 'add_column' ? [at.operation.column] : at.operation.columns
    for (const { name } of columns) {
      if (name === null) continue
      const key = keyOf({ table, schema, column: name })
      makers.set(key, [...(makers.get(key) ?? []), at])
    }
  }
  return makers
}

function keyOf({ table, schema, column }: NamedColumn): string {
  return [schemaName(schema) ?? '', table, column].join('\0')
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
