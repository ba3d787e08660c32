import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { askDatabase, currentRevisions, downgrade, stamp, upgrade } from '@onehead/workspace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import { type DatabaseWorld, databaseWorld, reasonAgainst, servers } from '../support/database-world.js'
import { runnerOf } from '../support/runner-world.js'

const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }
const customer: Script = { id: '8b1f2c7d90aa', parents: invoice.id, ...creates('customer') }
const refund: Script = { id: 'f04d6e2b713c', parents: invoice.id, ...creates('refund') }

let world: DatabaseWorld
afterEach(() => world.remove())

const dialects = { sqlite: 'sqlite', postgresql: 'postgresql', mariadb: expect.stringMatching(/^(mysql|mariadb)$/) }

for (const python of ['databases', 'databases-1.8'] as const) {
  for (const server of servers) {
    const reason = reasonAgainst(server, python)
    describe.skipIf(reason)(`a database on ${server}, ${python}${reason ? ` (${reason})` : ''}`, () => {
      beforeEach(() => {
        world = databaseWorld(python)
      })

      it('is asked where it stands, and left as it is', async () => {
        const app = world.app({ server, scripts: [invoice, customer, refund] })
        const runner = await runnerOf(app, world.python)
        const { databases, failure } = await askDatabase(runner)
        expect(failure).toBeNull()
        const facts = {
          name: null,
          dialect: dialects[server],
          isMariaDB: server === 'mariadb',
          isOffline: false,
          database: app.database.name,
          versionTable: 'alembic_version',
          versionTableSchema: null,
          connection: null,
        }
        const untouched = { ...facts, currentRevisions: [], hasVersionTable: false, exists: server !== 'sqlite' }
        expect(databases).toEqual([expect.objectContaining(untouched)])
        if (server === 'sqlite') expect(existsSync(app.database.name)).toBe(false)

        app.run('upgrade 8b1f')
        expect((await askDatabase(runner)).databases).toEqual([
          expect.objectContaining({ ...facts, currentRevisions: [customer.id], hasVersionTable: true, exists: true }),
        ])
        const { versions } = app.run('upgrade heads')
        expect(versions).toEqual([customer.id, refund.id])
        expect(await currentRevisions(runner)).toEqual([versions])

        app.run('downgrade base', { sql: "INSERT INTO alembic_version VALUES ('gone12345678')" })
        expect(await currentRevisions(runner)).toEqual([['gone12345678']])
      })

      it('is moved', async () => {
        const app = world.app({ server, scripts: [invoice, customer] })
        const runner = await runnerOf(app, world.python)
        const lines: string[] = []
        const run = await upgrade(runner, 'head', { onOutput: (line, stream) => lines.push(`${stream}: ${line}`) })
        expect(run).toMatchObject({ code: 0, failure: null, typed: '.venv/bin/alembic upgrade head' })
        expect(lines).toContainEqual(expect.stringMatching(/^stderr: INFO .* Running upgrade {2}-> 3c9e51a7b204/))
        expect(app.database.describe()).toMatchObject({
          versions: [customer.id],
          tables: { invoice: {}, customer: {} },
        })
        expect(await downgrade(runner, '-1')).toMatchObject({ failure: null })
        expect(await stamp(runner, customer.id, { purge: true })).toMatchObject({ failure: null })
        const { versions, tables } = app.database.describe()
        expect([versions, Object.keys(tables)]).toEqual([[customer.id], ['invoice']])
        const { stdout } = await downgrade(runner, `${customer.id}:base`, { sql: true })
        expect(stdout).toContain('DROP TABLE customer')
      })
    })
  }
}

const sqlite = reasonAgainst('sqlite')
describe.skipIf(sqlite)(`with Flask-Migrate${sqlite ? ` (${sqlite})` : ''}`, () => {
  beforeEach(() => {
    world = databaseWorld()
  })

  it('the application is asked, from wherever it lies', async () => {
    const app = world.app({ server: 'sqlite', kind: 'flask-migrate', scripts: [invoice, customer] })
    const runner = await runnerOf(app, world.python, { config: 'migrations/alembic.ini' })
    expect(runner).toMatchObject({ form: 'flask', cwd: app.folder, facts: { flaskMigrate: '4.1.0' } })
    expect((await askDatabase(runner)).databases).toMatchObject([{ exists: false, currentRevisions: [] }])
    expect(existsSync(app.database.name)).toBe(false)
    expect(await upgrade(runner, '3c9e')).toMatchObject({ failure: null, typed: '.venv/bin/flask db upgrade 3c9e' })
    expect(await upgrade(runner, '+1')).toMatchObject({ failure: null })
    expect(await currentRevisions(runner)).toEqual([[customer.id]])
    expect(await downgrade(runner, '-1')).toMatchObject({ failure: null })
    expect(app.database.describe()).toMatchObject({ versions: [invoice.id] })
  })

  it('an application of another name, folder and command is found by "app"', async () => {
    const app = world.app({ server: 'sqlite', kind: 'flask-migrate', scripts: [invoice] })
    const factory = `import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

def make(url):
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ[url]
    db.init_app(app)
    Migrate(app, db, directory="database", command="schema")
    return app
`
    app.repository.write({ 'billing/app.py': null, 'billing/shop.py': factory })
    world.git.run('mv', ['migrations', 'database'], app.folder)
    const config = 'database/alembic.ini'
    const runner = await runnerOf(app, world.python, { config, app: "shop:make('DATABASE_URL')" })
    expect(await upgrade(runner, 'head')).toMatchObject({
      failure: null,
      typed: `.venv/bin/flask --app 'shop:make('\\''DATABASE_URL'\\'')' db upgrade --directory database head`,
    })
    expect(await currentRevisions(runner)).toEqual([[invoice.id]])
    const lost = await runnerOf(app, world.python, { config })
    expect((await askDatabase(lost)).failure).toMatchObject({
      kind: 'said',
      message: expect.stringContaining('Could not locate a Flask application'),
      help: 'name it with FLASK_APP or `flask --app`; for onehead, as "app" in onehead.json',
    })
  })
})

