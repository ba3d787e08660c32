import type { Span } from '../../text/span.js'
import type { Interpreter } from '../follow/interpreter.js'
import { Fields } from '../schema/fields.js'
import type { OperationsValue, PassedArguments, Value } from '../values/value.js'
import { addColumn, alterColumn, dropColumn } from './columns.js'
import { createConstraint, dropConstraint } from './constraints.js'
import { createIndex, dropIndex } from './indexes.js'
import type { OperationCall } from './operation-call.js'
import { sortArguments } from './signatures.js'
import { bulkInsert, commentTable, createTable, dropTable, renameTable } from './tables.js'

const readers: Readonly<Record<string, (call: OperationCall) => Value>> = {
  create_table: createTable,
  drop_table: dropTable,
  rename_table: renameTable,
  create_table_comment: commentTable,
  drop_table_comment: commentTable,
  bulk_insert: bulkInsert,
  add_column: addColumn,
  drop_column: dropColumn,
  alter_column: alterColumn,
  create_index: createIndex,
  drop_index: dropIndex,
  create_unique_constraint: createConstraint('unique'),
  create_primary_key: createConstraint('primary'),
  create_check_constraint: createConstraint('check'),
  create_foreign_key: createConstraint('foreign'),
  create_exclude_constraint: createConstraint('exclude'),
  drop_constraint: dropConstraint,
}

/** `op.<name>(…)` or `batch_op.<name>(…)`: notes the operation and returns what the call returns; null for no such thing. */
export function callOperation(
  interpreter: Interpreter,
  on: OperationsValue,
  name: string,
  passed: PassedArguments,
  span: Span,
): Value | null {
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
  const sorted = sortArguments(name, passed, on.batch !== null)
  if (reader === undefined || sorted === null) return null
  const fields = new Fields()
  if (!sorted.complete) fields.miss('keywords')
  const given = (parameter: string) => sorted.named.get(parameter)
  return reader({ interpreter, on, arguments: sorted, fields, span, given })
}
