import { devNull } from 'node:os'
import type { Secret } from '@onehead/core'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { type Program, runProgram, type Surroundings } from './program.js'
import type { Place } from './server.js'
import { shellCommand } from './shell-command.js'

const packages = 'postgresql-client (Debian, Ubuntu), postgresql (Fedora) or libpq (Homebrew)'
const dumper: Program = { names: ['pg_dump'], packages }
const restorer: Program = { names: ['pg_restore'], packages }

/** Parameters of an address that the library behind every client program reads from a variable. */
const VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  // asyncpg's word.
  ssl: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  service: 'PGSERVICE',
  passfile: 'PGPASSFILE',
}

/** How long a server that does not answer is waited for, where the user has not said. */
const CONNECT_SECONDS = '10'
/** A table that somebody changes just now cannot be read; whoever waits for it for ever never upgrades. */
const LOCK_WAIT_MS = 60_000

/** `pg_dump` in its custom format. */
export function postgresqlMethod(place: Place, surroundings: Surroundings): Method {
  const { database, query, password } = place
  const connection = connectionOptions(place)
  const telling = Object.entries(query).filter(([name]) => name in VARIABLES)
  const variables = Object.fromEntries(telling.map(([name, value]) => [VARIABLES[name]!, value]))
  const env = {
    ...(surroundings.env.PGCONNECT_TIMEOUT === undefined ? { PGCONNECT_TIMEOUT: CONNECT_SECONDS } : {}),
    ...variables,
    ...passwordVariable(password),
  }
  const wish = ['--format=custom', '--no-password', `--lock-wait-timeout=${LOCK_WAIT_MS}`]
  /** Encoding and collation of the database in the file, as `CREATE DATABASE` wants them. */
  const birthOf = async (path: string) => {
    const head = ['--create', '--schema=onehead wants no tables', '--file=-', path]
    const statements = await runProgram(restorer, head, surroundings).catch(() => '')
    return /^CREATE DATABASE .*? (WITH TEMPLATE = .*);$/m.exec(statements)?.[1] ?? 'WITH TEMPLATE = template0'
  }
  return {
    kind: 'postgresql',
    extension: '.dump',
    async dump(path) {
      const args = [...wish, `--file=${path}`, ...connection, `--dbname=${asName(database)}`]
      await runProgram(dumper, args, surroundings, { env, password })
    },
    async verify(path) {
      try {
        const list = await runProgram(restorer, ['--list', path], surroundings)
        // The list stands at the beginning: only reading to the end tells that all of it is there.
        await runProgram(restorer, [`--file=${devNull}`, path], surroundings)
        return list.split('\n').filter((line) => /^\d+; \d+ \d+ TABLE (?!DATA )/.test(line)).length
      } catch (error) {
        if (!(error instanceof BackupFailed) || error.kind !== 'failed') throw error
        throw new BackupFailed('damaged', `the backup does not read back (${error.message})`)
      }
    },
    async restore(path) {
      const client = (program: string, ...args: readonly string[]) =>
        shellCommand([program, ...connection, ...args], { env: variables })
      const fresh = `${database}_restored`
      return {
        toNewPlace: {
          place: fresh,
          commands: [
            client('psql', '--dbname=postgres', `--command=CREATE DATABASE ${quoted(fresh)} ${await birthOf(path)}`),
            client('pg_restore', '--exit-on-error', `--dbname=${asName(fresh)}`, path),
          ],
        },
        inPlace: [
          client('dropdb', '--if-exists', database),
          // Makes it again as it was: its encoding, its owner, its settings.
          client('pg_restore', '--create', '--exit-on-error', '--dbname=postgres', path),
        ],
      }
    },
  }
}

function connectionOptions({ host, port, user, query }: Place): readonly string[] {
  // SQLAlchemy's other way to name a host, with a port behind it.
  const [, named = null, numbered = null] = /^(.*?)(?::(\d+))?$/.exec(query.host ?? '') ?? []
  return Object.entries({ host: host ?? named, port: port ?? numbered ?? query.port, username: user ?? query.user })
    .filter(([, value]) => value)
    .map(([name, value]) => `--${name}=${value}`)
}

/** A name that looks like a connection string would be taken for one. */
function asName(database: string): string {
  if (!/=|:\/\//.test(database)) return database
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function passwordVariable(password: Secret | null): Readonly<Record<string, string>> {
  return password === null ? {} : { PGPASSWORD: password.reveal() }
}
