import type { Span } from '../../text/span.js'
import type { Effect, Interpreter } from '../follow/interpreter.js'
import { type Fields, spansOf } from '../schema/fields.js'
import type { OperationsValue, Passed } from '../values/value.js'
import type { Arguments } from './signatures.js'

/** A call of one of Alembic's operations, its arguments sorted by parameter. */
export interface OperationCall {
  readonly interpreter: Interpreter
  readonly on: OperationsValue
  readonly arguments: Arguments
  readonly fields: Fields
  readonly span: Span
  readonly given: (parameter: string) => Passed | undefined
}

/** Notes an operation, with the fields that could not be read. */
export function emit(call: OperationCall, effect: Effect): void {
  const { interpreter, on } = call
  const exists = asks(call, 'if_exists') || asks(call, 'if_not_exists')
  let online = false
  for (const { given } of call.arguments.named.values()) {
    if (given.type === 'unknown' && given.test.whenTrue.online) online = true
  }
  interpreter.emit(effect, { exists, batch: on.batch !== null, online })
}

/** Whether a flag is given, and may be true. */
function asks({ given, fields }: OperationCall, parameter: string): boolean {
  const passed = given(parameter)
  return passed !== undefined && passed.given.type !== 'none' && fields.flag(parameter, passed) !== false
}

/** The parts of every operation on a table. A batch has the table from where it begins. */
export function onTable(
  { fields, span, on, given, arguments: { named } }: OperationCall,
  parameter = 'table_name',
  schemaParameter = 'schema',
) {
  const table = on.batch?.table ?? given(parameter)
  const schema = on.batch?.schema ?? given(schemaParameter)
  if (table === undefined) fields.miss('table')
  const spans = spansOf(on.batch === null ? named : new Map([['table_name', on.batch.table], ...named]))
  return {
    span,
    arguments: spans,
    table: fields.text('table', table),
    schema: fields.text('schema', schema),
    unresolved: fields.unresolved,
  }
}
