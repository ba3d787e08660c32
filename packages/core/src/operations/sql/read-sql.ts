import { hole } from '../values/value.js'
import { readAlterTable } from './alter-table.js'
import { Cursor } from './cursor.js'
import { readData, readSelect, writes } from './data.js'
import { readAlterType, readCreate, readDrop } from './objects.js'
import { ddl, doesAnything, doesNothing, missing, type SqlReading } from './sql-operation.js'
import { splitStatements, type Token, tokenize } from './tokens.js'

/** Statements that change neither tables nor rows. */
const idle = new Set(
  (
    'SET RESET SHOW EXPLAIN ANALYZE VACUUM BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END LOCK UNLOCK PRAGMA NOTIFY LISTEN ' +
    'USE CHECKPOINT DISCARD VALUES FLUSH'
  ).split(' '),
)

/**
 * What SQL text does, as far as that shows in the heads of its statements. This is no parser of SQL: whatever is not
 * recognised is `unknown`.
 */
export function readSql(sql: string): SqlReading {
  const statements = splitStatements(tokenize(sql)).map((tokens) => readStatement(tokens, sql))
  if (statements.length === 0) return doesNothing
  const effects = statements.map((one) => one.effect)
  const effect = (['unknown', 'data', 'ddl'] as const).find((one) => effects.includes(one)) ?? 'none'
  const tables = statements.map((one) => one.tables)
  return {
    effect,
    tables: tables.includes(null) ? null : [...new Set(tables.flatMap((names) => names ?? []))],
    operations: statements.flatMap((one) => one.operations),
  }
}

function readStatement(tokens: readonly Token[], sql: string): SqlReading {
  const cursor = new Cursor(tokens, sql)
  while (cursor.takes('('));
  const head = cursor.peek()
  if (head?.kind !== 'word' || head.text.includes(hole)) return doesAnything
  const verb = head.keyword
  cursor.next()
  switch (verb) {
    case 'CREATE':
      return readCreate(cursor)
    case 'DROP':
      return readDrop(cursor)
    case 'ALTER':
      if (cursor.takes('TABLE')) return readAlterTable(cursor)
      return cursor.takes('TYPE') ? readAlterType(cursor) : doesAnything
    case 'COMMENT':
      return readComment(cursor)
    case 'RENAME':
      return cursor.takes('TABLE') ? readRenameTables(cursor) : doesAnything
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
    case 'REPLACE':
    case 'TRUNCATE':
    case 'COPY':
      return readData(tokens, sql)
    case 'SELECT':
      return readSelect(tokens)
    case 'WITH':
      return writes(tokens) ? readData(tokens, sql) : doesNothing
    default:
      return idle.has(verb) ? doesNothing : doesAnything
  }
}

/** `COMMENT ON TABLE users IS …`. */
function readComment(cursor: Cursor): SqlReading {
  if (!cursor.takes('ON')) return doesAnything
  const isColumn = cursor.takes('COLUMN')
  if (!isColumn && !cursor.takes('TABLE')) return doesNothing
  const parts: (string | null)[] = []
  do parts.push(cursor.name() ?? null)
  while (cursor.takes('.'))
  const column = isColumn ? (parts.pop() ?? null) : null
  const [table = null, schema = null] = parts.reverse()
  if (!isColumn) return ddl([{ kind: 'table_comment', table, schema, unresolved: missing({ table }) }])
  const nothing = { newName: null, type: null, nullable: null, serverDefault: null, existingType: null }
  const rest = { existingNullable: null, hasUsing: false, comment: true, unresolved: missing({ table, column }) }
  return ddl([{ kind: 'alter_column', table, schema, column, ...nothing, ...rest }])
}

/** `RENAME TABLE users TO people, …`. */
function readRenameTables(cursor: Cursor): SqlReading {
  const renames = cursor.cutAtCommas().map((item) => {
    const from = item.qualifiedName()
    return { from, to: item.takes('TO') ? item.qualifiedName() : undefined }
  })
  if (renames.some(({ from, to }) => from === undefined || to === undefined)) return doesAnything
  return ddl(
    renames.map(({ from, to }) => {
      const place = { table: from!.name, schema: from!.schema, newName: to!.name }
      return { kind: 'rename_table', ...place, unresolved: missing({ table: from!.name, newName: to!.name }) }
    }),
  )
}
