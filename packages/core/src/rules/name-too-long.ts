import type { Column } from '../operations/operation.js'
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
      longNames(at)
        .filter(({ what, name, span }) => isTooLong(context, at, what, name) && !isShortened(context, at, what, span))
        .map((given) => finding(context, at, given)),
    ),
})

function isTooLong(context: RuleContext, at: NewOperation, what: GivenName['what'], name: string): boolean {
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

/** The names that an operation gives to what it makes, but for those that are short in whatever letters. */
function longNames({ operation }: NewOperation): readonly GivenName[] {
  const found: GivenName[] = []
  const give = (what: GivenName['what'], name: string | null, span: Span = operation.span) => {
    if (name !== null && name.length * MOST_BYTES > POSTGRESQL) found.push({ what, name, span })
  }
  const giveColumn = ({ name, type, span }: Column) => {
    give('column', name, span)
    if (type?.createsType === true) give('type', type.enumName, span)
  }
  switch (operation.kind) {
    case 'create_table':
      give('table', operation.table)
      operation.columns.forEach(giveColumn)
      for (const { name, span } of operation.constraints) give('constraint', name, span)
      for (const { name, span } of operation.indexes) give('index', name, span)
      break
    case 'rename_table':
      give('table', operation.newName)
      break
    case 'add_column':
      giveColumn(operation.column)
      break
    case 'alter_column':
      give('column', operation.newName)
      break
    case 'create_index':
      give('index', operation.name, operation.arguments.get('index_name')?.value)
      break
    case 'create_constraint':
      give('constraint', operation.constraint.name, operation.arguments.get('constraint_name')?.value)
      break
    case 'create_type':
      give('type', operation.name)
  }
  return found
}

/** Of a UTF-16 unit, in UTF-8. */
const MOST_BYTES = 3
