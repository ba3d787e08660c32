import { hole } from '../values/value.js'
import type { Token } from './tokens.js'

/** A name with its schema; null where part of it is only known to Python. */
export interface QualifiedName {
  readonly name: string | null
  readonly schema: string | null
}

/** Goes through the tokens of one statement. */
export class Cursor {
  readonly #tokens: readonly Token[]
  readonly #sql: string
  #at = 0

  constructor(tokens: readonly Token[], sql: string) {
    this.#tokens = tokens
    this.#sql = sql
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length
  }

  /** The next token, not taken. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  /** Whether these keywords come next. */
  sees(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, i) => this.peek(i)?.keyword === keyword)
  }

  /** Takes these keywords if they come next. */
  takes(...keywords: readonly string[]): boolean {
    if (!this.sees(...keywords)) return false
    this.#at += keywords.length
    return true
  }

  /** Takes the first of these that comes next. */
  takesOne(...keywords: readonly string[]): string | null {
    return keywords.find((keyword) => this.takes(keyword)) ?? null
  }

  /** A name; null where part of it is only known to Python; undefined where none comes. */
  name(): string | null | undefined {
    const token = this.peek()
    if (token?.kind !== 'word' && token?.kind !== 'name') return undefined
    this.#at++
    return nameOf(token)
  }

  /** `schema.table`. */
  qualifiedName(): QualifiedName | undefined {
    const parts = [this.name()]
    while (parts.at(-1) !== undefined && this.takes('.')) parts.push(this.name())
    const name = parts.at(-1)
    if (name === undefined) return undefined
    return { name, schema: parts.length > 1 ? (parts.at(-2) ?? null) : null }
  }

  /** Takes `( … )` and returns what stands in it, cut at its commas; null where no parenthesis comes. */
  list(): readonly Cursor[] | null {
    if (!this.takes('(')) return null
    const items: Cursor[] = []
    let start = this.#at
    let depth = 0
    for (let token = this.next(); token !== undefined; token = this.next()) {
      const closes = token.keyword === ')'
      const cuts = depth === 0 && (token.keyword === ',' || closes)
      if (cuts) {
        items.push(this.#part(start, this.#at - 1))
        start = this.#at
      }
      if (closes && depth === 0) return items
      if (closes) depth--
      else if (token.keyword === '(') depth++
    }
    return null
  }

  /** The rest, cut at its commas outside parentheses. */
  cutAtCommas(): readonly Cursor[] {
    const items: Cursor[] = []
    let start = this.#at
    let depth = 0
    for (let token = this.next(); token !== undefined; token = this.next()) {
      if (token.keyword === '(') depth++
      else if (token.keyword === ')') depth--
      else if (token.keyword === ',' && depth === 0) {
        items.push(this.#part(start, this.#at - 1))
        start = this.#at
      }
    }
    items.push(this.#part(start, this.#tokens.length))
    return items
  }

  /** Takes tokens until one of these keywords comes outside parentheses; returns the text. */
  textUntil(keywords: ReadonlySet<string>): string {
    const first = this.peek()
    let last: Token | undefined
    let depth = 0
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      if (depth === 0 && last !== undefined && keywords.has(token.keyword)) break
      if (token.keyword === '(') depth++
      if (token.keyword === ')') depth--
      last = token
      this.#at++
    }
    return first === undefined || last === undefined ? '' : this.#sql.slice(first.start, last.end)
  }

  #part(start: number, end: number): Cursor {
    return new Cursor(this.#tokens.slice(start, end), this.#sql)
  }
}

/** Names without quotes are folded to lower case, as PostgreSQL and the standard's readers of today write them. */
export function nameOf(token: Token): string | null {
  if (token.text.includes(hole)) return null
  return token.kind === 'name' ? token.text : token.text.toLowerCase()
}
