import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Script, textOf } from './database-scripts.js'
import { type Files, type GitRepository, type GitWorld, gitWorld, type Ran } from './git-world.js'
import { type PythonWorld, providePython } from './python.js'

export type Server = 'sqlite' | 'postgresql' | 'mariadb'
export const servers: readonly Server[] = ['sqlite', 'postgresql', 'mariadb']

/** What a database holds. `versions` and `tables` are equal for the same schema at the same revisions. */
export interface Description {
  /** The rows of `alembic_version`, sorted. */
  readonly versions: readonly string[]
  /** All tables but Alembic's own. */
  readonly tables: Readonly<Record<string, Table>>
  /** How many each of them has. */
  readonly rows: Readonly<Record<string, number>>
}

export interface Table {
  /** Name → type, with `NOT NULL`. */
  readonly columns: Readonly<Record<string, string>>
  readonly indexes: readonly string[]
}

/** A command such as `upgrade head`, or one thing that happens in between. */
export type Step =
  | string
  | { readonly write: readonly Script[]; readonly remove?: readonly Script[] }
  /** A row in every table, with this id. */
  | { readonly fill: number }
  /** Every table is dropped, Alembic's own too. */
  | { readonly empty: true }
  | { readonly sql: string }
  /** One more description for `observe`. */
  | { readonly describe: true }

export interface TestDatabase {
  readonly server: Server
  /** As SQLAlchemy takes it. */
  readonly url: string
  /** The name on the server, or the file. */
  readonly name: string
  sql(statement: string): readonly (readonly unknown[])[]
  describe(): Description
}

export interface DatabaseApp {
  readonly repository: GitRepository
  /** Absolute; commands run here. */
  readonly folder: string
  readonly database: TestDatabase
  /** With `DATABASE_URL`, and Alembic and Flask on the PATH. */
  readonly env: NodeJS.ProcessEnv
  /** The path of a script from the top of the repository. */
  pathOf(script: Script): string
  write(...scripts: readonly Script[]): void
  /** `alembic <args>` or `flask db <args>` in a process of its own. */
  alembic(...args: readonly string[]): Ran
  /** Goes on to the end whatever the commands say; one answer for each that is a command. In one process. */
  try(...steps: readonly Step[]): readonly Ran[]
  /** Throws with Alembic's words where a command fails. What the database holds in the end. */
  run(...steps: readonly Step[]): Description
  /** The same, and what it holds wherever a step asks for it; the end is last. */
  observe(...steps: readonly Step[]): readonly Description[]
}

export interface AppOptions {
  readonly server: Server
  readonly kind?: 'alembic' | 'flask-migrate'
  /** Folder of the app in its repository. */
  readonly path?: string
  /** Default: a new one. */
  readonly repository?: GitRepository
  readonly scripts?: readonly Script[]
  /** Takes the place of the usual ones. */
  readonly files?: Files
}

export interface DatabaseWorld {
  readonly git: GitWorld
  readonly python: string
  /** A new, empty database. */
  database(server: Server): TestDatabase
  /** One that somebody else makes, or has made; it is dropped with the others. */
  named(server: Server, name: string): TestDatabase
  /** A new app with a database of its own. Nothing is committed. */
  app(options: AppOptions): DatabaseApp
  /** Drops every database and every folder. */
  remove(): void
}

type DatabasePython = Extract<PythonWorld, `databases${string}`>

/** Where the servers are; a database of that name must be there to connect to. */
const SERVERS = {
  postgresql: process.env.ONEHEAD_TEST_POSTGRESQL ?? 'postgresql+psycopg2://postgres@127.0.0.1:5432/postgres',
  mariadb: process.env.ONEHEAD_TEST_MARIADB ?? 'mariadb+pymysql://root@127.0.0.1:3306/mysql',
}

const driver = fileURLToPath(new URL('database_driver.py', import.meta.url))
const reasons = new Map<Server, string | null>()

/** Why tests on this server cannot run here, for `describe.skipIf`; null where they can. Asked once. */
export function reasonAgainst(server: Server, world: DatabasePython = 'databases'): string | null {
  const { python, reason } = providePython(world)
  if (python === null) return reason
  if (server === 'sqlite') return null
  if (!reasons.has(server)) {
    const { status, stderr } = drive(python, { url: SERVERS[server], steps: [{ sql: 'SELECT 1' }] })
    reasons.set(server, status === 0 ? null : `no ${server}: ${stderr.trim().split('\n').at(-1)}`)
  }
  return reasons.get(server)!
}

/**
 * A world of apps with real databases, run by real Alembic. Call `remove` in `afterEach`.
 *
 * @throws where this machine has no such Python; ask `reasonAgainst` before
 */
