import type { Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { areNewAndEmpty, isMadeHere } from './support/lint/new-columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { earlier, isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'
import { isEmptied } from './support/lint/rows.js'
import { list } from './support/words.js'

type Place = NewOperation<'create_index' | 'create_constraint'>
type Columns = readonly (string | null)[]

export const uniqueOnExistingData = defineRule({
  name: 'unique-on-existing-data',
  severity: 'warn',
  scope: 'script',
  summary: 'rows that are there must be unique from now on, and may not be',
  check: (context) =>
    newOperations<Place['operation']['kind']>(context, 'create_index', 'create_constraint').flatMap((at) => {
      const columns = uniqueColumns(at)
      return columns === null || !mayFindDuplicates(context, at, columns) ? [] : [finding(context, at, columns)]
    }),
})

function uniqueColumns({ operation }: Place): Columns | null {
  if (operation.kind === 'create_index') return operation.unique ? operation.columns : null
  const { type, columns } = operation.constraint
  // `UNIQUE USING INDEX` has no columns: the index has looked at the rows.
  return type === 'unique' && columns.length > 0 ? columns : null
}

function mayFindDuplicates(context: RuleContext, at: Place, columns: Columns): boolean {
  if (
    at.operation.table === null ||
    isNewTable(context, at) ||
    isMadeHere(context, at) ||
    isEmptied(at) ||
    areNewAndEmpty(context, at, columns)
  )
    return false
  // A key by itself says nothing new about rows that have it.
  if (columns.includes('id')) return false
  return !wasUniqueBefore(at, columns) && !haveLooked(context, at)
}

/** Rows were looked at or tidied up before: somebody has thought of it. */
function haveLooked(context: RuleContext, at: Place): boolean {
  const isAbout = ({ effect, tables }: Extract<Operation, { readonly kind: 'execute' }>) =>
    effect !== 'ddl' && (tables === null || tables.includes(at.operation.table ?? ''))
  return earlier(context, at, 'opaque', () => true).length > 0 || earlier(context, at, 'execute', isAbout).length > 0
}

/** What the script drops, and `downgrade()` makes again, was unique in some of these columns already. */
function wasUniqueBefore({ operations, operation: { table, schema } }: Place, columns: Columns): boolean {
  const dropped = operations.upgrade.operations.flatMap((one) =>
    one.kind === 'drop_constraint' || one.kind === 'drop_index' ? [one.name] : [],
  )
  return operations.downgrade.operations.some((one) => {
    if (one.kind !== 'create_index' && one.kind !== 'create_constraint') return false
    const back =
      one.kind === 'create_index'
        ? { ...one, isUnique: one.unique }
        : { ...one.constraint, isUnique: isUnique(one.constraint.type) }
    if (!back.isUnique || !dropped.includes(back.name) || !isSameTable(one, table, schema)) return false
    return back.columns.every((column) => column !== null && columns.includes(column))
  })
}

function isUnique(type: string): boolean {
  return type === 'unique' || type === 'primary'
}

function finding(context: RuleContext, at: Place, columns: Columns): Finding {
  const { operation } = at
  const [name, what] =
    operation.kind === 'create_index'
      ? [operation.name, 'unique index']
      : [operation.constraint.name, 'unique constraint']
  const table = tableName(at)
  const isPublished = context.isPublished(at.script.revision)
  const said = columns.every((column) => column !== null) ? list(columns) : 'these values'
  return {
    message: `${name === null ? `a ${what}` : `${what} ${name}`} is put on rows of ${table} that are there`,
    labels: [labelAt(at, `fails where two rows have the same ${said}`)],
    notes: ['a test database has no duplicates; the upgrade stops in the first one that has'],
    help: isPublished ? null : 'look for duplicates, and decide in a revision below which row stays',
    ...(isPublished ? {} : { rewrite: rewrite(table, columns) }),
    key: [at.script.revision, table, name ?? columns.join()],
  }
}

function rewrite(table: string, columns: Columns): readonly RewriteStep[] {
  if (!columns.every((column) => column !== null)) return []
  const by = columns.join(', ')
  const sql = `SELECT ${by}, count(*) FROM ${table} GROUP BY ${by} HAVING count(*) > 1`
  return [{ title: 'asked of the database, this must find nothing', code: [`${sql};`] }]
}
