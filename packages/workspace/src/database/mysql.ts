import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Secret } from '@onehead/core'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
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
  const either = (...names: string[]): Program => ({ names: isMariaDB ? names : names.reverse(), packages })
  const dumper = either('mariadb-dump', 'mysqldump')
  const client = either('mariadb', 'mysql')
  const connection = connectionOptions(place)
  const env = passwordVariable(password)
  /** The character set and collation of tables that will be made later, as `CREATE DATABASE` wants them. */
  const birthOf = async () => {
    const query = '--execute=SELECT @@character_set_database, @@collation_database'
    const args = [...connection, '--batch', '--skip-column-names', query, database]
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
      const args = [...connection, ...WISH, ...own, `--result-file=${path}`, database]
      await runProgram(dumper, args, surroundings, { env, password })
    },
    async verify(path) {
      // Its last line, and written only after everything else.
      if (!/^-- Dump completed/m.test(endOf(path))) {
        throw new BackupFailed('damaged', 'the dump has no end: its last line does not say "Dump completed"')
      }
      return null
    },
    async restore(path) {
      const program = isMariaDB ? 'mariadb' : 'mysql'
      const asked = password === null ? [] : ['--password']
      const words = (...args: readonly string[]) => [program, ...connection, ...asked, ...args]
      const execute = (...statements: readonly string[]) => shellCommand(words(`--execute=${statements.join('; ')}`))
      const fresh = `${database}_restored`
      const birth = await birthOf()
      return {
        toNewPlace: {
          place: fresh,
          commands: [execute(`CREATE DATABASE ${quoted(fresh)}${birth}`), shellCommand(words(fresh), { input: path })],
        },
        inPlace: [
          execute(`DROP DATABASE ${quoted(database)}`, `CREATE DATABASE ${quoted(database)}${birth}`),
          shellCommand(words(database), { input: path }),
        ],
      }
    },
  }
}

/** What the application's driver reads, and no personal settings: one of them could leave tables out. */
function connectionOptions({ host, port, user, query, driver }: MysqlPlace): readonly string[] {
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

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function passwordVariable(password: Secret | null): Readonly<Record<string, string>> {
  return password === null ? {} : { MYSQL_PWD: password.reveal() }
}

function endOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, 500))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8')
  } finally {
    closeSync(file)
  }
}
