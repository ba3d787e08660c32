import type { Secret } from '@onehead/core'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { readDump } from './mysql-dump.js'
import { type Program, runProgram, type Surroundings } from './program.js'
import type { Place } from './server.js'
import { shellCommand } from './shell-command.js'

export interface MysqlPlace extends Place {
  readonly isMariaDB: boolean
  /** SQLAlchemy's driver: some speak TCP where the client programs would take a socket. */
  readonly driver: string | null
}

const packages = 'mariadb-client or mysql-client (Debian, Ubuntu), mariadb (Fedora, Homebrew)'

/** Drivers that go through the client library, and so take `localhost` for a socket as the programs do. */
const BY_CLIENT_LIBRARY = new Set(['mysqldb', 'mysqlclient', 'mariadbconnector'])

/** Whole, consistent and without what only an administrator may do; `--comments` writes the mark at the end. */
const WISH = [
  '--single-transaction',
  '--quick',
  '--routines',
  '--triggers',
  '--events',
  '--hex-blob',
  '--no-tablespaces',
  '--comments',
  '--default-character-set=utf8mb4',
]

/** `mariadb-dump` or `mysqldump`, whichever belongs to the server, else the other. */
export function mysqlMethod(place: MysqlPlace, surroundings: Surroundings): Method {
  const { database, password, isMariaDB } = place
  const dumper = eitherOf(isMariaDB, 'mariadb-dump', 'mysqldump')
  const client = mysqlClient(place)
  const connection = connectionOptions(place)
  const env = passwordVariable(password)
  /** The character set and collation of tables that will be made later, as `CREATE DATABASE` wants them. */
  const birthOf = async () => {
    const query = '--execute=SELECT @@character_set_database, @@collation_database'
    const args = [...connection, '--batch', '--skip-column-names', query, `--database=${database}`]
    // Without it the server's own are taken: the tables of the dump name theirs.
    const answer = await runProgram(client, args, surroundings, { env, password }).catch(() => '')
    const [, set, collation] = /^(\w+)\t(\w+)$/m.exec(answer) ?? []
    return set === undefined ? '' : ` CHARACTER SET ${set} COLLATE ${collation}`
  }
  return {
    kind: 'mysql',
    extension: '.sql',
    async dump(path) {
      const version = await runProgram(dumper, ['--version'], surroundings)
      // Else the dump sets what only an administrator may, and could not go back to where it came from.
      const own = version.includes('MariaDB') ? [] : ['--set-gtid-purged=OFF']
      const args = [...connection, ...WISH, ...own, `--result-file=${path}`]
      // It takes no option for the name, and one that begins with a minus for an option.
      const name = database.startsWith('-') ? ['--', database] : [database]
      await runProgram(dumper, [...args, ...name], surroundings, { env, password })
    },
    async verify(path) {
      const { tables, isDump, isWhole, leads } = await readDump(path)
      if (!isDump) throw new BackupFailed('foreign', `${path} is no dump of MySQL or MariaDB`)
      if (leads !== null) {
        const help = 'make one of a single database: without --databases and --all-databases'
        throw new BackupFailed('foreign', `the dump chooses its database itself (${leads})`, help)
      }
      if (!isWhole)
        throw new BackupFailed('damaged', 'the dump has no end: its last line does not say "Dump completed"')
      return tables
    },
    async restore(path) {
      const program = isMariaDB ? 'mariadb' : 'mysql'
      const asked = password === null ? [] : ['--password']
      const words = (...args: readonly string[]) => [program, ...connection, ...asked, ...args]
      const execute = (...statements: readonly string[]) => shellCommand(words(`--execute=${statements.join('; ')}`))
      const fresh = besideName(database, '_restored')
      const birth = await birthOf()
      return {
        toNewPlace: {
          place: fresh,
          commands: [
            execute(`CREATE DATABASE ${quoted(fresh)}${birth}`),
            shellCommand(words('--binary-mode', `--database=${fresh}`), { input: path }),
          ],
        },
        inPlace: [
          execute(`DROP DATABASE IF EXISTS ${quoted(database)}`, `CREATE DATABASE ${quoted(database)}${birth}`),
          shellCommand(words('--binary-mode', `--database=${database}`), { input: path }),
        ],
      }
    },
  }
}

/** The client that belongs to the server, else the other. */
export function mysqlClient({ isMariaDB }: MysqlPlace): Program {
  return eitherOf(isMariaDB, 'mariadb', 'mysql')
}

function eitherOf(isMariaDB: boolean, mariadb: string, mysql: string): Program {
  return { names: isMariaDB ? [mariadb, mysql] : [mysql, mariadb], packages }
}

/** A name that no server cuts off: MySQL takes 64 characters. */
export function besideName(database: string, ending: string): string {
  return [...database].slice(0, 64 - ending.length).join('') + ending
}

/** What the application's driver reads, and no personal settings: one of them could leave tables out. */
export function connectionOptions({ host, port, user, query, driver }: MysqlPlace): readonly string[] {
  const { read_default_file: settings, unix_socket: socket } = query
  const options = {
    host: socket ? null : host,
    port: socket ? null : port,
    user,
    socket,
    protocol: socket || BY_CLIENT_LIBRARY.has(driver ?? '') ? null : 'tcp',
    'ssl-ca': query.ssl_ca,
    'ssl-cert': query.ssl_cert,
    'ssl-key': query.ssl_key,
  }
  const told = Object.entries(options).filter(([, value]) => value)
  return [
    settings ? `--defaults-file=${settings}` : '--no-defaults',
    ...told.map(([name, value]) => `--${name}=${value}`),
  ]
}

export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

export function passwordVariable(password: Secret | null): Readonly<Record<string, string>> {
  return password === null ? {} : { MYSQL_PWD: password.reveal() }
}
