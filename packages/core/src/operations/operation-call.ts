import type { Span } from '../text/span.js'
import type { Effect, Interpreter } from './interpreter.js'
import { type Fields, spansOf } from './schema-items.js'
import type { Arguments } from './signatures.js'
import type { OperationsValue, Passed } from './value.js'

/** What all readers of operations need of the call. */
export interface OperationCall {
  readonly interpreter: Interpreter
  readonly on: OperationsValue
  readonly arguments: Arguments
  readonly fields: Fields
  readonly span: Span
  readonly given: (name: string) => Passed | undefined
}

/** Notes an operation, with the fields that could not be read. */
export function emit(call: OperationCall, effect: Effect): void {
  const asks = ['if_exists', 'if_not_exists', 'checkfirst'].some((name) => {
    const passed = call.given(name)
    return passed !== undefined && call.fields.flag(name, passed) !== false
  })
  const online = [...call.arguments.named.values()].some(
    ({ given }) => given.type === 'unknown' && given.test.whenTrue.online,
  )
  call.interpreter.emit(effect, { exists: asks, batch: call.on.batch !== null, online })
}

/** The parts of every operation on a table. */
export function onTable(call: OperationCall, parameter = 'table_name', schemaParameter = 'schema') {
  const { fields, span, on, given } = call
  const table = on.batch?.table ?? given(parameter)
  const schema = on.batch?.schema ?? given(schemaParameter)
  if (table === undefined) fields.miss('table')
  return {
    span,
    arguments: spansOf(call.arguments.named),
    table: fields.text('table', table),
    schema: fields.text('schema', schema ?? undefined),
    unresolved: fields.unresolved,
  }
}
