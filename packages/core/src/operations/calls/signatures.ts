import type { Passed, PassedArguments } from '../values/value.js'

/** How one of Alembic's operations is called: its parameters by position, and the one that takes all others. */
interface Signature {
  readonly positional: readonly string[]
  /** The same on `batch_op`, where the table is known; null where a batch does not have it. */
  readonly batch: readonly string[] | null
  readonly rest?: string
}

const all = (names: string, batch: string | null, rest?: string): Signature => ({
  positional: names.split(' '),
  batch: batch === null ? null : batch.split(' ').filter((name) => name !== ''),
  ...(rest === undefined ? {} : { rest }),
})

/** What changes a database, by Alembic's names of functions and parameters (1.20; older names below). */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ['create_table', all('table_name', null, 'columns')],
  ['drop_table', all('table_name', null)],
  ['rename_table', all('old_table_name new_table_name schema', null)],
  ['add_column', all('table_name column schema', 'column')],
  ['drop_column', all('table_name column_name schema', 'column_name')],
  ['alter_column', all('table_name column_name nullable comment server_default new_column_name type_', 'column_name')],
  ['create_index', all('index_name table_name columns schema unique', 'index_name columns')],
  ['drop_index', all('index_name table_name schema', 'index_name')],
  ['create_unique_constraint', all('constraint_name table_name columns schema', 'constraint_name columns')],
  ['create_primary_key', all('constraint_name table_name columns schema', 'constraint_name columns')],
  ['create_check_constraint', all('constraint_name table_name condition schema', 'constraint_name condition')],
  [
    'create_foreign_key',
    all(
      'constraint_name source_table referent_table local_cols remote_cols',
      'constraint_name referent_table local_cols remote_cols',
    ),
  ],
  ['create_exclude_constraint', all('constraint_name table_name', 'constraint_name', 'elements')],
  ['drop_constraint', all('constraint_name table_name type_ schema', 'constraint_name type_')],
  ['create_table_comment', all('table_name comment', 'comment')],
  ['drop_table_comment', all('table_name', '')],
  ['bulk_insert', all('table rows multiinsert', null)],
  ['execute', all('sqltext execution_options', 'sqltext')],
])

/** Names of parameters in older releases, in `alembic.operations.ops`, and in common wrappers. */
const formerNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  create_table: { name: 'table_name', tablename: 'table_name' },
  drop_table: { name: 'table_name', tablename: 'table_name' },
  add_column: { tablename: 'table_name' },
  drop_column: { tablename: 'table_name', column: 'column_name' },
  alter_column: {
    tablename: 'table_name',
    column: 'column_name',
    name: 'new_column_name',
    modify_name: 'new_column_name',
    modify_nullable: 'nullable',
    modify_type: 'type_',
    modify_server_default: 'server_default',
    modify_comment: 'comment',
  },
  create_index: { name: 'index_name', tablename: 'table_name' },
  drop_index: { name: 'index_name', tablename: 'table_name' },
  create_unique_constraint: { name: 'constraint_name', source: 'table_name', local_cols: 'columns' },
  create_primary_key: { name: 'constraint_name', cols: 'columns' },
  create_check_constraint: { name: 'constraint_name', source: 'table_name' },
  create_foreign_key: { name: 'constraint_name', source: 'source_table', referent: 'referent_table' },
  create_exclude_constraint: { name: 'constraint_name', source: 'table_name' },
  drop_constraint: { name: 'constraint_name', tablename: 'table_name', type: 'type_' },
}

/** The arguments of one call by the names of its parameters. */
export interface Arguments {
  readonly named: ReadonlyMap<string, Passed>
  /** What went into the parameter that takes all others. */
  readonly rest: readonly Passed[]
  /** False where a `*` or `**` of something unknown may hold more. */
  readonly complete: boolean
}

/** Sorts the arguments of a call by parameter; null for a function that is none of Alembic's. */
export function sortArguments(name: string, passed: PassedArguments, onBatch: boolean): Arguments | null {
  const signature = signatures.get(name)
  if (signature === undefined) return null
  // A batch lends what it lacks to `op`: the rest of the call is then as there.
  const positional = onBatch && signature.batch !== null ? signature.batch : signature.positional
  const named = new Map<string, Passed>()
  const count = Math.min(positional.length, passed.positional.length)
  for (let i = 0; i < count; i++) named.set(positional[i]!, passed.positional[i]!)
  const former = formerNames[name]
  for (const [keyword, one] of passed.keywords) {
    const parameter = former !== undefined && Object.hasOwn(former, keyword) ? former[keyword]! : keyword
    named.set(parameter, one)
  }
  const rest = signature.rest === undefined ? [] : passed.positional.slice(positional.length)
  return { named, rest, complete: passed.complete }
}
