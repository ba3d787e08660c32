import type { Operation, OperationKind } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { before, type NewScript, type OperationPlace } from './new-operations.js'
import { type Placed, type Slice, sliceOf } from './slice.js'

/**
 * True where the operation's table is made by this script, or by one below it that is not published either: it has no rows
 * that could be in the way, and nobody waits for its locks. What may be published counts as published.
 */
export function isNewTable(context: RuleContext, at: OperationPlace & OnTable): boolean {
  const { table, schema } = at.operation
  if (table === null) return false
  const tables = tablesMade(context)
  const own = before(at)
  const key = keyOf(table, schema)
  if (own.some(({ kind }) => kind === 'rename_table') || tables.hasOtherNames) {
    const made = new Set(tables.below(at.script))
    play(own, made)
    return made.has(key)
  }
  // Without new names each table has a life of its own, and the last thing that happened to it decides.
  const last = own.findLast((one) => decides(one) && keyOf(one.table, one.schema) === key)
  return last === undefined ? tables.isMadeBelow(key, at.script) : last.kind === 'create_table'
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

type Deciding = Extract<Operation, { readonly kind: 'create_table' | 'drop_table' }>

/** What looks first whether the table is there may find one with rows. */
function decides(operation: Operation): operation is Deciding {
  return operation.kind === 'drop_table' || (operation.kind === 'create_table' && operation.context.guard !== 'exists')
}

/** Which tables the new scripts make, and which of them lie below a script. */
class TablesMade {
  readonly hasOtherNames: boolean
  readonly #slice: Slice
  readonly #lives = new Map<string, Placed<Deciding['kind']>[]>()
  readonly #below = new Map<Script, ReadonlySet<string>>()

  constructor(slice: Slice) {
    this.#slice = slice
    this.hasOtherNames = slice.ofKind('rename_table').length > 0
    for (const { script, operations } of slice.scripts) {
      for (const operation of operations.upgrade.operations.filter(decides)) {
        const key = keyOf(operation.table, operation.schema)
        const life = this.#lives.get(key)
        if (life === undefined) this.#lives.set(key, [{ script, operation }])
        else life.push({ script, operation })
      }
    }
  }

  isMadeBelow(key: string, script: Script): boolean {
    const life = this.#lives.get(key) ?? []
    const last = life.findLast((one) => this.#slice.isBelow(one.script, script))
    return last?.operation.kind === 'create_table'
  }

  below(script: Script): ReadonlySet<string> {
    const known = this.#below.get(script) ?? tablesOf(this.#slice.below(script))
    this.#below.set(script, known)
    return known
  }
}

function tablesMade(context: RuleContext): TablesMade {
  const made = known.get(context) ?? new TablesMade(sliceOf(context))
  known.set(context, made)
  return made
}

const known = new WeakMap<RuleContext, TablesMade>()

function tablesOf(scripts: readonly NewScript[]): ReadonlySet<string> {
  const made = new Set<string>()
  for (const { operations } of scripts) play(operations.upgrade.operations, made)
  return made
}

function play(operations: readonly Operation[], made: Set<string>): void {
  for (const one of operations) {
    if (one.kind === 'create_table' && decides(one)) made.add(keyOf(one.table, one.schema))
    if (one.kind === 'drop_table') made.delete(keyOf(one.table, one.schema))
    if (one.kind === 'rename_table' && made.delete(keyOf(one.table, one.schema)))
      made.add(keyOf(one.newName, one.schema))
  }
}

function keyOf(table: string | null, schema: string | null): string {
  return `${schemaName(schema) ?? ''}\0${table}`
}

/** An operation that says which table it is about. */
export interface OnTable {
  readonly operation: { readonly table: string | null; readonly schema: string | null }
}

/** The table as people write it: `billing.invoice`. */
export function tableName({ operation: { table, schema } }: OnTable): string {
  return schema === null ? (table ?? 'a table') : `${schema}.${table ?? 'a table'}`
}

/** True where two operations, or an operation and a name, are about one table. */
export function isSameTable(
  operation: { readonly table: string | null; readonly schema: string | null },
  table: string | null,
  schema: string | null,
): boolean {
  return operation.table !== null && operation.table === table && schemaName(operation.schema) === schemaName(schema)
}
