import type { Operation, OperationKind } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { type NewScript, newScripts } from './new-operations.js'
import { oncePer } from './once.js'

/** An operation of `upgrade()`, and the script that it stands in. */
export interface Placed<Kind extends OperationKind = OperationKind> {
  readonly script: Script
  readonly operation: Extract<Operation, { readonly kind: Kind }>
}

/** A table as an operation names it. */
export interface NamedTable {
  readonly table: string | null
  readonly schema: string | null
}

/**
 * The new scripts that are not published as one line, for what lies below each of them. Rules ask for every operation, so that
 * nothing here may take longer the longer the line is: operations are listed by kind and by table once, and a question begins
 * with those that could be meant at all.
 */
export class Slice {
  /** All of them, parents first. */
  readonly scripts: readonly NewScript[]
  readonly #map: RuleContext['history']['map']
  readonly #byKind = new Map<OperationKind, Placed[]>()
  readonly #byTable = new Map<OperationKind, ReadonlyMap<string, readonly Placed[]>>()

  constructor(context: RuleContext) {
    this.#map = context.history.map
    this.scripts = newScripts(context).filter(({ script }) => !context.mayBePublished(script.revision))
    for (const { script, operations } of this.scripts) {
      for (const operation of operations.upgrade.operations) push(this.#byKind, operation.kind, { script, operation })
    }
  }

  /** Operations of one kind in all of them, parents first. */
  ofKind<Kind extends OperationKind>(kind: Kind): readonly Placed<Kind>[] {
    return (this.#byKind.get(kind) ?? []) as unknown as readonly Placed<Kind>[]
  }

  /** Those of them that are on a table. */
  onTable<Kind extends OperationKind>(kind: Kind, on: NamedTable): readonly Placed<Kind>[] {
    const tables = this.#byTable.get(kind) ?? byTable(this.#byKind.get(kind) ?? [])
    this.#byTable.set(kind, tables)
    return (tables.get(tableKey(on)) ?? []) as unknown as readonly Placed<Kind>[]
  }

  isBelow(one: Script, other: Script): boolean {
    return one !== other && this.#map.isAncestor(one.revision, other.revision)
  }
}

/** One for all rules. */
export const sliceOf = oncePer((context: RuleContext) => new Slice(context))

/** Equal for all names of one table. */
export function tableKey({ table, schema }: NamedTable): string {
  const place = schemaName(schema)
  return place === null ? `${table}` : `${place}\0${table}`
}

function byTable(places: readonly Placed[]): ReadonlyMap<string, readonly Placed[]> {
  const tables = new Map<string, Placed[]>()
  for (const one of places) {
    if ('table' in one.operation && one.operation.table !== null) push(tables, tableKey(one.operation), one)
  }
  return tables
}

/** Adds to the list of a key. */
export function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
