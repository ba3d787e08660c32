import type { Column, Constraint, TableIndex } from '../operations/operation.js'
import type { Span } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOf, labelAt } from './support/lint/code.js'
import { meantDialects, speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'

/** What PostgreSQL keeps of a name, in bytes, and what MySQL accepts, in characters. */
const POSTGRESQL = 63
const MYSQL = 64

interface GivenName {
  readonly what: 'table' | 'column' | 'index' | 'constraint' | 'type'
  readonly name: string
  /** What stands there, to see whether the name may be shortened on the way. */
  readonly span: Span
}

export const nameTooLong = defineRule({
  name: 'name-too-long',
  severity: 'error',
  scope: 'script',
  summary: 'a name is longer than the database takes',
  check: (context) =>
    newOperations(context).flatMap((at) =>
      namesGiven(at)
        .filter(({ what, name, span }) => isTooLong(context, at, what, name) && !isShortened(context, at, what, span))
        .map((given) => finding(context, at, given)),
    ),
})

function isTooLong(context: RuleContext, at: NewOperation, what: GivenName['what'], name: string): boolean {
  // No letter takes more than three bytes of a unit: nearly all names are told by their length.
  if (name.length * 3 <= POSTGRESQL) return false
  if (Buffer.byteLength(name) > POSTGRESQL && speaksFor(context, ['postgresql'], at)) return true
  return what !== 'type' && [...name].length > MYSQL && speaksFor(context, ['mysql'], at)
}

/** SQLAlchemy cuts what `op.f()` says to the length that fits, the same way in the model and in the script. */
function isShortened(context: RuleContext, at: NewOperation, what: GivenName['what'], span: Span): boolean {
  return (what === 'index' || what === 'constraint') && /\bf\(/.test(codeOf(context, at, span))
}

function finding(context: RuleContext, at: NewOperation, { what, name }: GivenName): Finding {
  const isByAlembic = !at.operation.fromSql && (what === 'index' || what === 'constraint')
  const meant = meantDialects(context, at.operations)
  const fails = [...meant].every(
    (one) => (one === 'mysql' && [...name].length > MYSQL) || (one === 'postgresql' && isByAlembic),
  )
  const bytes = Buffer.byteLength(name)
  return {
    message: `${what} ${name} has a name of ${bytes} bytes`,
    labels: [labelAt(at, '')],
    notes: [
      ...(speaksFor(context, ['postgresql'], at) ? [inPostgresql(name, isByAlembic)] : []),
      ...(speaksFor(context, ['mysql'], at) && bytes > MYSQL && what !== 'type'
        ? ['MySQL and MariaDB refuse more than 64 characters']
        : []),
    ],
    help: context.isPublished(at.script.revision) ? null : 'shorten it, here and in the model',
    ...(meant.size > 0 && fails ? {} : { atMost: 'warn' as const }),
    key: [at.script.revision, what, name],
  }
}

function inPostgresql(name: string, isByAlembic: boolean): string {
  if (isByAlembic) return 'for PostgreSQL SQLAlchemy refuses more than 63 characters: `IdentifierError`'
  const kept = Buffer.from(name)
    .subarray(0, POSTGRESQL)
    .toString()
    .replace(/\ufffd$/, '')
  return `PostgreSQL cuts it to ${kept} and goes on, so that two names may become one`
}

/** The names that an operation gives to what it makes. */
function namesGiven({ operation }: NewOperation): readonly GivenName[] {
  const given = (what: GivenName['what'], name: string | null | undefined, span: Span = operation.span): GivenName[] =>
    name == null ? [] : [{ what, name, span }]
  const ofColumn = ({ name, type, span }: Column) => [
    ...given('column', name, span),
    ...given('type', type?.createsType === true ? type.enumName : null, span),
  ]
  switch (operation.kind) {
    case 'create_table':
      return [
        ...given('table', operation.table),
        ...operation.columns.flatMap(ofColumn),
        ...operation.constraints.flatMap(({ name, span }: Constraint) => given('constraint', name, span)),
        ...operation.indexes.flatMap(({ name, span }: TableIndex) => given('index', name, span)),
      ]
    case 'rename_table':
      return given('table', operation.newName)
    case 'add_column':
      return ofColumn(operation.column)
    case 'alter_column':
      return given('column', operation.newName)
    case 'create_index':
      return given('index', operation.name, operation.arguments.get('index_name')?.value)
    case 'create_constraint':
      return given('constraint', operation.constraint.name, operation.arguments.get('constraint_name')?.value)
    case 'create_type':
      return given('type', operation.name)
    default:
      return []
  }
}
