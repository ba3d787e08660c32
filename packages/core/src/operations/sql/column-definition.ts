import type { Column, ColumnType, Constraint } from '../operation.js'
import { plainColumn } from '../plain-column.js'
import type { Cursor } from './cursor.js'
import { emptyConstraint, nowhere, sqlDefault } from './sql-operation.js'

/** Where the type or the default of a column ends. */
const clauses = new Set(
  (
    'NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK CONSTRAINT GENERATED COLLATE COMMENT AUTO_INCREMENT AUTOINCREMENT AS ON ' +
    'FIRST AFTER USING DEFERRABLE INITIALLY KEY'
  ).split(' '),
)

/** `email varchar(255) NOT NULL DEFAULT ''`. */
export function readColumnDefinition(cursor: Cursor): Column | null {
  const name = cursor.name()
  if (name === undefined) return null
  const type = cursor.done || clauses.has(cursor.peek()!.keyword) ? null : readTypeName(cursor)
  const column: { -readonly [Field in keyof Column]: Column[Field] } = {
    ...plainColumn,
    span: nowhere,
    name,
    type,
    unresolved: name === null ? ['name'] : [],
  }
  while (!cursor.done) {
    if (cursor.takes('NOT', 'NULL')) column.nullable = false
    else if (cursor.takes('NULL')) column.nullable = true
    else if (cursor.takes('DEFAULT')) column.serverDefault = sqlDefault(cursor.textUntil(clauses))
    else if (cursor.takes('PRIMARY', 'KEY')) column.primaryKey = true
    else if (cursor.takes('UNIQUE')) column.unique = true
    else if (cursor.takesOne('AUTO_INCREMENT', 'AUTOINCREMENT')) column.autoincrement = true
    else if (cursor.takes('REFERENCES')) column.references = [...column.references, ...readReference(cursor)]
    else if (cursor.takes('GENERATED')) column.generated = readGenerated(cursor)
    else cursor.next()
  }
  return column
}

export function readTypeName(cursor: Cursor): ColumnType {
  const text = cursor.textUntil(clauses)
  const length = /\(\s*(\d+)\s*\)/.exec(text)?.[1]
  return {
    name: /^[\w ]*\w/.exec(text)?.[0] ?? text,
    text,
    length: length === undefined ? null : Number(length),
    enumName: null,
    enumValues: null,
    createsType: false,
    span: nowhere,
  }
}

function readGenerated(cursor: Cursor): Column['generated'] {
  const text = cursor.textUntil(new Set(['NOT', 'NULL', 'PRIMARY', 'UNIQUE']))
  return /\bidentity\b/i.test(text) ? 'identity' : 'computed'
}

function readReference(cursor: Cursor): readonly string[] {
  const table = cursor.qualifiedName()
  const columns = cursor.list()?.map((item) => item.name()) ?? []
  if (table == null || table.name === null) return []
  const path = table.schema === null ? table.name : `${table.schema}.${table.name}`
  return columns.length === 0 ? [path] : columns.flatMap((column) => (column == null ? [] : [`${path}.${column}`]))
}

/** Names of columns in `( … )`; null for an expression. */
export const columnList = (cursor: Cursor): (string | null)[] =>
  cursor.list()?.map((item) => {
    const name = item.name()
    const isBare = item.done || item.sees('ASC') || item.sees('DESC') || item.sees('NULLS')
    return name !== undefined && isBare ? name : null
  }) ?? []

/** `[CONSTRAINT name] UNIQUE (…)`, `FOREIGN KEY (…) REFERENCES …`; null where it is something else. */
export function readTableConstraint(cursor: Cursor): Constraint | null {
  const named = cursor.takes('CONSTRAINT')
  const name = named && !startsBody(cursor) ? (cursor.name() ?? null) : null
  const unresolved = named && name === null ? ['name'] : []
  const shared = { ...emptyConstraint, name, unresolved }
  if (cursor.takes('PRIMARY', 'KEY')) return { ...shared, type: 'primary', columns: columnList(cursor) }
  if (cursor.takes('UNIQUE')) {
    cursor.takesOne('KEY', 'INDEX')
    const own = cursor.sees('(') || cursor.sees('USING') ? null : (cursor.name() ?? null)
    return { ...shared, type: 'unique', name: name ?? own, columns: columnList(cursor) }
  }
  if (cursor.takes('CHECK')) {
    cursor.list()
    return { ...shared, type: 'check', notValid: cursor.takes('NOT', 'VALID') }
  }
  if (cursor.takes('EXCLUDE')) return { ...shared, type: 'exclude', columns: [] }
  return cursor.takes('FOREIGN', 'KEY') ? readForeignKey(cursor, shared) : null
}

const startsBody = (cursor: Cursor): boolean =>
  ['UNIQUE', 'CHECK', 'EXCLUDE'].some((keyword) => cursor.sees(keyword)) ||
  cursor.sees('PRIMARY', 'KEY') ||
  cursor.sees('FOREIGN', 'KEY')

function readForeignKey(cursor: Cursor, shared: Constraint): Constraint {
  const columns = columnList(cursor)
  const table = cursor.takes('REFERENCES') ? cursor.qualifiedName() : undefined
  const referredColumns = columnList(cursor)
  let notValid = false
  while (!cursor.done) {
    if (cursor.takes('NOT', 'VALID')) notValid = true
    else cursor.next()
  }
  return {
    ...shared,
    type: 'foreign',
    columns,
    referredTable: table?.name ?? null,
    referredSchema: table?.schema ?? null,
    referredColumns,
    notValid,
    unresolved: table?.name == null ? [...shared.unresolved, 'referredTable'] : shared.unresolved,
  }
}
