import { BackupFailed } from './failure.js'
import { besideName, connectionOptions, type MysqlPlace, mysqlClient, passwordVariable, quoted } from './mysql.js'
import { runProgram, type Surroundings } from './program.js'
import type { Restorer } from './restorer.js'
import { ownName } from './scratch-name.js'
import { shellCommand } from './shell-command.js'

/** Else names are read as the locale of this machine has them. */
const UTF8 = '--default-character-set=utf8mb4'

/** Runs SQL by the client of the server; what it answers, without the last line end. */
function runMysql(
  place: MysqlPlace,
  surroundings: Surroundings,
  database: string | null,
  sql: string,
): Promise<string> {
  const inside = database === null ? [] : [`--database=${database}`]
  const args = [
    ...connectionOptions(place),
    UTF8,
    '--batch',
    '--raw',
    '--skip-column-names',
    ...inside,
    `--execute=${sql}`,
  ]
  const { password } = place
  return runProgram(mysqlClient(place), args, surroundings, { env: passwordVariable(password), password })
    .then((answer) => answer.replace(/\n$/, ''))
    .catch(explainRights)
}

export function mysqlRestorer(place: MysqlPlace, surroundings: Surroundings): Restorer {
  const { database, password, isMariaDB } = place
  const run = (sql: string, inside: string | null = null) => runMysql(place, surroundings, inside, sql)
  const read = async (backup: string, inside: string) => {
    const options = ['--binary-mode', UTF8, '--max-allowed-packet=1G']
    const args = [...connectionOptions(place), ...options, `--database=${inside}`]
    const given = { env: passwordVariable(password), password, input: backup }
    await runProgram(mysqlClient(place), args, surroundings, given).catch(explainRights)
  }
  const exists = async (name: string) =>
    (await run(`SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ${text(name)}`)) === '1'
  const remove = async (name: string) => void (await run(`DROP DATABASE IF EXISTS ${quoted(name)}`))
  const command = (...args: readonly string[]) => {
    const asked = password === null ? [] : ['--password']
    return shellCommand([isMariaDB ? 'mariadb' : 'mysql', ...connectionOptions(place), UTF8, ...asked, ...args])
  }
  return {
    database,
    typedName: database,
    beside: besideName(database, '_restored'),
    scratch: ownName('restoring', database),
    placeOf: (typed) => typed,
    exists,
    async load(backup, name) {
      const birth = await run('SELECT @@character_set_database, @@collation_database', database).catch(() => '')
      const [, set, collation] = /^(\w+)\t(\w+)$/.exec(birth) ?? []
      const like = set === undefined ? '' : ` CHARACTER SET ${set} COLLATE ${collation}`
      await run(`CREATE DATABASE ${quoted(name)}${like}`)
      try {
        await read(backup, name)
      } catch (error) {
        await remove(name).catch(() => {})
        throw error
      }
    },
    remove,
    async connected() {
      const query = `SELECT COUNT(*) FROM information_schema.processlist WHERE db = ${text(database)} AND id <> CONNECTION_ID()`
      return Number(await run(query))
    },
    async swap(backup) {
      // MySQL renames no database: what was proved in the scratch place is read once more.
      if (await exists(database)) await emptyMysql(place, surroundings)
      else await run(`CREATE DATABASE ${quoted(database)}`)
      await read(backup, database)
      await remove(this.scratch)
      return { replaced: null }
    },
    isAtomic: false,
    look: (name) => command(`--database=${name}`),
    discard: (name) => command(`--execute=DROP DATABASE ${quoted(name)}`),
  }
}

/** So many statements go to the server at a time: a command line has an end. */
const AT_ONCE = 200

/** Drops everything in a database; the database itself stays, with its character set and what is granted on it. */
export async function emptyMysql(place: MysqlPlace, surroundings: Surroundings): Promise<void> {
  const name = (column: string) => `CONCAT('\`', REPLACE(${column}, '\`', '\`\`'), '\`')`
  const own = (table: string, column: string) => `FROM information_schema.${table} WHERE ${column} = DATABASE()`
  const kind = "CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END"
  const queries = [
    `SELECT CONCAT('DROP ', ${kind}, ' IF EXISTS ', ${name('table_name')}) ${own('tables', 'table_schema')}`,
    `SELECT CONCAT('DROP ', routine_type, ' IF EXISTS ', ${name('routine_name')}) ${own('routines', 'routine_schema')}`,
    `SELECT CONCAT('DROP EVENT IF EXISTS ', ${name('event_name')}) ${own('events', 'event_schema')}`,
  ]
  const answer = await runMysql(place, surroundings, place.database, queries.join('; '))
  const statements = answer.split('\n').filter((line) => line !== '')
  for (let from = 0; from < statements.length; from += AT_ONCE) {
    const some = statements.slice(from, from + AT_ONCE)
    const sql = ['SET SESSION FOREIGN_KEY_CHECKS = 0', 'SET SESSION lock_wait_timeout = 10', ...some].join('; ')
    await runMysql(place, surroundings, place.database, sql)
  }
}

function explainRights(error: unknown): never {
  if (error instanceof BackupFailed && /Access denied for user .* to database/.test(error.message)) {
    const help = 'let the user make databases (GRANT CREATE, DROP ON *.*), or restore as one who may'
    throw new BackupFailed('forbidden', error.message, help)
  }
  throw error
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
