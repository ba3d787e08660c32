import { readSql } from '../operations/sql/read-sql.js'
import type { Subject } from './known-error.js'

export type StatementSubject = Pick<Subject, 'table' | 'column' | 'name'>

/** What a statement of a migration is about: of `ALTER TABLE invoice ADD COLUMN due DATE` the table and the column. */
export function readStatement(statement: string): StatementSubject | null {
  const { operations, tables } = readSql(statement)
  const [first] = operations
  if (first === undefined) return tables?.length === 1 ? { table: tables[0]! } : null
  const table = 'table' in first ? first.table : null
  const column =
    first.kind === 'add_column'
      ? first.column.name
      : first.kind === 'drop_column' || first.kind === 'alter_column'
        ? first.column
        : null
  const name = first.kind === 'create_constraint' ? first.constraint.name : 'name' in first ? first.name : null
  return {
    ...(table === null ? {} : { table }),
    ...(column === null ? {} : { column }),
    ...(name === null ? {} : { name }),
  }
}
