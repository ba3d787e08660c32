import { columnList, readColumnDefinition, readTableConstraint, readTypeName } from './column-definition.js'
import type { Cursor, QualifiedName } from './cursor.js'
import { ddl, doesAnything, missing, type SqlOperation, type SqlReading, sqlDefault } from './sql-operation.js'

interface Table {
  readonly table: string | null
  readonly schema: string | null
}

/** `ALTER TABLE users ADD COLUMN …, DROP CONSTRAINT …`. */
export function readAlterTable(cursor: Cursor): SqlReading {
  const exists = cursor.takes('IF', 'EXISTS')
  cursor.takes('ONLY')
  const target = cursor.qualifiedName()
  if (target === undefined) return doesAnything
  cursor.takes('*')
  const on: Table = { table: target.name, schema: target.schema }
  const operations = cursor.cutAtCommas().map((action) => readAction(action, on))
  const known = operations.flatMap((one) => one ?? [])
  const read = ddl(known.map((one) => (exists ? { ...one, exists } : one)))
  const tables = target.name === null ? null : [target.name]
  // What is not understood may do more than what is.
  return operations.includes(null) ? { ...read, tables, effect: 'unknown' } : { ...read, tables }
}

function readAction(cursor: Cursor, on: Table): readonly SqlOperation[] | null {
  if (cursor.takes('ADD')) return readAdd(cursor, on)
  if (cursor.takes('DROP')) return readDrop(cursor, on)
  if (cursor.takes('ALTER')) return readAlter(cursor, on)
  if (cursor.takes('MODIFY')) return readModify(cursor, on, false)
  if (cursor.takes('CHANGE')) return readModify(cursor, on, true)
  if (cursor.takes('RENAME')) return readRename(cursor, on)
  return cursor.takes('VALIDATE', 'CONSTRAINT') ? [] : null
}

function readAdd(cursor: Cursor, on: Table): readonly SqlOperation[] | null {
  const constraint = readTableConstraint(cursor)
  if (constraint !== null) {
    const unresolved = [...missing({ table: on.table }), ...constraint.unresolved]
    return [{ kind: 'create_constraint', ...on, constraint, unresolved }]
  }
  if (cursor.takesOne('INDEX', 'KEY') !== null) {
    const name = cursor.name() ?? null
    const index = { name, columns: columnList(cursor), unique: false, concurrently: false }
    return [{ kind: 'create_index', ...on, ...index, unresolved: missing({ table: on.table, name }) }]
  }
  cursor.takes('COLUMN')
  const exists = cursor.takes('IF', 'NOT', 'EXISTS')
  const column = readColumnDefinition(cursor)
  if (column === null) return null
  return [{ kind: 'add_column', ...on, column, unresolved: missing({ table: on.table, column: column.name }), exists }]
}

function readDrop(cursor: Cursor, on: Table): readonly SqlOperation[] | null {
  if (cursor.takes('PRIMARY', 'KEY')) {
    return [{ kind: 'drop_constraint', ...on, name: null, type: 'primary', unresolved: missing({ table: on.table }) }]
  }
  if (cursor.takes('INDEX') || cursor.takes('KEY')) {
    const name = cursor.name() ?? null
    return [{ kind: 'drop_index', ...on, name, concurrently: false, unresolved: missing({ table: on.table, name }) }]
  }
  const foreign = cursor.takes('FOREIGN', 'KEY')
  if (foreign || cursor.takesOne('CONSTRAINT', 'CHECK') !== null) {
    const exists = cursor.takes('IF', 'EXISTS')
    const name = cursor.name() ?? null
    const type = foreign ? 'foreignkey' : null
    return [{ kind: 'drop_constraint', ...on, name, type, unresolved: missing({ table: on.table, name }), exists }]
  }
  cursor.takes('COLUMN')
  const exists = cursor.takes('IF', 'EXISTS')
  const column = cursor.name()
  if (column === undefined) return null
  return [{ kind: 'drop_column', ...on, column, unresolved: missing({ table: on.table, column }), exists }]
}

const unchanged = {
  newName: null,
  type: null,
  nullable: null,
  serverDefault: null,
  existingType: null,
  existingNullable: null,
  hasUsing: false,
  comment: false,
}

/** `ALTER COLUMN email SET NOT NULL`. */
function readAlter(cursor: Cursor, on: Table): readonly SqlOperation[] | null {
  if (cursor.takesOne('CONSTRAINT', 'INDEX') !== null) return null
  cursor.takes('COLUMN')
  const column = cursor.name()
  if (column === undefined) return null
  const shared = {
    kind: 'alter_column' as const,
    ...on,
    column,
    ...unchanged,
    unresolved: missing({ table: on.table, column }),
  }
  if (cursor.takes('SET', 'NOT', 'NULL')) return [{ ...shared, nullable: false }]
  if (cursor.takes('DROP', 'NOT', 'NULL')) return [{ ...shared, nullable: true }]
  if (cursor.takes('SET', 'DEFAULT')) return [{ ...shared, serverDefault: sqlDefault(cursor.textUntil(new Set())) }]
  if (cursor.takes('DROP', 'DEFAULT'))
    return [{ ...shared, serverDefault: { ...sqlDefault(''), kind: 'none', value: null } }]
  if (cursor.takes('TYPE') || cursor.takes('SET', 'DATA', 'TYPE')) {
    const type = readTypeName(cursor)
    return [{ ...shared, type, hasUsing: cursor.takes('USING') }]
  }
  return [shared]
}

/** `MODIFY email varchar(255)`, and with a new name `CHANGE email address varchar(255)`. */
function readModify(cursor: Cursor, on: Table, renames: boolean): readonly SqlOperation[] | null {
  cursor.takes('COLUMN')
  const before = renames ? cursor.name() : undefined
  const definition = readColumnDefinition(cursor)
  if (definition === null || (renames && before === undefined)) return null
  const column = renames ? (before ?? null) : definition.name
  return [
    {
      kind: 'alter_column',
      ...on,
      ...unchanged,
      column,
      newName: renames && definition.name !== column ? definition.name : null,
      type: definition.type,
      // What is not said is reset.
      nullable: definition.nullable ?? true,
      serverDefault: definition.serverDefault,
      unresolved: missing({ table: on.table, column }),
    },
  ]
}

function readRename(cursor: Cursor, on: Table): readonly SqlOperation[] | null {
  if (cursor.takesOne('CONSTRAINT', 'INDEX', 'KEY') !== null) return null
  if (cursor.takesOne('TO', 'AS') !== null) {
    const target: QualifiedName | undefined = cursor.qualifiedName()
    const newName = target?.name ?? null
    return [{ kind: 'rename_table', ...on, newName, unresolved: missing({ table: on.table, newName }) }]
  }
  cursor.takes('COLUMN')
  const column = cursor.name()
  const newName = cursor.takes('TO') ? cursor.name() : undefined
  if (column === undefined || newName === undefined) return null
  const unresolved = missing({ table: on.table, column, newName })
  return [{ kind: 'alter_column', ...on, ...unchanged, column, newName, unresolved }]
}
