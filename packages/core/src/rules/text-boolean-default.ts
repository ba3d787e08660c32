import type { Column, ColumnType, DefaultValue } from '../operations/operation.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { columnName, labelAt, prefixOf } from './support/lint/code.js'
import { isBoolean } from './support/lint/columns.js'
import { type Dialect, speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'create_table' | 'add_column' | 'alter_column'>

/** A default, and the column that it is for. */
interface Written {
  readonly column: string | null
  readonly type: ColumnType
  readonly value: DefaultValue
}

export const textBooleanDefault = defineRule({
  name: 'text-boolean-default',
  severity: 'warn',
  profiles: { strict: 'error' },
  scope: 'script',
  summary: 'the server default of a boolean column is written as text',
  check: (context) =>
    newOperations(context, 'create_table', 'add_column', 'alter_column').flatMap((at) =>
      defaultsOf(at).flatMap((written) => {
        const trouble = troubleOf(written.value)
        return trouble !== null && speaksFor(context, trouble.dialects, at)
          ? [finding(context, at, written, trouble)]
          : []
      }),
    ),
})

function defaultsOf({ operation }: Place): readonly Written[] {
  if (operation.kind === 'alter_column') {
    const { column, serverDefault } = operation
    return written(column, operation.type ?? operation.existingType, serverDefault)
  }
  const columns: readonly Column[] = operation.kind === 'create_table' ? operation.columns : [operation.column]
  return columns.flatMap(({ name, type, serverDefault }) => written(name, type, serverDefault))
}

function written(column: string | null, type: ColumnType | null, value: DefaultValue | null): readonly Written[] {
  return value !== null && type !== null && isBoolean(type) ? [{ column, type, value }] : []
}

interface Trouble {
  readonly dialects: readonly Dialect[]
  readonly isTrue: boolean
  readonly note: string
}

/** Null where every database takes it for what is meant: `'0'`, `text('false')`, `sa.false()`. */
function troubleOf({ kind, value }: DefaultValue): Trouble | null {
  if (value === null) return null
  const text = value.trim().toLowerCase()
  if (kind === 'text' && /^\(?[01]\)?$/.test(text)) {
    const note = `PostgreSQL stops here: a boolean column takes no number as its default, and ${text} is one`
    return { dialects: ['postgresql'], isTrue: text.includes('1'), note }
  }
  const word = kind === 'string' ? text : (/^'(\w+)'$/.exec(text)?.[1] ?? '')
  if (!/^(?:true|false|t|f|yes|no|on|off)$/.test(word)) return null
  const note = `SQLite keeps the text '${word}', which is read as true whatever it says; MySQL refuses it`
  return { dialects: ['sqlite', 'mysql'], isTrue: /^(?:true|t|yes|on)$/.test(word), note }
}

function finding(context: RuleContext, at: Place, { column, type, value }: Written, trouble: Trouble): Finding {
  const { operation, script } = at
  const name = columnName(tableName(at), column)
  const prefix = prefixOf(type)
  const better = `${prefix ?? ''}${trouble.isTrue ? 'true' : 'false'}()`
  const canEdit = prefix !== null && !operation.fromSql && !context.isPublished(script.revision)
  return {
    message: `the server default of boolean column ${name} is text`,
    labels: [labelAt(at, operation.fromSql ? '' : `\`server_default=${value.text}\``)],
    notes: [trouble.note],
    help: context.isPublished(script.revision) ? null : `let SQLAlchemy write it for each database: \`${better}\``,
    fix: canEdit
      ? { applicability: 'safe', edits: [{ path: script.path, span: value.span, text: better }], command: null }
      : null,
    key: [script.revision, name],
  }
}
