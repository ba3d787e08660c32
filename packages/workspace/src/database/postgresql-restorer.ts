import { BackupFailed } from './failure.js'
import { asName, besideName, birthOf, psql, quoted, restorer, tellServer } from './postgresql.js'
import { runProgram, type Surroundings } from './program.js'
import type { Restorer } from './restorer.js'
import { ownName } from './scratch-name.js'
import type { Place } from './server.js'
import { shellCommand } from './shell-command.js'

const SILENT = [
  '--no-psqlrc',
  '--no-password',
  '--quiet',
  '--tuples-only',
  '--no-align',
  '--set=ON_ERROR_STOP=1',
] as const

/** Runs SQL in a database of a server by `psql`; what it answers, without the last line end. */
export function runPsql(server: Place, surroundings: Surroundings, database: string, sql: string): Promise<string> {
  const { connection, env } = tellServer(server, surroundings)
  const args = [...SILENT, ...connection, `--dbname=${asName(database)}`, `--command=${sql}`]
  return runProgram(psql, args, surroundings, { env, password: server.password }).then((text) =>
    text.replace(/\n$/, ''),
  )
}

export function postgresqlRestorer(server: Place, surroundings: Surroundings): Restorer {
  const { database, password } = server
  const { connection, variables, env } = tellServer(server, surroundings)
  // From where databases are made and renamed: nobody may be connected to the one concerned.
  const elsewhere = database === 'postgres' ? 'template1' : 'postgres'
  const run = (sql: string) => runPsql(server, surroundings, elsewhere, sql).catch(explainRights)
  const exists = async (place: string) =>
    (await run(`SELECT 1 FROM pg_database WHERE datname = ${text(place)}`)) === '1'
  const remove = async (place: string) => void (await run(`DROP DATABASE IF EXISTS ${quoted(place)}`))
  const command = (program: string, ...args: readonly string[]) =>
    shellCommand([program, ...connection, ...args], { env: variables })
  return {
    database,
    typedName: database,
    beside: besideName(database, '_restored'),
    scratch: ownName('restoring', database),
    placeOf: (typed) => typed,
    exists,
    async load(backup, place) {
      await run(`CREATE DATABASE ${quoted(place)} ${await birthOf(backup, surroundings)}`)
      const args = [...connection, '--no-password', '--exit-on-error', `--dbname=${asName(place)}`, backup]
      try {
        await runProgram(restorer, args, surroundings, { env, password })
      } catch (error) {
        await remove(place).catch(() => {})
        throw error
      }
    },
    remove,
    async connected() {
      const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = ${text(database)} AND pid <> pg_backend_pid()`
      return Number(await run(query))
    },
    async swap() {
      if (!(await exists(database))) {
        await run(`ALTER DATABASE ${quoted(this.scratch)} RENAME TO ${quoted(database)}`)
        return { replaced: null }
      }
      const replaced = ownName('replaced', database)
      // Of an earlier restore that was killed: what it held was backed up before it.
      await remove(replaced)
      const settings = await run(settingsOf(database, this.scratch))
      const rename = (from: string, to: string) => `ALTER DATABASE ${quoted(from)} RENAME TO ${quoted(to)}`
      const statements = [...settings.split(SEPARATOR), rename(database, replaced), rename(this.scratch, database)]
      // One transaction: both names change, or none does.
      await run(['BEGIN', ...statements.filter((one) => one !== ''), 'COMMIT'].join(';\n'))
      return { replaced }
    },
    isAtomic: true,
    look: (place) => command('psql', `--dbname=${asName(place)}`),
    discard: (place) => command('dropdb', '--', place),
  }
}

/** A character that no setting holds. */
const SEPARATOR = '\x01'

/** Statements, with `SEPARATOR` between them, that give one database what belongs to another and is in no dump of its contents. */
function settingsOf(from: string, to: string): string {
  const lists = "'search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries'"
  const value = `CASE WHEN split_part(one, '=', 1) IN (${lists})
    THEN substr(one, strpos(one, '=') + 1) ELSE quote_literal(substr(one, strpos(one, '=') + 1)) END`
  return `SELECT string_agg(line, E'\\x01' ORDER BY place) FROM (
  SELECT 1 AS place, format('ALTER DATABASE %I OWNER TO %I', ${text(to)}::text, pg_get_userbyid(datdba)) AS line
    FROM pg_database WHERE datname = ${text(from)} AND pg_get_userbyid(datdba) <> current_user
  UNION ALL SELECT 2, format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ${text(to)}::text)
    FROM pg_database WHERE datname = ${text(from)} AND datacl IS NOT NULL
  UNION ALL SELECT 3, format('GRANT %s ON DATABASE %I TO %s', privilege_type, ${text(to)}::text,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
      || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM pg_database, aclexplode(datacl) WHERE datname = ${text(from)}
  UNION ALL SELECT 4, format('ALTER DATABASE %I CONNECTION LIMIT %s', ${text(to)}::text, datconnlimit)
    FROM pg_database WHERE datname = ${text(from)} AND datconnlimit <> -1
  UNION ALL SELECT 5, format('COMMENT ON DATABASE %I IS %L', ${text(to)}::text, shobj_description(oid, 'pg_database'))
    FROM pg_database WHERE datname = ${text(from)} AND shobj_description(oid, 'pg_database') IS NOT NULL
  UNION ALL SELECT 6, CASE setrole WHEN 0 THEN format('ALTER DATABASE %I', ${text(to)}::text)
      ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), ${text(to)}::text) END
      || format(' SET %s TO %s', split_part(one, '=', 1), ${value})
    FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) AS one
    WHERE datname = ${text(from)}
) AS lines`
}

function explainRights(error: unknown): never {
  if (error instanceof BackupFailed && /permission denied to (?:create|rename)|must be owner of/i.test(error.message)) {
    const help = 'let the user make databases (ALTER ROLE … CREATEDB), or restore as one who may'
    throw new BackupFailed('forbidden', error.message, help)
  }
  throw error
}

/** A text in SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
