import type { History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'

/** What a revision makes, as a live database can be asked for it. */
export interface Made {
  /** With its schema in front, where it has one. */
  readonly table: string
  /** Null: the table itself. */
  readonly column: string | null
}

/**
 * Tables and columns that these revisions make and that nothing which ran after them takes away or renames: a database that lacks one
 * has not run them. Only what always happens counts. Pure.
 *
 * @param applied what the database counts as run
 * @param database what env.py calls the database where it has several; without it, what is for one of several does not count
 */
export function madeBy(
  { map }: History,
  revisions: readonly string[],
  applied: ReadonlySet<string>,
  operations: (path: string) => ScriptOperations | null,
  database: string | null = null,
): readonly Made[] {
  const read = (id: string) => {
    const script = map.get(id)
    return script === undefined ? null : operations(script.path)
  }
  const made = revisions.flatMap((id) => madeIn(read(id), database))
  const others = [...applied].map(read)
  const gone = new Set(others.flatMap(goneIn))
  return made.filter(({ table, column }) => !gone.has(table) && !gone.has(`${table} ${column}`))
}

function madeIn(operations: ScriptOperations | null, database: string | null): readonly Made[] {
  return (operations?.upgrade.operations ?? []).flatMap((operation): readonly Made[] => {
    if (operation.context.guard !== null || !isFor(operation.context.database, database)) return []
    if (operation.kind === 'create_table' && operation.table !== null)
      return [{ table: placed(operation.schema, operation.table), column: null }]
    if (operation.kind !== 'add_column' || operation.table === null || operation.column.name === null) return []
    return [{ table: placed(operation.schema, operation.table), column: operation.column.name }]
  })
}

const isFor = (of: string | null, database: string | null): boolean => of === null || of === database

/** Tables, and columns behind their table; guarded or not. */
function goneIn(operations: ScriptOperations | null): readonly string[] {
  return (operations?.upgrade.operations ?? []).flatMap((operation): readonly string[] => {
    if (!('table' in operation) || operation.table === null) return []
    const table = placed(operation.schema, operation.table)
    if (operation.kind === 'drop_table' || operation.kind === 'rename_table') return [table]
    if (operation.kind === 'drop_column') return [`${table} ${operation.column}`]
    return operation.kind === 'alter_column' && operation.newName !== null ? [`${table} ${operation.column}`] : []
  })
}

const placed = (schema: string | null, table: string): string => (schema === null ? table : `${schema}.${table}`)
