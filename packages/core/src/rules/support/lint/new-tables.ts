import type { Operation } from '../../../operations/operation.js'
import { schemaName } from '../../../overlap/names.js'
import type { Script } from '../../../script/script.js'
import type { RuleContext } from '../../rule.js'
import { before, type NewScript, newScripts, type OperationPlace } from './new-operations.js'

/**
 * True where the operation's table is made by this script, or by one below it that is not published either: it has no rows
 * that could be in the way, and nobody waits for its locks. What may be published counts as published.
 */
export function isNewTable(context: RuleContext, at: OperationPlace & OnTable): boolean {
  const { table, schema } = at.operation
  if (table === null) return false
  const made = new Set(factsOf(context, at).tablesBelow())
  play(before(at), made)
  return made.has(keyOf(table, schema))
}

/** Everything that runs before an operation in the same slice of history: scripts below it that are not published, its own start. */
export function earlier(context: RuleContext, at: OperationPlace): readonly Operation[] {
  return [...scriptsBelow(context, at).flatMap(({ operations }) => operations.upgrade.operations), ...before(at)]
}

/** Scripts below this one that are not published either, parents first. */
export function scriptsBelow(context: RuleContext, at: Pick<NewScript, 'script'>): readonly NewScript[] {
  return factsOf(context, at).scripts()
}

/** What lies below a script in its slice; worked out once, however many rules ask. */
interface SliceFacts {
  readonly scripts: () => readonly NewScript[]
  readonly tablesBelow: () => ReadonlySet<string>
}

const known = new WeakMap<RuleContext, Map<Script, SliceFacts>>()

function factsOf(context: RuleContext, { script }: Pick<NewScript, 'script'>): SliceFacts {
  const ofAll = known.get(context) ?? new Map<Script, SliceFacts>()
  known.set(context, ofAll)
  let facts = ofAll.get(script)
  if (facts === undefined) {
    const scripts = once(() => findBelow(context, script))
    facts = { scripts, tablesBelow: once(() => tablesOf(scripts())) }
    ofAll.set(script, facts)
  }
  return facts
}

function findBelow(context: RuleContext, script: Script): readonly NewScript[] {
  const { history, mayBePublished } = context
  const others = newScripts(context).filter((one) => one.script !== script && !mayBePublished(one.script.revision))
  if (others.length === 0) return others
  const below = history.map.ancestors([script.revision])
  return others.filter((one) => below.has(one.script.revision))
}

function tablesOf(scripts: readonly NewScript[]): ReadonlySet<string> {
  const made = new Set<string>()
  for (const { operations } of scripts) play(operations.upgrade.operations, made)
  return made
}

function play(operations: readonly Operation[], made: Set<string>): void {
  for (const one of operations) {
    // What looks first whether the table is there may find one with rows.
    if (one.kind === 'create_table' && one.context.guard !== 'exists') made.add(keyOf(one.table, one.schema))
    if (one.kind === 'drop_table') made.delete(keyOf(one.table, one.schema))
    if (one.kind === 'rename_table' && made.delete(keyOf(one.table, one.schema)))
      made.add(keyOf(one.newName, one.schema))
  }
}

function keyOf(table: string | null, schema: string | null): string {
  return `${schemaName(schema) ?? ''}\0${table}`
}

function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | null = null
  return () => {
    done ??= { value: work() }
    return done.value
  }
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
