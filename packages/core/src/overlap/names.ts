import type { OperationContext } from '../operations/operation.js'
import type { DatabaseObject } from './overlap.js'

const MYSQL = new Set(['mysql', 'mariadb'])
/** What databases call the schema that nobody names. */
const DEFAULT_SCHEMAS = new Set(['public', 'main', 'dbo'])

/**
 * In which spaces a name must be unique. Tables and indexes share one per schema in PostgreSQL and SQLite, where MySQL has
 * indexes per table; behind a unique constraint there is an index of its name, but not in SQLite. Foreign keys are named per
 * table, in MySQL per database. Where the dialect is not known, whatever fails anywhere counts, but for the latter: people who give
 * one name to foreign keys of two tables are not on MySQL.
 */
export class Names {
  readonly #indexesPerTable: boolean
  readonly #constraintsAreIndexes: boolean
  readonly #foreignKeysPerSchema: boolean
  readonly #dialects: readonly string[]
  /** Whether two names that differ in upper and lower case only may be one. */
  readonly foldsCase: boolean
  /** Equal for all that answer alike. */
  readonly id: string

  constructor(dialects: readonly string[] = []) {
    this.id = dialects.join()
    this.#dialects = dialects.map(family)
    const others = dialects.filter((name) => !MYSQL.has(name))
    this.#indexesPerTable = dialects.length > 0 && others.length === 0
    this.#constraintsAreIndexes = dialects.length === 0 || dialects.some((name) => name !== 'sqlite')
    this.#foreignKeysPerSchema = others.length < dialects.length
    this.foldsCase = dialects.length === 0 || dialects.some((name) => name !== 'postgresql')
  }

  /** False under a condition that lets none of the dialects through that are meant. */
  runs({ dialects, excludedDialects }: OperationContext): boolean {
    const lets = (one: string) => dialects.length === 0 || dialects.map(family).includes(one)
    const meant = this.#dialects
    return meant.length === 0 || meant.some((one) => lets(one) && !excludedDialects.map(family).includes(one))
  }

  /**
   * Everything that an object takes for itself: two objects that share a key cannot both be there.
   *
   * @param constraint its kind, where it is one and that is known
   * @param database which one, of a script for several
   */
  keysOf(
    { type, name, table, schema }: DatabaseObject,
    { constraint = null, database = null }: { readonly constraint?: string | null; readonly database?: string | null },
  ): readonly string[] {
    const start = `${database ?? ''}\0${schemaName(schema) ?? ''}\0`
    const key = (space: string, ...parts: readonly (string | null)[]) => `${start}${space}\0${parts.join('\0')}`
    if (type === 'table') return [key('relation', name)]
    const asIndex = this.#indexesPerTable ? key('index', table, name) : key('relation', name)
    if (type === 'index') return [asIndex]
    if (type !== 'constraint') return [key(type, table, name)]
    const keys = constraint === 'primary' ? [key('primary key', table)] : []
    if (name === null) return keys
    keys.push(key('constraint', table, name))
    if (constraint === 'foreign' || constraint === 'foreignkey') {
      if (this.#foreignKeysPerSchema) keys.push(key('foreign key', name))
    } else if (constraint !== 'check' && this.#constraintsAreIndexes) keys.push(asIndex)
    return keys
  }
}

/** MariaDB is called by either name. */
function family(dialect: string): string {
  return dialect === 'mariadb' ? 'mysql' : dialect
}

/** One spelling for the schema that nobody names. */
export function schemaName(schema: string | null): string | null {
  return schema !== null && DEFAULT_SCHEMAS.has(schema) ? null : schema
}
