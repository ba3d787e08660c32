import type { Call } from '../follow/call.js'
import type { Effect } from '../follow/interpreter.js'
import { Fields, spansOf } from '../schema/fields.js'
import { readSql } from '../sql/read-sql.js'
import { doesAnything, type SqlOperation, type SqlReading } from '../sql/sql-operation.js'
import { existenceTest, rowsTest } from '../values/facts.js'
import { hole, unknownAbout, type Value } from '../values/value.js'

/** Notes SQL that is run, and what it does as far as it is simple. Returns its rows. */
export function executeSql(call: Call, through: 'op' | 'connection'): Value {
  const { interpreter, passed, span } = call
  const first = passed.positional[0] ?? passed.keywords.get('sqltext') ?? passed.keywords.get('statement')
  const named = new Map(passed.keywords)
  if (first !== undefined) named.set('sqltext', first)
  const { text, reading } = readStatement(first?.given)
  interpreter.charge((text?.length ?? 0) * 4)
  const fields = new Fields()
  if (text === null && reading.effect === 'unknown') fields.miss('sql')
  else if (text?.includes(hole)) fields.miss('sql')
  else if (text === null && reading.effect === 'data' && reading.tables === null) fields.miss('tables')
  const answers = takesAnswer(call, reading, text ?? '')
  interpreter.emit(
    {
      kind: 'execute',
      span,
      arguments: spansOf(named),
      through,
      sql: text === null || text.includes(hole) ? null : text,
      tables: reading.tables,
      effect: reading.effect,
      unresolved: fields.unresolved,
    },
    { online: answers },
  )
  for (const operation of reading.operations) {
    const { exists, ...effect } = withSpan(operation, call)
    interpreter.emit(effect as Effect, { exists: exists === true, fromSql: true })
  }
  return rowsOf(call, answers, text ?? '')
}

function readStatement(given: Value | undefined): { text: string | null; reading: SqlReading } {
  if (given?.type === 'statement') {
    const effect = given.verb === 'select' ? 'none' : 'data'
    return { text: null, reading: { effect, tables: given.tables, operations: [] } }
  }
  const value = given?.type === 'sql-text' ? given.text : given
  if (value?.type !== 'text') return { text: null, reading: doesAnything }
  return { text: value.text, reading: readSql(value.text) }
}

/** Everything that was read out of the text stands where the call stands. */
function withSpan(operation: SqlOperation, { span }: Call) {
  const placed = { ...operation, span, arguments: new Map() }
  if (placed.kind === 'create_constraint') return { ...placed, constraint: { ...placed.constraint, span } }
  if (placed.kind === 'add_column') return { ...placed, column: { ...placed.column, span } }
  if (placed.kind !== 'create_table') return placed
  const columns = placed.columns.map((column) => ({ ...column, span }))
  return { ...placed, columns, constraints: placed.constraints.map((constraint) => ({ ...constraint, span })) }
}

const catalogue = /information_schema|\bpg_\w+|sqlite_master|sqlite_schema|\bpragma\b|\bshow\s|\bto_regclass\b/i

/** Whether somebody takes what the database answers, which is nothing with `--sql`. */
const takesAnswer = ({ discarded }: Call, { effect }: SqlReading, sql: string): boolean =>
  !discarded && (effect === 'none' || effect === 'unknown' || /\breturning\b/i.test(sql))

function rowsOf({ interpreter, span }: Call, answers: boolean, sql: string): Value {
  const online = answers && interpreter.inspect(span)
  return unknownAbout(catalogue.test(sql) ? existenceTest(online) : rowsTest(online))
}
