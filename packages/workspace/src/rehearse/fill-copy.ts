import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RehearsalRefusal, Secret } from '@onehead/core'
import type { Runner } from '../alembic/runner.js'
import { BackupFailed } from '../database/failure.js'
import { connectionOptions, mysqlClient, mysqlMethod, passwordVariable } from '../database/mysql.js'
import { readDump } from '../database/mysql-dump.js'
import { asName, postgresqlMethod, psql, restorer, tellServer } from '../database/postgresql.js'
import { runProgram, type Surroundings } from '../database/program.js'
import { dumpKind, leadsElsewhere } from './dump-file.js'

/** What our Python wants filled; it writes this into a file that only we can read. */
interface Wish {
  readonly dialect: string
  readonly driver: string
  readonly isMariaDB: boolean
  readonly host: string | null
  readonly port: number | null
  readonly user: string | null
  readonly password: string | null
  readonly database: string
  /** The new, empty database. */
  readonly copy: string
  readonly query: Readonly<Record<string, string>>
}

type Refused = Pick<RehearsalRefusal, 'kind' | 'message' | 'help'>

/**
 * Fills a new database from a dump: from the one that was given, else from one of the original, which is made once and kept until `work`
 * goes. Answers in a file; rejects never.
 */
export async function fillCopy(
  runner: Runner,
  work: string,
  number: number,
  dump: string | null,
  signal: AbortSignal,
): Promise<void> {
  const asked = join(work, `fill-${number}.json`)
  const wish = JSON.parse(readFileSync(asked, 'utf8')) as Wish
  rmSync(asked)
  let refused: Refused | null = null
  try {
    await fill(wish, { cwd: runner.cwd, env: runner.childEnvironment(), signal }, work, dump)
  } catch (error) {
    if (!(error instanceof BackupFailed)) throw error
    refused = refusalOf(error)
  }
  const answer = join(work, `filled-${number}.json`)
  writeFileSync(`${answer}.part`, JSON.stringify({ refused }))
  renameSync(`${answer}.part`, answer)
}

async function fill(wish: Wish, surroundings: Surroundings, work: string, given: string | null): Promise<void> {
  const { dialect, driver, isMariaDB, host, port, user, database, query } = wish
  const password = wish.password === null ? null : new Secret(wish.password)
  const place = { host, port, user, password, database, query, driver, isMariaDB }
  const isPostgresql = dialect === 'postgresql'
  const own = join(work, `${wish.copy}${isPostgresql ? '.dump' : '.sql'}`)
  if (given === null && !existsSync(own)) {
    writeFileSync(own, '', { mode: 0o600 })
    const method = isPostgresql ? postgresqlMethod(place, surroundings) : mysqlMethod(place, surroundings)
    await method.dump(own)
  }
  const dump = given ?? own
  if (isPostgresql) await intoPostgresql(place, wish.copy, dump, surroundings)
  else await intoMysql(place, wish.copy, dump, surroundings)
}

type Place = Parameters<typeof mysqlMethod>[0]

/** Owners and rights are those of whoever rehearses; a subscription would begin to fetch. */
const ONLY_CONTENTS = ['--no-owner', '--no-privileges', '--no-publications', '--no-subscriptions', '--exit-on-error']

async function intoPostgresql(place: Place, copy: string, dump: string, surroundings: Surroundings): Promise<void> {
  const { connection, env } = tellServer(place, surroundings)
  const given = { env, password: place.password }
  const target = [...connection, '--no-password', `--dbname=${asName(copy)}`]
  const kind = dumpKind(dump)
  if (kind === 'archive') {
    await runProgram(restorer, [...target, ...ONLY_CONTENTS, dump], surroundings, given)
    return
  }
  if (kind !== 'sql') throw foreign(dump, 'PostgreSQL')
  const leads = await leadsElsewhere(dump)
  if (leads !== null) throw chooses(leads, 'make it without --create, by `pg_dump` and not `pg_dumpall`')
  const args = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--output=/dev/null', `--file=${dump}`]
  await runProgram(psql, [...target, ...args], surroundings, given)
}

async function intoMysql(place: Place, copy: string, dump: string, surroundings: Surroundings): Promise<void> {
  if (dumpKind(dump) !== 'sql') throw foreign(dump, place.isMariaDB ? 'MariaDB' : 'MySQL')
  const { leads } = await readDump(dump)
  if (leads !== null) throw chooses(leads, 'make one of a single database: without --databases and --all-databases')
  const options = ['--binary-mode', '--default-character-set=utf8mb4', '--max-allowed-packet=1G']
  const args = [...connectionOptions(place), ...options, `--database=${copy}`]
  const { password } = place
  await runProgram(mysqlClient(place), args, surroundings, { env: passwordVariable(password), password, input: dump })
}

function foreign(dump: string, server: string): BackupFailed {
  return new BackupFailed('foreign', `${dump} is no dump of ${server}`, 'name one of this database with --from')
}

function chooses(line: string, help: string): BackupFailed {
  return new BackupFailed('foreign', `the dump chooses its database itself (${line})`, help)
}

function refusalOf({ kind, message, help }: BackupFailed): Refused {
  if (kind === 'disk-full') return { kind: 'disk-full', message, help: 'make room, or rehearse with --empty' }
  if (kind === 'stopped') return { kind: 'stopped', message, help: null }
  const own = help?.includes('"backup"') ? null : help
  return { kind: kind === 'foreign' ? 'dump' : 'copy', message: `the copy cannot be filled: ${message}`, help: own }
}
