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
  /** Equal for all that give the same keys. */
  readonly spaces: string
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
    this.spaces = `spaces ${[this.#indexesPerTable, this.#constraintsAreIndexes, this.#foreignKeysPerSchema]}`
  }

  /** False under a condition that lets none of the dialects through that are meant. */
  runs(context: OperationContext): boolean {
    const meant = this.#dialects
    if (meant.length === 0 || isForAll(context)) return true
    const { dialects, excludedDialects } = context
    const lets = (one: string) => dialects.length === 0 || dialects.map(family).includes(one)
    return meant.some((one) => lets(one) && !excludedDialects.map(family).includes(one))
  }

  /**
   * Everything that an object takes for itself: two objects that share a key cannot both be there.
   *
   * @param database which one, of a script for several
   * @param constraint its kind, where it is one and that is known
   */
  keysOf(
    { type, name, table, schema }: DatabaseObject,
    database: string | null = null,
    constraint: string | null = null,
  ): readonly string[] {
    const place = placeOf(schema, database)
    if (type === 'table') return [relation(place, name)]
    const part = `${table ?? ''}\0${name ?? ''}`
    if (type === 'index') return [this.#indexKey(place, part, name)]
    if (type !== 'constraint') return [`${place}${type}\0${part}`]
    const keys = constraint === 'primary' ? [`${place}primary key\0${table ?? ''}`] : []
    if (name === null) return keys
    keys.push(`${place}constraint\0${part}`)
    if (constraint === 'foreign' || constraint === 'foreignkey') {
      if (this.#foreignKeysPerSchema) keys.push(`${place}foreign key\0${name}`)
    } else if (constraint !== 'check' && this.#constraintsAreIndexes) keys.push(this.#indexKey(place, part, name))
    return keys
  }

  #indexKey(place: string, part: string, name: string | null): string {
    return this.#indexesPerTable ? `${place}index\0${part}` : relation(place, name)
  }
}

/** The key of a table. */
export function tableKey(name: string, schema: string | null, database: string | null): string {
  return relation(placeOf(schema, database), name)
}

/** True where no condition on the dialect keeps it from any database. */
export function isForAll({ dialects, excludedDialects }: OperationContext): boolean {
  return dialects.length === 0 && excludedDialects.length === 0
}

function placeOf(schema: string | null, database: string | null): string {
  return `${database ?? ''}\0${schemaName(schema) ?? ''}\0`
}

function relation(place: string, name: string | null): string {
  return `${place}relation\0${name ?? ''}`
}

/** MariaDB is called by either name. */
function family(dialect: string): string {
  return dialect === 'mariadb' ? 'mysql' : dialect
}

/** One spelling for the schema that nobody names. */
export function schemaName(schema: string | null): string | null {
  return schema !== null && DEFAULT_SCHEMAS.has(schema) ? null : schema
}
