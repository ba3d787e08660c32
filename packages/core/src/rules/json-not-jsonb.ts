import type { Column, ColumnType, Operation } from '../operations/operation.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { codeOf, columnName, labelAt } from './support/lint/code.js'
import { speaksFor } from './support/lint/dialects.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { tableName } from './support/lint/new-tables.js'

type Place = NewOperation<'create_table' | 'add_column'>

export const jsonNotJsonb = defineRule({
  name: 'json-not-jsonb',
  severity: 'off',
  profiles: { 'postgresql-online': 'info' },
  scope: 'script',
  summary: 'a new column is JSON, which PostgreSQL can neither compare nor index',
  check: (context) =>
    newOperations<'create_table' | 'add_column'>(context, 'create_table', 'add_column')
      .filter((at) => speaksFor(context, ['postgresql'], at))
      .flatMap((at) => columnsOf(at.operation).flatMap((column) => finding(context, at, column))),
})

function columnsOf(operation: Operation): readonly Column[] {
  if (operation.kind === 'create_table') return operation.columns
  return operation.kind === 'add_column' ? [operation.column] : []
}

/** `mysql.JSON()` is nothing of PostgreSQL's. */
function isJson({ name, text }: ColumnType): boolean {
  return name === 'JSON' && !/\b(?:mysql|sqlite|mssql|oracle)\./.test(text)
}

function finding(context: RuleContext, at: Place, column: Column): readonly Finding[] {
  const { type } = column
  // `sa.JSON().with_variant(JSONB(), 'postgresql')` is both.
  if (type === null || !isJson(type) || codeOf(context, at, column.span).includes('JSONB')) return []
  const name = columnName(tableName(at), column)
  const published = context.isPublished(at.script.revision)
  return [
    {
      message: `column ${name} is JSON, not JSONB`,
      labels: [labelAt(at, 'kept as text', column.span)],
      notes: [
        'PostgreSQL has no `=` for json: DISTINCT, GROUP BY and UNION end in an error, and no index helps a search in it',
      ],
      help: published
        ? null
        : "use JSONB; for several databases `sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')`",
      fix: published || at.operation.fromSql ? null : fixOf(at, type),
      key: [at.script.revision, name],
    },
  ]
}

/** Only the type of PostgreSQL's own: another database has no JSONB. */
function fixOf({ script }: Place, { text, span }: ColumnType): Fix | null {
  const prefix = /^postgresql\.JSON\b/.exec(text)
  if (prefix === null) return null
  const end = span.start + prefix[0].length
  return { applicability: 'ask', edits: [{ path: script.path, span: { start: end, end }, text: 'B' }], command: null }
}