describe.skipIf(sqlite)(`an environment${sqlite ? ` (${sqlite})` : ''}`, () => {
  beforeEach(() => {
    world = databaseWorld()
  })

  it('may have several databases: each is told of by its name', async () => {
    const app = world.app({ server: 'sqlite' })
    app.repository.write({
      'billing/migrations/env.py': null,
      'billing/migrations/script.py.mako': null,
      'billing/alembic.ini': null,
    })
    expect(app.alembic('init', '-t', 'multidb', 'migrations').status).toBe(0)
    const ini = `[alembic]
script_location = %(here)s/migrations
databases = orders, people

[orders]
sqlalchemy.url = sqlite:///orders.db

[people]
sqlalchemy.url = sqlite:///people.db

${['loggers', 'handlers', 'formatters'].map((name) => `[${name}]\nkeys = ${name === 'loggers' ? 'root' : ''}\n`).join('\n')}
[logger_root]
handlers =
`
    app.repository.write({ 'billing/alembic.ini': ini })
    const runner = await runnerOf(app, world.python)
    expect(app.alembic('revision', '--rev-id', invoice.id).output).toContain('done')
    expect(await upgrade(runner, 'head')).toMatchObject({ failure: null })
    const { databases } = await askDatabase(runner)
    expect(databases.map(({ name, database, currentRevisions }) => [name, database, currentRevisions])).toEqual([
      ['orders', join(app.folder, 'orders.db'), [invoice.id]],
      ['people', join(app.folder, 'people.db'), [invoice.id]],
    ])
  })

  it('may have another version table, and another section of the configuration', async () => {
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    const env = `from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, version_table=context.get_x_argument(as_dictionary=True)["table"])
    with context.begin_transaction():
        context.run_migrations()
`
    const section = '[tenants]\nscript_location = %(here)s/migrations\nsqlalchemy.url = sqlite:///tenants.db\n'
    app.repository.write({
      'billing/migrations/env.py': env,
      'billing/deploy/db.ini': section.replace('s/mig', 's/../mig'),
    })
    const runner = await runnerOf(app, world.python, { config: 'deploy/db.ini' })
    const x = ['table=shop_version']
    expect(await upgrade(runner, 'head', { x })).toMatchObject({
      failure: null,
      typed: expect.stringMatching(/alembic (-c \S+ )?-n tenants -x table=shop_version upgrade head$/),
    })
    const { databases } = await askDatabase(runner, { x })
    expect(databases).toMatchObject([{ versionTable: 'shop_version', currentRevisions: [invoice.id] }])
  })
})

const postgresql = reasonAgainst('postgresql')
describe.skipIf(postgresql)(`a password${postgresql ? ` (${postgresql})` : ''}`, () => {
  beforeEach(() => {
    world = databaseWorld()
  })

  it('is handed out as a secret where it is asked for, and told nowhere else', async () => {
    const app = world.app({ server: 'postgresql', scripts: [invoice] })
    // The server trusts whoever is local, so that any password will do.
    const url = app.database.url.replace(/(:\/\/[^:@]+)(:[^@]*)?@/, '$1:correct-horse%40staple@')
    const shell = { ...app.env, DATABASE_URL: `${url}?application_name=password=correct-horse` }
    const print = `import os, sys
url = os.environ["DATABASE_URL"]
print("connecting to", url)
print({"password": url.split(":")[2].split("@")[0]}, file=sys.stderr)
print("as correct-horse@staple", flush=True)
`
    app.repository.write({
      'billing/migrations/env.py': print + world.git.run('cat', ['env.py'], join(app.folder, 'migrations')).stdout,
    })
    const runner = await runnerOf(app, world.python, { shell, databaseUrlEnv: 'DATABASE_URL' })
    const lines: string[] = []
    const answer = await askDatabase(runner, { withPassword: true, onOutput: (line) => lines.push(line) })
    expect(answer.databases[0]?.connection?.reveal()).toContain('correct-horse%40staple@')
    const told = inspect(answer, { depth: 9, showHidden: true }) + JSON.stringify(answer) + lines.join('\n')
    expect(told).toContain(`:***@`)
    expect(told).not.toMatch(/correct-horse|staple/)
    expect((await askDatabase(runner)).databases[0]?.connection).toBeNull()
  })

  it('goes to env.py in the variable that onehead.json names', async () => {
    const app = world.app({ server: 'postgresql', scripts: [invoice] })
    const other = world.database('postgresql')
    const runner = await runnerOf(app, world.python, { databaseUrlEnv: 'DATABASE_URL' })
    const { Secret } = await import('@onehead/core')
    const { databases } = await askDatabase(runner, { databaseUrl: new Secret(other.url) })
    expect(databases).toMatchObject([{ database: other.name }])
  })
})