export function databaseWorld(world: DatabasePython = 'databases'): DatabaseWorld {
  const { python, reason } = providePython(world)
  if (python === null) throw new Error(reason)
  const git = gitWorld()
  const dropped = { postgresql: [] as object[], mariadb: [] as object[] }
  let made = 0
  const named = (server: Server, name: string): TestDatabase => {
    const options = server === 'postgresql' ? ' WITH (FORCE)' : ''
    if (server !== 'sqlite') dropped[server].push({ sql: `DROP DATABASE IF EXISTS ${name}${options}` })
    return databaseAt(python, server, name)
  }
  const database = (server: Server): TestDatabase => {
    const name = `onehead_test_${process.pid}_${randomBytes(4).toString('hex')}`
    if (server === 'sqlite') return named(server, join(git.folder, `${name}.sqlite`))
    ask(python, SERVERS[server], { sql: `CREATE DATABASE ${name}` })
    return named(server, name)
  }
  return {
    git,
    python,
    database,
    named,
    app(options) {
      const repository = options.repository ?? git.repository(`shop${++made}`)
      const app = appIn(repository, database(options.server), python, git, options)
      app.write(...(options.scripts ?? []))
      return app
    },
    remove() {
      for (const server of ['postgresql', 'mariadb'] as const) {
        if (dropped[server].length > 0) read(drive(python, { url: SERVERS[server], steps: dropped[server] }))
      }
      git.remove()
    },
  }
}

function databaseAt(python: string, server: Server, name: string): TestDatabase {
  const url = server === 'sqlite' ? `sqlite:///${name}` : SERVERS[server].replace(/\/[^/?]*(?=\?|$)/, `/${name}`)
  return {
    server,
    url,
    name,
    sql: (statement) => ask(python, url, { sql: statement }) as (readonly unknown[])[],
    describe: () => ask(python, url, { describe: true }) as Description,
  }
}

function appIn(
  repository: GitRepository,
  database: TestDatabase,
  python: string,
  git: GitWorld,
  { path = 'billing', kind = 'alembic', files }: AppOptions,
): DatabaseApp {
  const folder = join(repository.root, path)
  const at = (name: string) => (path === '' ? name : `${path}/${name}`)
  const usual = kind === 'alembic' ? alembicFiles : flaskFiles
  // Scripts are written twice within a second, at the same length: what Python compiled of the first would count for the second.
  const uncompiled = { PYTHONDONTWRITEBYTECODE: '1', DATABASE_URL: database.url }
  const state = join(git.folder, 'state')
  const env = {
    ...git.env,
    ...uncompiled,
    XDG_STATE_HOME: state,
    PATH: `${dirname(python)}${delimiter}${git.env.PATH ?? ''}`,
  }
  const command = kind === 'alembic' ? ['-m', 'alembic'] : ['-m', 'flask', '--app', 'app', 'db']
  const contents = Object.entries(files ?? usual).map(([name, text]) => [at(name), text] as const)
  repository.write(Object.fromEntries(contents))
  if (kind === 'flask-migrate' && files === undefined) {
    const { status, output } = git.run(python, [...command, 'init'], folder, { env })
    if (status !== 0) throw new Error(`flask db init ended with ${status}: ${output}`)
  }
  const pathOf = (script: Script) => at(`migrations/versions/${script.file ?? script.id}.py`)
  const write = (...scripts: readonly Script[]) =>
    repository.write(Object.fromEntries(scripts.map((script) => [pathOf(script), textOf(script)])))
  const answers = (steps: readonly Step[]) => {
    const asked = steps.map((step) => {
      if (typeof step === 'string') return { [kind === 'alembic' ? 'alembic' : 'flask']: step.split(' ') }
      if (!('write' in step)) return step
      const inApp = (script: Script) => relative(path, pathOf(script))
      const gone = (step.remove ?? []).map((script) => [inApp(script), null] as const)
      return { write: Object.fromEntries([...gone, ...step.write.map((script) => [inApp(script), textOf(script)])]) }
    })
    const work = { url: database.url, steps: [...asked, { describe: true }] }
    return read(drive(python, work, { cwd: folder, env })) as unknown[]
  }
  const observe: DatabaseApp['observe'] = (...steps) => {
    const answered = answers(steps)
    for (const [index, step] of steps.entries()) {
      if (typeof step !== 'string') continue
      const { status, output } = answered[index] as Ran
      if (status !== 0) throw new Error(`alembic ${step} ended with ${status}: ${output}`)
    }
    const asked = (index: number) => typeof steps[index] === 'object' && 'describe' in steps[index]
    return answered.filter((_, index) => asked(index) || index === steps.length) as Description[]
  }
  return {
    repository,
    folder,
    database,
    env,
    pathOf,
    write,
    alembic: (...args) => git.run(python, [...command, ...args], folder, { env }),
    try: (...steps) => answers(steps).filter((_, index) => typeof steps[index] === 'string') as Ran[],
    run: (...steps) => observe(...steps).at(-1)!,
    observe,
  }
}

interface Work {
  readonly url: string
  readonly steps: readonly object[]
}

function drive(python: string, work: Work, place: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const input = JSON.stringify(work)
  return spawnSync(python, [driver], { ...place, input, encoding: 'utf8', timeout: 300_000, maxBuffer: 64 << 20 })
}

function read({ status, stdout, stderr, error }: ReturnType<typeof drive>): unknown {
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

function ask(python: string, url: string, step: object): unknown {
  return (read(drive(python, { url, steps: [step] })) as unknown[])[0]
}

const alembicFiles: Files = {
  'alembic.ini': '[alembic]\nscript_location = %(here)s/migrations\n',
  'migrations/script.py.mako': '',
  'migrations/env.py': `import logging
import os

from alembic import context
from sqlalchemy import create_engine, pool

logging.basicConfig(format="%(levelname)-5.5s [%(name)s] %(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`,
}

const flaskFiles: Files = {
  'app.py': `import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)
migrate = Migrate(app, db)
`,
}
