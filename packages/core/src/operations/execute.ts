import type { Call } from './call.js'
import { existenceTest, rowsTest } from './facts.js'
import { Fields, spansOf } from './schema-items.js'
import { hole, unknownAbout, type Value } from './value.js'

/** Notes SQL that is run, and what it does as far as it is simple. Returns its rows. */
export function executeSql(call: Call, through: 'op' | 'connection'): Value {
  const { interpreter, passed, span } = call
  const fields = new Fields()
  const first = passed.positional[0] ?? passed.keywords.get('sqltext') ?? passed.keywords.get('statement')
  const named = new Map(passed.keywords)
  if (first !== undefined) named.set('sqltext', first)
  const shared = { kind: 'execute' as const, span, arguments: spansOf(named), through }
  const given = first?.given
  if (given?.type === 'statement') {
    const effect = given.verb === 'select' ? 'none' : 'data'
    interpreter.emit({
      ...shared,
      sql: null,
      tables: given.tables,
      effect,
      unresolved: given.tables === null ? ['tables'] : [],
    })
    return rowsOf(call, effect === 'none', '')
  }
  const value = given?.type === 'sql-text' ? given.text : given
  const sql = value?.type === 'text' ? value.text : null
  if (sql === null || sql.includes(hole)) fields.miss('sql')
  interpreter.emit({
    ...shared,
    sql: sql?.includes(hole) ? null : sql,
    tables: null,
    effect: 'unknown',
    unresolved: fields.unresolved,
  })
  return rowsOf(call, false, sql ?? '')
}

/** What a query returns: nothing with `--sql`. Whoever takes it asks a live database. */
function rowsOf({ interpreter, span, discarded }: Call, _reads: boolean, sql: string): Value {
  const online = !discarded && interpreter.inspect(span)
  const isCatalogue =
    /information_schema|\bpg_\w+|sqlite_master|sqlite_schema|\bpragma\b|\bshow\s|\bto_regclass\b/i.test(sql)
  return unknownAbout(isCatalogue ? existenceTest(online) : rowsTest(online))
}
