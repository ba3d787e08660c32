import type { Column, Constraint } from '../operation.js'
import { hole } from '../values/value.js'
import { columnList, readColumnDefinition, readTableConstraint } from './column-definition.js'
import type { Cursor } from './cursor.js'
import { ddl, doesAnything, doesNothing, missing, type SqlReading } from './sql-operation.js'

/** `CREATE …`, of which `CREATE` is taken. */
export function readCreate(cursor: Cursor): SqlReading {
  cursor.takes('OR', 'REPLACE')
  if (cursor.takesOne('GLOBAL', 'LOCAL') !== null || cursor.takesOne('TEMP', 'TEMPORARY') !== null) {
    cursor.takesOne('TEMP', 'TEMPORARY')
    // It is gone with the connection.
    return cursor.sees('TABLE') ? doesNothing : doesAnything
  }
  cursor.takes('UNLOGGED')
  if (cursor.takes('TABLE')) return readCreateTable(cursor)
  const unique = cursor.takes('UNIQUE')
  if (cursor.takes('INDEX')) return readCreateIndex(cursor, unique)
  if (cursor.takes('TYPE')) return readCreateType(cursor)
  const repeatable = cursor.takesOne('EXTENSION', 'SCHEMA') !== null && cursor.takes('IF', 'NOT', 'EXISTS')
  return repeatable ? ddl([]) : doesAnything
}

function readCreateTable(cursor: Cursor): SqlReading {
  const exists = cursor.takes('IF', 'NOT', 'EXISTS')
  const target = cursor.qualifiedName()
  if (target === undefined) return doesAnything
  const columns: Column[] = []
  const constraints: Constraint[] = []
  const unresolved = missing({ table: target.name })
  const items = cursor.list()
  for (const item of items ?? []) {
    const constraint = readTableConstraint(item)
    const isOther = ['LIKE', 'INDEX', 'KEY', 'FULLTEXT', 'PERIOD'].some((keyword) => item.sees(keyword))
    const column = constraint !== null || isOther ? null : readColumnDefinition(item)
    if (constraint !== null) constraints.push(constraint)
    else if (column !== null) columns.push(column)
    else unresolved.push('columns')
  }
  // `AS SELECT …`, `PARTITION OF …`, `INHERITS …`: there are columns that are not said.
  if (items === null || cursor.sees('AS') || cursor.sees('INHERITS')) unresolved.push('columns')
  return ddl([
    {
      kind: 'create_table',
      table: target.name,
      schema: target.schema,
      columns,
      constraints,
      indexes: [],
      unresolved,
      exists,
    },
  ])
}

function readCreateIndex(cursor: Cursor, unique: boolean): SqlReading {
  const concurrently = cursor.takes('CONCURRENTLY')
  const exists = cursor.takes('IF', 'NOT', 'EXISTS')
  const named = cursor.sees('ON') ? undefined : cursor.qualifiedName()
  if (!cursor.takes('ON')) return doesAnything
  cursor.takes('ONLY')
  const target = cursor.qualifiedName()
  if (target === undefined) return doesAnything
  if (cursor.takes('USING')) cursor.name()
  const name = named?.name ?? null
  const unresolved = [...missing({ table: target.name }), ...(named !== undefined && name === null ? ['name'] : [])]
  const index = { name, columns: columnList(cursor), unique, concurrently }
  return ddl([{ kind: 'create_index', table: target.name, schema: target.schema, ...index, unresolved, exists }])
}

function readCreateType(cursor: Cursor): SqlReading {
  const target = cursor.qualifiedName()
  if (target === undefined) return doesAnything
  const items = cursor.takes('AS', 'ENUM') ? cursor.list() : null
  const values = items?.map((item) => item.next()) ?? null
  const known = values?.every((value) => value?.kind === 'string' && !value.text.includes(hole)) ?? false
  const texts = known ? (values?.map((value) => value!.text) ?? null) : null
  const unresolved = [...missing({ name: target.name }), ...(items !== null && !known ? ['values'] : [])]
  return ddl([{ kind: 'create_type', name: target.name, schema: target.schema, values: texts, unresolved }])
}

/** `DROP …`, of which `DROP` is taken. */
export function readDrop(cursor: Cursor): SqlReading {
  const kind = cursor.takesOne('TABLE', 'INDEX', 'TYPE')
  if (kind === null) return doesAnything
  const concurrently = cursor.takes('CONCURRENTLY')
  const exists = cursor.takes('IF', 'EXISTS')
  const dropped = cursor.cutAtCommas().map((item) => {
    const target = item.qualifiedName()
    return { target, on: item.takes('ON') ? item.qualifiedName() : undefined }
  })
  if (dropped.some(({ target }) => target === undefined)) return doesAnything
  return ddl(
    dropped.map(({ target, on }) => {
      const { name, schema } = target!
      if (kind === 'TABLE')
        return { kind: 'drop_table', table: name, schema, unresolved: missing({ table: name }), exists }
      const unresolved = missing({ name })
      if (kind === 'TYPE') return { kind: 'drop_type', name, schema, values: null, unresolved, exists }
      return { kind: 'drop_index', name, table: on?.name ?? null, schema, concurrently, unresolved, exists }
    }),
  )
}

/** `ALTER TYPE …`, of which both words are taken. */
export function readAlterType(cursor: Cursor): SqlReading {
  const target = cursor.qualifiedName()
  if (target === undefined) return doesAnything
  const { name, schema } = target
  const shared = {
    kind: 'alter_type' as const,
    name,
    schema,
    addedValues: [],
    newName: null,
    unresolved: missing({ name }),
  }
  if (cursor.takes('ADD', 'VALUE')) {
    const exists = cursor.takes('IF', 'NOT', 'EXISTS')
    const value = cursor.next()
    if (value?.kind !== 'string' || value.text.includes(hole)) {
      return ddl([{ ...shared, unresolved: [...shared.unresolved, 'addedValues'], exists }])
    }
    return ddl([{ ...shared, addedValues: [value.text], exists }])
  }
  if (cursor.takes('RENAME', 'VALUE')) return ddl([shared])
  if (!cursor.takes('RENAME', 'TO')) return doesAnything
  const newName = cursor.name() ?? null
  return ddl([{ ...shared, newName, unresolved: missing({ name, newName }) }])
}
