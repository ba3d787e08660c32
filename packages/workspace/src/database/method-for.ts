import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import { readAddress } from './address.js'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { type MysqlPlace, mysqlMethod } from './mysql.js'
import { mysqlRestorer } from './mysql-restorer.js'
import { postgresqlMethod } from './postgresql.js'
import { postgresqlRestorer } from './postgresql-restorer.js'
import type { Surroundings } from './program.js'
import type { Restorer } from './restorer.js'
import type { Place } from './server.js'
import { sqliteMethod } from './sqlite.js'
import { sqliteRestorer } from './sqlite-restorer.js'

const OTHER_WAYS = 'give a command that backs it up as "backup" in onehead.json'

/** A database with everything that its programs have to be told, by kind. */
export type Located =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgresql'; readonly place: Place }
  | { readonly kind: 'mysql'; readonly place: MysqlPlace }

/**
 * Where a database is.
 *
 * @throws BackupFailed where it is of a kind that we know no program for, or not known well enough
 */
export function locate(facts: DatabaseFacts): Located {
  const { dialect, connection, database, host, port, user, driver } = facts
  if (facts.isOffline || connection === null || database === null) {
    throw new BackupFailed('no-address', 'env.py does not tell which database it connects to', OTHER_WAYS)
  }
  if (dialect === 'sqlite') return { kind: 'sqlite', file: database }
  const place = { host, port, user, database, ...readAddress(connection) }
  if (dialect === 'postgresql') return { kind: 'postgresql', place }
  if (dialect === 'mysql' || dialect === 'mariadb') {
    return { kind: 'mysql', place: { ...place, driver, isMariaDB: facts.isMariaDB || dialect === 'mariadb' } }
  }
  throw new BackupFailed('unknown-dialect', `onehead knows no backup of a ${dialect} database`, OTHER_WAYS)
}

/**
 * How this database is backed up.
 *
 * @throws BackupFailed as `locate` does
 */
export function methodFor(runner: Runner, facts: DatabaseFacts, surroundings: Surroundings): Method {
  const found = locate(facts)
  if (found.kind === 'sqlite') return sqliteMethod(found.file, runner.command, surroundings)
  if (found.kind === 'postgresql') return postgresqlMethod(found.place, surroundings)
  return mysqlMethod(found.place, surroundings)
}

/**
 * How a backup of this database goes back.
 *
 * @throws BackupFailed as `locate` does
 */
export function restorerFor(runner: Runner, facts: DatabaseFacts, surroundings: Surroundings): Restorer {
  const found = locate(facts)
  if (found.kind === 'sqlite') return sqliteRestorer(found.file, runner.command, surroundings)
  if (found.kind === 'postgresql') return postgresqlRestorer(found.place, surroundings)
  return mysqlRestorer(found.place, surroundings)
}
