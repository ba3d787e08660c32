import { Cursor, nameOf } from './cursor.js'
import { doesAnything, doesNothing, type SqlReading } from './sql-operation.js'
import type { Token } from './tokens.js'

/** Words before the name of a table, in statements that read or write rows. */
const beforeTables = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'USING', 'TRUNCATE', 'TABLE', 'ONLY', 'COPY', 'LOCK'])
const writing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE', 'TRUNCATE', 'COPY'])

/** `INSERT`, `UPDATE`, `DELETE` and their like, with or without `WITH`. */
export function readData(tokens: readonly Token[], sql: string): SqlReading {
  return { effect: 'data', tables: tablesNamed(tokens, sql), operations: [] }
}

/** `WITH … AS (…) INSERT …`: whether anything in it writes. */
export const writes = (tokens: readonly Token[]): boolean => tokens.some((token) => writing.has(token.keyword))

/** Every table behind a word that says so, but for those that the statement itself names with `WITH`. */
function tablesNamed(tokens: readonly Token[], sql: string): readonly string[] | null {
  const own = ownTables(tokens)
  const found = new Set<string>()
  let certain = true
  for (const [i, token] of tokens.entries()) {
    if (!isTableWord(tokens, i)) continue
    const following = new Cursor(tokens.slice(i + 1, i + 8), sql)
    if (following.sees('(') || following.sees('LATERAL') || following.done) continue
    const name = following.qualifiedName()
    const isFunction = following.sees('(') && token.keyword !== 'INTO'
    if (name === undefined || isFunction) continue
    if (name.name === null) certain = false
    else if (!own.has(name.name)) found.add(name.name)
  }
  return certain ? [...found] : null
}

function isTableWord(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]!
  const word = token.keyword
  if (!beforeTables.has(word)) return false
  const next = tokens[at + 1]?.keyword ?? ''
  const before = tokens[at - 1]?.keyword
  if (beforeTables.has(next) || next === 'SET') return false
  // `EXTRACT(year FROM created_at)`, `ON CONFLICT DO UPDATE`, `FOR UPDATE`, `IS DISTINCT FROM x`, `COPY users FROM stdin`
  if (word === 'UPDATE') return before !== 'DO' && before !== 'FOR' && before !== 'ON' && before !== 'KEY'
  if (word !== 'FROM') return true
  return before !== 'DISTINCT' && !isInsideFunction(tokens, at)
}

/** `EXTRACT(epoch FROM x)`, `SUBSTRING(x FROM 2)`, `TRIM(BOTH ' ' FROM x)`. */
function isInsideFunction(tokens: readonly Token[], at: number): boolean {
  let depth = 0
  for (let i = at - 1; i >= 0 && at - i < 40; i--) {
    const { keyword } = tokens[i]!
    if (depth === 0 && (keyword === 'SELECT' || keyword === 'DELETE')) return false
    if (keyword === ')') depth++
    else if (keyword === '(' && depth-- === 0)
      return /^(?:extract|substring|trim|overlay|position)$/i.test(tokens[i - 1]?.text ?? '')
  }
  return false
}

/** Names bound by `WITH name AS (`. */
function ownTables(tokens: readonly Token[]): ReadonlySet<string> {
  const own = new Set<string>()
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1]?.keyword
    if (before !== 'WITH' && before !== 'RECURSIVE' && before !== ',') continue
    const as = tokens[i + 1]?.keyword === '(' ? closingOf(tokens, i + 1) + 1 : i + 1
    if (tokens[as]?.keyword !== 'AS' || !/^(?:\(|NOT|MATERIALIZED)$/.test(tokens[as + 1]?.keyword ?? '')) continue
    const name = token.kind === 'word' || token.kind === 'name' ? nameOf(token) : null
    if (name !== null) own.add(name)
  }
  return own
}

/** Where a parenthesis is closed. */
function closingOf(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]!.keyword === '(') depth++
    else if (tokens[i]!.keyword === ')' && --depth === 0) return i
  }
  return tokens.length
}

/** Functions that a `SELECT` may call without changing tables, types or rows. */
const harmless =
  /^(?:pg_(?:advisory|sleep|notify|try|get|is|table|typeof|backend)\w*|set_config|current_\w+|now|version|count|coalesce|min|max|sum|avg|lower|upper|to_regclass|exists|cast|array_agg|string_agg|json\w*|has_\w+_privilege|length|concat|row_number|nullif|unnest|generate_series|date_trunc|extract)$/i

/** A `SELECT` reads, unless it fills a table or only calls a function that may do anything. */
export function readSelect(tokens: readonly Token[]): SqlReading {
  if (tokens.some((token) => token.keyword === 'INTO')) return doesAnything
  if (tokens.some((token) => token.keyword === 'FROM')) return doesNothing
  const called = tokens.filter((token, i) => token.kind === 'word' && tokens[i + 1]?.text === '(')
  if (called.some((token) => token.keyword === 'SETVAL')) return { effect: 'data', tables: null, operations: [] }
  return called.every((token) => harmless.test(token.text)) ? doesNothing : doesAnything
}
