import type { ColumnType, Operation } from '../operations/operation.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { columnName, labelAt, prefixOf, quoted } from './support/lint/code.js'
import { meantDialects, speaksFor } from './support/lint/dialects.js'
import { before, type NewOperation, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'
import { TablesTold } from './support/lint/tables-told.js'
import { isWhole } from './support/lint/whole.js'

type Place = NewOperation<'add_column' | 'alter_column'>

export const enumNotCreated = defineRule({
  name: 'enum-not-created',
  severity: 'error',
  scope: 'script',
  summary: 'a column has an enum type that nothing creates',
  check(context) {
    const places = newOperations<Place['operation']['kind']>(context, 'add_column', 'alter_column').flatMap((at) => {
      const type = typeOf(at)
      return type === null || !mustBeThere(context, at, type.enumName) ? [] : [{ at, type }]
    })
    if (places.length === 0 || !isWhole(context)) return []
    const told = new TablesTold(context)
    if (told.isFromElsewhere) return []
    return places.flatMap(({ at, type }) =>
      told.isNamedElsewhere(type.enumName, at.script) ? [] : [finding(context, at, type)],
    )
  },
})

interface NamedEnum extends ColumnType {
  readonly enumName: string
}

/** A type of PostgreSQL's own: `native_enum=False` is a text with a check. */
function typeOf({ operation }: Place): NamedEnum | null {
  const type = operation.kind === 'add_column' ? operation.column.type : operation.type
  if (type === null || type.enumName === null || operation.fromSql || /native_enum\s*=\s*False/.test(type.text))
    return null
  return { ...type, enumName: type.enumName }
}

function mustBeThere(context: RuleContext, at: Place, name: string): boolean {
  const { guard } = at.operation.context
  if (guard === 'exists' || guard === 'condition' || !speaksFor(context, ['postgresql'], at)) return false
  return !before(at).some((one) => mayCreate(one, name))
}

function mayCreate(operation: Operation, name: string): boolean {
  switch (operation.kind) {
    case 'opaque':
      return true
    case 'execute':
      return operation.effect === 'unknown'
    case 'create_type':
      return operation.name === null || operation.name === name
    case 'alter_type':
      return operation.newName === name || operation.name === name
    case 'create_table':
      return operation.unresolved.length > 0 || operation.columns.some(({ type }) => type?.enumName === name)
    // Told once, where it comes first.
    case 'add_column':
      return operation.column.type?.enumName === name
    default:
      return false
  }
}

function finding(context: RuleContext, at: Place, type: NamedEnum): Finding {
  const { script, operation } = at
  const name = columnName(tableName(at), operation.column)
  const meant = meantDialects(context, at.operations)
  const isSure = meant.size > 0 && [...meant].every((one) => one === 'postgresql')
  const isPublished = context.isPublished(script.revision)
  return {
    message: `nothing creates the type ${type.enumName} of column ${name}`,
    labels: [labelAt(at, `PostgreSQL: type "${type.enumName}" does not exist`)],
    notes: ['SQLAlchemy creates the type with a whole table only, not with a column that is added or altered'],
    help: isPublished ? null : 'create the type in front of it, and drop it in downgrade()',
    ...(isSure ? {} : { atMost: 'warn' as const }),
    ...(isPublished ? {} : { rewrite: rewrite(type) }),
    key: [script.revision, name, type.enumName],
  }
}

function rewrite(type: NamedEnum) {
  const prefix = prefixOf(type)
  const sqlalchemy = prefix === null || prefix === 'postgresql.' ? 'sa.' : prefix
  return [
    { title: 'in front of it', code: [`${type.text}.create(op.get_bind(), checkfirst=True)`] },
    {
      title: 'at the end of downgrade()',
      code: [`${sqlalchemy}Enum(name=${quoted(type.enumName)}).drop(op.get_bind(), checkfirst=True)`],
    },
  ]
}
