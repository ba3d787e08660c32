import type { ColumnType } from '../operations/operation.js'
import { defineRule, type Finding, type Fix, type RewriteStep, type RuleContext } from './rule.js'
import { argumentEdit, callCode, columnName, labelAt, quoted } from './support/lint/code.js'
import { meantDialects, speaksFor } from './support/lint/dialects.js'
import { isNewColumn } from './support/lint/new-columns.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { isNewTable, isSameTable, tableName } from './support/lint/new-tables.js'
import { familyOf, isHarmless } from './support/lint/types.js'

type Place = NewOperation<'alter_column'>

export const alterType = defineRule({
  name: 'alter-type',
  severity: 'error',
  scope: 'script',
  summary: 'a column of a filled table gets another type',
  check: (context) =>
    newOperations(context, 'alter_column').flatMap((at) => {
      const { type, hasUsing } = at.operation
      // Who says how to convert has thought of it.
      if (type === null || at.operation.table === null || hasUsing || isHarmless(typeBefore(at), type)) return []
      return meetsRows(context, at) ? [finding(context, at, type)] : []
    }),
})

/** As `existing_type=` says, else as `downgrade()` makes it again. */
function typeBefore({ operation, operations: { downgrade } }: Place): ColumnType | null {
  const { existingType, column, table, schema } = operation
  if (existingType !== null) return existingType
  const back = downgrade.operations.find(
    (one): one is Place['operation'] =>
      one.kind === 'alter_column' && one.column === column && isSameTable(one, table, schema),
  )
  return back?.type ?? null
}

/** SQLite keeps whatever it has, under any type. */
function meetsRows(context: RuleContext, at: Place): boolean {
  if (!speaksFor(context, ['postgresql', 'mysql', 'mssql', 'oracle'], at) || isNewTable(context, at)) return false
  return !isNewColumn(context, at, at.operation.column)
}

function finding(context: RuleContext, at: Place, type: ColumnType): Finding {
  const existingType = typeBefore(at)
  const { column } = at.operation
  const name = columnName(tableName(at), column)
  const isPublished = context.isPublished(at.script.revision)
  const cast = missingCast(context, at, type)
  const meant = meantDialects(context, at.operations)
  const isSure = cast !== null && meant.size > 0 && [...meant].every((one) => one === 'postgresql')
  return {
    message: `column ${name} becomes ${type.text}${existingType === null ? '' : ` and was ${existingType.text}`}`,
    labels: [labelAt(at, cast === null ? '' : 'PostgreSQL does not convert it by itself')],
    notes: [
      ...(cast === null ? [] : ['without `postgresql_using=` PostgreSQL refuses, even where the table is empty']),
      'the whole table is written anew under a lock, and a value that does not fit stops it',
    ],
    help: isPublished ? null : cast === null ? 'move to a new column where the table is large' : `say how: \`${cast}\``,
    ...(isSure ? {} : { atMost: 'warn' as const }),
    fix: isPublished || cast === null ? null : castFix(context, at, cast),
    ...(isPublished ? {} : { rewrite: rewrite(at, type) }),
    key: [at.script.revision, name],
  }
}

/** The argument that PostgreSQL needs to make something else of a text; null where it needs none, or has one. */
function missingCast(context: RuleContext, at: Place, type: ColumnType): string | null {
  const { column, fromSql } = at.operation
  const existingType = typeBefore(at)
  if (fromSql || existingType === null || column === null || !speaksFor(context, ['postgresql'], at)) return null
  const to = CASTS[familyOf(type) ?? '']
  return familyOf(existingType) === 'text' && to !== undefined ? `postgresql_using=${quoted(`${column}::${to}`)}` : null
}

const CASTS: Readonly<Record<string, string>> = {
  integer: 'integer',
  bigint: 'bigint',
  number: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  time: 'timestamp',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
}

function castFix(context: RuleContext, at: Place, cast: string): Fix | null {
  const { span, callSite } = at.operation
  const edit = callSite.start === span.start ? argumentEdit(context, at, span, cast) : null
  return edit === null ? null : { applicability: 'ask', edits: [edit], command: null }
}

function rewrite(at: Place, type: ColumnType): readonly RewriteStep[] {
  const { column, table, schema, fromSql } = at.operation
  if (column === null || table === null || schema !== null || fromSql) return []
  const prefix = /^((?:\w+\.)*)/.exec(type.text)?.[1]?.replace('postgresql.', 'sa.') ?? ''
  return [
    {
      title: 'on a large table instead: a new column, which the program writes as well from now on',
      code: callCode(at, 'add_column', `${prefix}Column(${quoted(`new_${column}`)}, ${type.text}, nullable=True)`),
    },
    {
      title: 'in a later revision, best in parts',
      code: [`op.execute('UPDATE ${table} SET new_${column} = ${column} WHERE new_${column} IS NULL')`],
    },
    {
      title: 'and in a third one, once nothing reads the old column',
      code: [
        ...callCode(at, 'drop_column', quoted(column)),
        ...callCode(at, 'alter_column', quoted(`new_${column}`), `new_column_name=${quoted(column)}`),
      ],
    },
  ]
}
