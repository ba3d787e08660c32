import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@onehead/core'
import { callArguments, flaskDirectory, globalArguments } from './arguments.js'
import { type RunFailure, withWayOut } from './failure.js'
import { type AlembicOptions, type AlembicRun, runShim } from './run-alembic.js'
import { type Runner, typedCommand } from './runner.js'

/** One database that env.py connects to, and where it stands. */
export interface DatabaseFacts {
  /** What env.py calls it where it has several (`engine1`, a bind key), else null. */
  readonly name: string | null
  /** SQLAlchemy's word: `postgresql`, `sqlite`, `mysql` (also for MariaDB), `mariadb`, … */
  readonly dialect: string
  readonly driver: string | null
  readonly isMariaDB: boolean
  readonly serverVersion: string | null
  /** env.py writes SQL instead of connecting: nothing below can be known. */
  readonly isOffline: boolean
  /** Without password, and without parameters that could hold one. */
  readonly address: string | null
  readonly user: string | null
  readonly host: string | null
  readonly port: number | null
  /** By the server's own word; for SQLite the absolute path of the file, or `:memory:`. */
  readonly database: string | null
  /** False for a SQLite file that is not there yet; asking does not make it. */
  readonly exists: boolean
  /** The rows of the version table, sorted; empty at base. */
  readonly currentRevisions: readonly string[]
  readonly versionTable: string
  readonly versionTableSchema: string | null
  /** False for a database that no Alembic has ever touched. */
  readonly hasVersionTable: boolean
  /** Tables that a failed batch operation has left behind (`_alembic_tmp_…`); only SQLite keeps them. */
  readonly leftovers: readonly string[]
  /** The columns of each table that was asked for; null for one that is not there. */
  readonly columns: Readonly<Record<string, readonly string[] | null>>
  /** How many rows each table has, `schema.table` outside of the default schema; null unless `counts` was asked for. */
  readonly rowCounts?: Readonly<Record<string, number>> | null
  /** The whole address with its password, for a program that connects; null unless `withPassword` was asked for. */
  readonly connection: Secret | null
}

export interface DatabaseAnswer {
  /** In env.py's order; empty where env.py runs no migrations. */
  readonly databases: readonly DatabaseFacts[]
  readonly run: AlembicRun
  /** Why nobody could tell; null where all went well. */
  readonly failure: RunFailure | null
}

export interface AskOptions extends AlembicOptions {
  /** Also hand out the addresses with their passwords, as secrets: for backups. */
  readonly withPassword?: boolean
  /** Tables to look at, `schema.table` outside of the default schema. */
  readonly tables?: readonly string[]
  /** Also count the rows of every table. */
  readonly counts?: boolean
  /** The database is not there: ask its server where it would be. Nothing but addresses is true of the answer. */
  readonly absent?: boolean
  /** Databases (files by absolute path) and those that are asked in their stead: `database` of the answer says which it was. */
  readonly elsewhere?: Readonly<Record<string, string>>
}

/** Long enough for a slow application and a far server; whoever waits longer waits for ever. */
const PATIENCE_MS = 60_000

type Told = Omit<DatabaseFacts, 'connection'> & { readonly secretAddress: string | null }

/**
 * Asks which databases this environment migrates and where they stand: runs env.py as `alembic current` does, and reads the answer from
 * a file of our own, so that nothing env.py prints can disturb it. Writes nothing into the database, and makes no SQLite file.
 */
export async function askDatabase(runner: Runner, options: AskOptions = {}): Promise<DatabaseAnswer> {
  // Only its owner can look into it, and it is gone before anybody sees the answer.
  const folder = mkdtempSync(join(tmpdir(), 'onehead-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const answer = join(folder, 'answer.json')
    const question = {
      form: runner.form,
      answer,
      withPassword: options.withPassword === true,
      tables: options.tables ?? [],
      counts: options.counts === true,
      elsewhere: options.elsewhere ?? {},
      absent: options.absent === true,
      arguments: globalArguments(runner, options),
      directory: flaskDirectory(runner),
      x: options.x ?? [],
    }
    const typed = typedCommand(runner, callArguments(runner, 'current', [], options))
    const run = await runShim(runner, ['ask', JSON.stringify(question)], typed, { timeoutMs: PATIENCE_MS, ...options })
    return read(run, answer)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

function read(run: AlembicRun, answer: string): DatabaseAnswer {
  if (run.failure !== null) return { databases: [], run, failure: withWayOut(run.failure) }
  let told: readonly Told[]
  try {
    told = (JSON.parse(readFileSync(answer, 'utf8')) as { databases: readonly Told[] }).databases
  } catch {
    // Such as an env.py that ends Python with 0.
    const message = 'env.py ended before Alembic could say where the database stands'
    return {
      databases: [],
      run,
      failure: { kind: 'silent', message, printed: null, cause: null, help: null, rules: [], place: null },
    }
  }
  const databases = told.map(({ secretAddress, ...facts }) => ({
    ...facts,
    connection: secretAddress === null ? null : new Secret(secretAddress),
  }))
  return { databases, run, failure: null }
}
