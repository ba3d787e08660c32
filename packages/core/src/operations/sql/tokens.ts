/** One token of SQL text, as far as recognising the head of a statement needs it. */
export interface Token {
  /** `name`: quoted, kept as written; `word`: an unquoted name or keyword. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol'
  /** Of a string or a name what stands between the quotes. */
  readonly text: string
  /** A word in upper case, a symbol as it is; empty for what cannot be a keyword. */
  readonly keyword: string
  readonly start: number
  readonly end: number
}

const numeric = /\d[\d.]*(?:[eE][+-]?\d+)?/y
/** What a quote holds; inside, it is doubled, or stands behind a backslash where those count. */
const plainString = /'([^']*(?:''[^']*)*)'?/y
const escapedString = /[eE]'([^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*)'?/y
const names: Readonly<Record<string, RegExp>> = {
  '"': /"([^"]*(?:""[^"]*)*)"?/y,
  '`': /`([^`]*(?:``[^`]*)*)`?/y,
  '[': /\[([^\]]*)\]?/y,
}
const dollarTag = /\$(?:[A-Za-z_]\w*)?\$/y

/**
 * Cuts SQL into tokens; comments and blanks go. Quotes of all databases are known; a quote that is never closed takes the
 * rest of the text.
 */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = endOfBlank(sql, 0); at < sql.length; ) {
    const token = tokenAt(sql, at, tokens.at(-1))
    tokens.push(token)
    at = endOfBlank(sql, token.end)
  }
  return tokens
}

function endOfBlank(sql: string, from: number): number {
  for (let at = from; at < sql.length; ) {
    if (sql.charCodeAt(at) <= 32) at++
    else if (sql.startsWith('--', at)) at = endOr(sql, sql.indexOf('\n', at))
    else if (sql.startsWith('/*', at)) at = endOr(sql, sql.indexOf('*/', at + 2)) + 2
    else return at
  }
  return sql.length
}

const endOr = (sql: string, found: number): number => (found < 0 ? sql.length : found)

/** Letters, digits, `_` and `$`; whatever is beyond ASCII, a hole too, belongs to a word. */
function endOfWord(sql: string, from: number): number {
  let at = from
  while (at < sql.length && isWordCode(sql.charCodeAt(at))) at++
  return at
}

const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  code === 95 ||
  code >= 128 ||
  (code >= 48 && code <= 57) ||
  code === 36

function matchAt(pattern: RegExp, sql: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(sql)
}

function tokenAt(sql: string, at: number, before: Token | undefined): Token {
  const first = sql[at]!
  if (first === "'") return quoted('string', plainString, sql, at)
  if ((first === 'e' || first === 'E') && sql[at + 1] === "'") return quoted('string', escapedString, sql, at)
  const name = names[first]
  if (name !== undefined && (first !== '[' || isName(sql, at, before))) return quoted('name', name, sql, at)
  if (first === '$') return dollarQuoted(sql, at) ?? symbol(first, at)
  const digits = first >= '0' && first <= '9' ? matchAt(numeric, sql, at)?.[0] : undefined
  if (digits !== undefined) return { kind: 'number', text: digits, keyword: '', start: at, end: at + digits.length }
  const end = endOfWord(sql, at)
  if (end === at) return symbol(first, at)
  const text = sql.slice(at, end)
  return { kind: 'word', text, keyword: text.toUpperCase(), start: at, end }
}

const symbol = (text: string, at: number): Token => ({ kind: 'symbol', text, keyword: text, start: at, end: at + 1 })

function quoted(kind: 'string' | 'name', pattern: RegExp, sql: string, at: number): Token {
  const match = matchAt(pattern, sql, at)!
  const quote = kind === 'string' ? "'" : sql[at]!
  const inner = match[1]!.replaceAll(quote + quote, quote)
  const text = pattern === escapedString ? inner.replaceAll(/\\([\s\S])/g, '$1') : inner
  return { kind, text, keyword: '', start: at, end: at + match[0].length }
}

/** `$$ … $$`, `$body$ … $body$`. */
function dollarQuoted(sql: string, at: number): Token | null {
  const tag = matchAt(dollarTag, sql, at)?.[0]
  if (tag === undefined) return null
  const close = sql.indexOf(tag, at + tag.length)
  const text = sql.slice(at + tag.length, close < 0 ? sql.length : close)
  return { kind: 'string', text, keyword: '', start: at, end: close < 0 ? sql.length : close + tag.length }
}

/** `[my table]` is a name; `tags[1]` and `text[]` are arrays. */
function isName(sql: string, at: number, before: Token | undefined): boolean {
  if (!/[\p{L}_]/u.test(sql[at + 1] ?? '')) return false
  return before === undefined || before.end < at || before.text === '.' || before.text === '(' || before.text === ','
}

/** The statements of a text. A body such as that of a trigger has semicolons of its own: it is one with what follows. */
export function splitStatements(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = []
  let current: Token[] = []
  for (const token of tokens) {
    if (token.keyword !== ';' || hasBody(current)) current.push(token)
    else {
      statements.push(current)
      current = []
    }
  }
  statements.push(current)
  return statements.filter((statement) => statement.length > 0)
}

function hasBody(tokens: readonly Token[]): boolean {
  if (tokens[0]?.keyword !== 'CREATE') return false
  return tokens
    .slice(1, 8)
    .some(({ keyword }) => keyword === 'TRIGGER' || keyword === 'FUNCTION' || keyword === 'PROCEDURE')
}
