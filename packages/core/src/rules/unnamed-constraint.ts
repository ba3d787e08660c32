import type { Constraint, Operation } from '../operations/operation.js'
import type { Edit } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOf, labelAt, quoted } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isSameTable, tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'create_constraint'>
type Dropped = Extract<Operation, { readonly kind: 'drop_constraint' }>

export const unnamedConstraint = defineRule({
  name: 'unnamed-constraint',
  severity: 'error',
  scope: 'script',
  summary: 'a constraint is made without a name, and so cannot be dropped by one',
  check(context) {
    const unnamed = newOperations(context, 'create_constraint').filter(isUnnamed)
    return unnamed.length === 0 || namesByConvention(context)
      ? []
      : unnamed.flatMap((at) => (hasConvention(context, at) ? [] : [finding(context, at)]))
  },
})

function isUnnamed({ operation: { table, constraint, fromSql, unresolved } }: Place): boolean {
  // Every database finds a table's only primary key without a name.
  return (
    table !== null &&
    constraint.name === null &&
    constraint.type !== 'primary' &&
    !fromSql &&
    ![...constraint.unresolved, ...unresolved].includes('name')
  )
}

/** `batch_alter_table(…, naming_convention=…)`. */
function hasConvention(context: RuleContext, { script }: Place): boolean {
  return textOf(context, script.path).includes('naming_convention')
}

/** Where metadata has a naming convention, autogenerate writes the names that it makes with `op.f()`. Indexes always have one. */
function namesByConvention(context: RuleContext): boolean {
  return context.history.scripts.some(({ path }) => /\.f\(\s*["'](?:pk|fk|uq|ck)_/.test(textOf(context, path)))
}

function textOf(context: RuleContext, path: string): string {
  return new TextDecoder().decode(context.source(path))
}

function finding(context: RuleContext, at: Place): Finding {
  const { constraint, context: around } = at.operation
  const back = droppedUnnamed(at)
  const isPublished = context.isPublished(at.script.revision)
  const failsInBatch = around.batch && speaksFor(context, ['sqlite'], at)
  const edits = isPublished ? [] : nameEdits(context, at, back)
  return {
    message: `${KINDS[constraint.type]} of ${tableName(at)} has no name`,
    labels: [
      labelAt(at, ''),
      ...back.map((operation) => labelAt({ script: at.script, operation }, 'fails: there is no name to drop it by')),
    ],
    notes: [
      ...(failsInBatch ? ['on SQLite a batch refuses it: `Constraint must have a name`'] : []),
      'each database thinks of a name of its own, so that no script can drop it everywhere',
    ],
    help: isPublished ? null : 'give it a name, in the model too, or a naming convention to the metadata',
    // What fails only on the way back stops nobody who goes forward.
    ...(failsInBatch ? {} : { atMost: 'warn' as const }),
    fix: edits.length === 0 ? null : { applicability: 'ask', edits, command: null },
    key: [at.script.revision, tableName(at), constraint.type, constraint.columns.join()],
  }
}

const KINDS: Readonly<Record<Constraint['type'], string>> = {
  primary: 'a primary key',
  foreign: 'a foreign key',
  unique: 'a unique constraint',
  check: 'a check constraint',
  exclude: 'an exclusion constraint',
}

/** What autogenerate writes in `downgrade()`: `drop_constraint(None, 'invoice', type_='foreignkey')`. */
function droppedUnnamed({ operations, operation: { table, schema, constraint } }: Place): readonly Dropped[] {
  return operations.downgrade.operations.filter(
    (one): one is Dropped =>
      one.kind === 'drop_constraint' &&
      one.name === null &&
      !one.unresolved.includes('name') &&
      isSameTable(one, table, schema) &&
      (one.type === null || one.type.startsWith(constraint.type)),
  )
}

/** One name for both, where there is one of each. */
function nameEdits(context: RuleContext, at: Place, back: readonly Dropped[]): readonly Edit[] {
  const name = nameFor(at)
  const siblings = at.operations.upgrade.operations.filter(
    (one) =>
      one.kind === 'create_constraint' &&
      one.constraint.name === null &&
      one.constraint.type === at.operation.constraint.type &&
      isSameTable(one, at.operation.table, at.operation.schema),
  )
  if (name === null || (back.length > 0 && siblings.length > 1) || back.length > 1) return []
  const edits = [at.operation, ...back].map((operation): Edit | null => {
    const span = operation.arguments.get('constraint_name')?.value
    if (span === undefined || codeOf(context, at, span) !== 'None') return null
    return { path: at.script.path, span, text: quoted(name) }
  })
  return edits.every((edit) => edit !== null) ? edits : []
}

/** `fk_invoice_customer_id_customer`, as the convention in SQLAlchemy's documentation has it. */
function nameFor({ operation: { table, constraint } }: Place): string | null {
  const [column] = constraint.columns
  if (table === null || column == null) return null
  if (constraint.type === 'unique') return `uq_${table}_${column}`
  if (constraint.type !== 'foreign' || constraint.referredTable === null) return null
  return `fk_${table}_${column}_${constraint.referredTable}`
}
