import { devNull } from 'node:os'
import type { Secret } from '@onehead/core'
import { BackupFailed } from './failure.js'
import type { Method } from './method.js'
import { type Program, runProgram, type Surroundings } from './program.js'
import type { Place } from './server.js'
import { shellCommand } from './shell-command.js'

const packages = 'postgresql-client (Debian, Ubuntu), postgresql (Fedora) or libpq (Homebrew)'
const dumper: Program = { names: ['pg_dump'], packages }
export const restorer: Program = { names: ['pg_restore'], packages }
export const psql: Program = { names: ['psql'], packages }

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

/** What every client program is told about the server: words, variables that may be shown, and all variables. */
export function tellServer(place: Place, surroundings: Surroundings) {
  const telling = Object.entries(place.query).filter(([name]) => name in VARIABLES)
  const variables: Readonly<Record<string, string>> = Object.fromEntries(
    telling.map(([name, value]) => [VARIABLES[name]!, value]),
  )
  const env: Readonly<Record<string, string>> = {
    ...(surroundings.env.PGCONNECT_TIMEOUT === undefined ? { PGCONNECT_TIMEOUT: CONNECT_SECONDS } : {}),
    ...variables,
    ...passwordVariable(place.password),
  }
  return { connection: connectionOptions(place), variables, env }
}

/** Encoding and collation of the database in the file, as `CREATE DATABASE` wants them. */
export async function birthOf(path: string, surroundings: Surroundings): Promise<string> {
  const head = ['--create', '--schema=onehead wants no tables', '--file=-', path]
  const statements = await runProgram(restorer, head, surroundings).catch(() => '')
  return /^CREATE DATABASE .*? (WITH TEMPLATE = .*);$/m.exec(statements)?.[1] ?? 'WITH TEMPLATE = template0'
}

/** `pg_dump` in its custom format. */
export function postgresqlMethod(place: Place, surroundings: Surroundings): Method {
  const { database, password } = place
  const { connection, variables, env } = tellServer(place, surroundings)
  const wish = ['--format=custom', '--no-password', `--lock-wait-timeout=${LOCK_WAIT_MS}`]
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
        throw asDamage(error.message, path)
      }
    },
    async restore(path) {
      const client = (program: string, ...args: readonly string[]) =>
        shellCommand([program, ...connection, ...args], { env: variables })
      const fresh = besideName(database, '_restored')
      return {
        toNewPlace: {
          place: fresh,
          commands: [
            client(
              'psql',
              '--dbname=postgres',
              `--command=CREATE DATABASE ${quoted(fresh)} ${await birthOf(path, surroundings)}`,
            ),
            client('pg_restore', '--exit-on-error', `--dbname=${asName(fresh)}`, path),
          ],
        },
        inPlace: [
          client('dropdb', '--if-exists', '--', database),
          // Makes it again as it was: its encoding, its owner, its settings.
          client('pg_restore', '--create', '--exit-on-error', '--dbname=postgres', path),
        ],
      }
    },
  }
}

/** What `pg_restore` says of a file that it does not take. */
function asDamage(words: string, path: string): BackupFailed {
  const version = /unsupported version \(([\d.]+)\)/.exec(words)?.[1]
  if (version !== undefined) {
    const help = 'install a newer postgresql-client'
    return new BackupFailed('newer', `the backup is of format ${version}, which pg_restore here is too old for`, help)
  }
  if (/does not appear to be a valid archive|text format dump/.test(words)) {
    const help = 'use what `onehead backup` or `pg_dump --format=custom` has made'
    return new BackupFailed('foreign', `${path} is no archive of pg_dump (${words})`, help)
  }
  return new BackupFailed('damaged', `the backup does not read back (${words})`)
}

/** A name that no server cuts off: PostgreSQL takes 63 bytes. */
export function besideName(database: string, ending: string): string {
  let kept = [...database]
  while (Buffer.byteLength(kept.join('') + ending) > 63) kept = kept.slice(0, -1)
  return kept.join('') + ending
}

function connectionOptions({ host, port, user, query }: Place): readonly string[] {
  // SQLAlchemy's other way to name a host, with a port behind it.
  const [, named = null, numbered = null] = /^(.*?)(?::(\d+))?$/.exec(query.host ?? '') ?? []
  return Object.entries({ host: host ?? named, port: port ?? numbered ?? query.port, username: user ?? query.user })
    .filter(([, value]) => value)
    .map(([name, value]) => `--${name}=${value}`)
}

/** A name that looks like a connection string would be taken for one. */
export function asName(database: string): string {
  if (!/=|:\/\//.test(database)) return database
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function passwordVariable(password: Secret | null): Readonly<Record<string, string>> {
  return password === null ? {} : { PGPASSWORD: password.reveal() }
}
