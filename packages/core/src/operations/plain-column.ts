import type { Column } from './operation.js'

/** What a column is where nothing is said of it. */
export const plainColumn: Omit<Column, 'span'> = {
  name: null,
  type: null,
  nullable: null,
  serverDefault: null,
  clientDefault: null,
  primaryKey: false,
  unique: false,
  index: false,
  autoincrement: null,
  generated: null,
  references: [],
  arguments: new Map(),
  unresolved: [],
}
