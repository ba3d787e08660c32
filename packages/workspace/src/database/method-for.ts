import type { DatabaseFacts } from '../alembic/index.js'
import type { Runner } from '../alembic/runner.js'
import { readAddress } from './address.js'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { mysqlMethod } from './mysql.js'
import { postgresqlMethod } from './postgresql.js'
import type { Surroundings } from './program.js'
import { sqliteMethod } from './sqlite.js'

const OTHER_WAYS = 'give a command that backs it up as "backup" in onehead.json'

/**
 * How this database is backed up.
 *
 * @throws BackupFailed where it is of a kind that we know no program for, or not known well enough
 */
export function methodFor(runner: Runner, facts: DatabaseFacts, surroundings: Surroundings): Method {
  const { dialect, connection, database, host, port, user, driver } = facts
  if (facts.isOffline || connection === null || database === null) {
    throw new BackupFailed('no-address', 'env.py does not tell which database it connects to', OTHER_WAYS)
  }
  if (dialect === 'sqlite') return sqliteMethod(database, runner.command, surroundings)
  const place = { host, port, user, database, ...readAddress(connection) }
  if (dialect === 'postgresql') return postgresqlMethod(place, surroundings)
  if (dialect === 'mysql' || dialect === 'mariadb') {
    return mysqlMethod({ ...place, driver, isMariaDB: facts.isMariaDB || dialect === 'mariadb' }, surroundings)
  }
  throw new BackupFailed('unknown-dialect', `onehead knows no backup of a ${dialect} database`, OTHER_WAYS)
}
