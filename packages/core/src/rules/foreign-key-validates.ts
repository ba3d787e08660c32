import { defineRule, type Finding, type RewriteStep, type RuleContext } from './rule.js'
import { callWith } from './support/lint/calls.js'
import { labelAt } from './support/lint/code.js'
import { meantDialects, speaksFor } from './support/lint/dialects.js'
import { areNewAndEmpty, isMadeHere } from './support/lint/new-columns.js'
import { before, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'
import { list } from './support/words.js'

type Place = NewOperation<'create_constraint'>

export const foreignKeyValidates = defineRule({
  name: 'foreign-key-validates',
  severity: 'warn',
  scope: 'script',
  summary: 'a foreign key is put on rows that are there, and checks all of them at once',
  check: (context) =>
    newOperations(context, 'create_constraint').flatMap((at) => (meetsRows(context, at) ? [finding(context, at)] : [])),
})

function meetsRows(context: RuleContext, at: Place): boolean {
  const { constraint } = at.operation
  if (constraint.type !== 'foreign' || constraint.notValid || !speaksFor(context, ['postgresql', 'mysql'], at))
    return false
  if (at.operation.table === null || isNewTable(context, at) || isMadeHere(context, at) || isReplaced(at)) return false
  return !areNewAndEmpty(context, at, constraint.columns)
}

/** `ON DELETE` and names are altered by dropping the old one first: rows were held by that. */
function isReplaced(at: Place): boolean {
  const { table, schema } = at.operation
  return before(at).some(
    (one) =>
      one.kind === 'drop_constraint' &&
      isSameTable(one, table, schema) &&
      (one.type === null || one.type === 'foreignkey'),
  )
}

function finding(context: RuleContext, at: Place): Finding {
  const { name, columns, referredTable } = at.operation.constraint
  const table = tableName(at)
  const onPostgresql = speaksFor(context, ['postgresql'], at)
  const isPublished = context.isPublished(at.script.revision)
  return {
    message: `${name === null ? 'a foreign key' : `foreign key ${name}`} checks every row of ${table} at once`,
    labels: [
      labelAt(
        at,
        `fails where ${referredTable ?? 'the other table'} does not have what ${list(columns.map((one) => one ?? '…'))} says`,
      ),
    ],
    notes: [
      onPostgresql
        ? 'meanwhile PostgreSQL lets nobody write to either of the two tables'
        : 'meanwhile MySQL copies the table, and nobody can write to it',
    ],
    help: isPublished
      ? null
      : onPostgresql
        ? 'add it without the check, and check in a second step'
        : 'look for such rows first',
    ...(isPublished || !onPostgresql ? {} : { rewrite: rewrite(context, at) }),
    key: [at.script.revision, table, name ?? columns.join()],
  }
}

function rewrite(context: RuleContext, at: Place): readonly RewriteStep[] {
  const { name } = at.operation.constraint
  const call = callWith(context, at, 'postgresql_not_valid=True')
  const onlyPostgresql = [...meantDialects(context, at.operations)].every((one) => one === 'postgresql')
  if (call === null || name === null || !onlyPostgresql) return []
  return [
    { title: 'in this revision: new rows are checked from now on', code: [call] },
    {
      title: 'in a later one: reads every row, and lets others write',
      code: [`op.execute('ALTER TABLE ${tableName(at)} VALIDATE CONSTRAINT ${name}')`],
    },
  ]
}
