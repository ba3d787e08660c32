import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'
import { developedApp, made } from '../support/reset-world.js'
import { backupFiles, json, nameOf, onehead, type } from '../support/restore-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const typedName = (app: DatabaseApp) => (app.database.server === 'sqlite' ? 'billing.db' : nameOf(app))
const currentOf = (app: DatabaseApp) => /^\w{12}/m.exec(app.alembic('current').stdout)?.[0] ?? null
const scriptsOf = (app: DatabaseApp) =>
  readdirSync(join(app.folder, 'migrations/versions')).filter((name) => name.endsWith('.py'))

/** What no script has made, and what a plain `drop_all` would leave. */
const clutter = {
  sqlite: [],
  mariadb: ['CREATE VIEW latest AS SELECT 1', 'CREATE PROCEDURE greet() SELECT 1', 'CREATE TABLE later (id integer)'],
  postgresql: [
    'CREATE VIEW latest AS SELECT max(id) FROM invoice',
    "CREATE TYPE tone AS ENUM ('red')",
    'CREATE DOMAIN cents AS integer',
    'CREATE SEQUENCE numbers',
    'CREATE SCHEMA "Old ""one"',
    'CREATE TABLE "Old ""one".later (id serial, price cents)',
    'CREATE FUNCTION greet() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  ],
}

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead reset on ${server}${without ? ` (${without})` : ''}`, () => {
    it('builds the database anew behind a backup, and the command that it prints brings all of it back', async () => {
      const app = await developedApp(world, server)
      expect(app.alembic('upgrade', made.first.id).status).toBe(0)
      for (const sql of clutter[server]) app.database.sql(sql)
      const before = server === 'sqlite' ? null : app.database.describe()
      const told = onehead(app, 'reset', 'billing', '--yes', typedName(app))
      expect(told.status, told.output).toBe(0)
      expect(told.stdout).toMatch(/may go .*its name speaks of no production/)
      expect(told.stdout).toContain('models agree with the schema')
      expect(currentOf(app)).toBe(made.second.id)
      if (server !== 'sqlite') expect(Object.keys(app.database.describe().tables).sort()).toEqual(['invoice', 'refund'])
      if (server === 'postgresql') {
        const types =
          "SELECT typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype IN ('e', 'd') AND nspname = 'public'"
        expect(app.database.sql(types)).toEqual([['invoice_state']])
        expect(app.database.sql(`SELECT 1 FROM pg_namespace WHERE nspname LIKE 'Old%'`)).toEqual([])
      }
      const undo = /^ +(onehead restore .*)$/m.exec(told.stdout)![1]!
      const back = type(app, world, undo)
      expect(back.status, back.output).toBe(0)
      expect(currentOf(app)).toBe(made.first.id)
      if (before !== null) expect(app.database.describe()).toEqual(before)
    })

    it('--history: one initial revision from the models, and the printed commands bring the old one back', async () => {
      const app = await developedApp(world, server)
      expect(app.alembic('upgrade', 'head').status).toBe(0)
      const scripts = scriptsOf(app)
      const told = json(app, 'reset', 'billing', '--history', '--yes', typedName(app))
      expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, outcome: 'reset', modelsAgree: true })
      expect(scriptsOf(app)).toEqual([`${told.initial.revision}_initial.py`])
      expect(currentOf(app)).toBe(told.initial.revision)
      for (const command of told.undo) {
        const { status, output } = type(app, world, command)
        expect(status, `${command}: ${output}`).toBe(0)
      }
      expect([scriptsOf(app), currentOf(app)]).toEqual([scripts, made.second.id])
    })
  })
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead reset${without ? ` (${without})` : ''}`, () => {
  const upgraded = async () => {
    const app = await developedApp(world, 'sqlite')
    expect(app.alembic('upgrade', made.first.id).status).toBe(0)
    return app
  }
  const refusal = (app: DatabaseApp, ...args: readonly string[]) => {
    const told = json(app, 'reset', 'billing', '--yes', 'billing.db', ...args)
    expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 1, outcome: 'refused', backups: [] })
    expect(backupFiles(world)).toEqual([])
    return told.refusal
  }

  it('is for development databases only', async () => {
    const app = await upgraded()
    const url = app.env.DATABASE_URL
    app.env.CI = 'true'
    expect(refusal(app)).toMatchObject({ kind: 'not-development', message: expect.stringContaining('CI') })
    delete app.env.CI
    app.env.FLASK_ENV = 'production'
    expect(refusal(app).message).toContain('FLASK_ENV is production')
    delete app.env.FLASK_ENV
    app.env.DATABASE_URL = `sqlite:///${join(app.folder, 'prod.db')}`
    expect(refusal(app).message).toContain('is called "prod"')
    app.env.DATABASE_URL = app.database.url
    expect(refusal(app).message).toContain('outside of the workspace')
    app.env.DATABASE_URL = url
    expect(json(app, 'reset', 'billing')).toMatchObject({
      refusal: { kind: 'unconfirmed', command: 'onehead reset billing --yes billing.db' },
    })
    expect(json(app, 'reset', 'billing', '--yes', 'billing').refusal.kind).toBe('unconfirmed')
    const shown = onehead(app, 'reset', 'billing', '--dry-run')
    expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing is reset yet') })
    expect(currentOf(app)).toBe(made.first.id)
  })

  it('leaves alone a database in which another history lives', async () => {
    const app = await upgraded()
    const sql = 'CREATE TABLE alembic_version_users (version_num VARCHAR(32) NOT NULL)'
    const python = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()'
    const file = app.env.DATABASE_URL!.replace('sqlite:///', '')
    expect(world.git.run(world.python, ['-c', python, file, sql], app.folder).status).toBe(0)
    expect(refusal(app, '--yes', 'billing.db')).toMatchObject({
      kind: 'shared',
      message: expect.stringContaining('another history lives in this database (alembic_version_users)'),
      command: 'onehead downgrade billing --to base',
    })
    expect(currentOf(app)).toBe(made.first.id)
  })

  it('never throws away what is published, nor builds from scripts that are wrong', async () => {
    const app = await upgraded()
    app.repository.commit('Bill customers')
    const published = refusal(app, '--history')
    expect(published).toMatchObject({ kind: 'published', command: 'onehead reset billing' })
    expect(published.message).toContain('are published in the last commit')
    // A script that is only deleted here is published all the same.
    for (const script of [made.first, made.second]) app.repository.write({ [app.pathOf(script)]: null })
    expect(refusal(app, '--history').kind).toBe('published')
    app.write(made.first, made.second, { ...made.second, id: 'f04d6e2b713c' })
    expect(refusal(app)).toMatchObject({ kind: 'scripts', message: 'this history has 2 heads' })
    expect(currentOf(app)).toBe(made.first.id)
  })

  it('that fails says where things stand and the way back, and puts the scripts back', async () => {
    const app = await upgraded()
    const scripts = scriptsOf(app)
    app.repository.write({ 'billing/models.py': 'import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n' })
    const told = json(app, 'reset', 'billing', '--history', '--yes', 'billing.db')
    expect(told, JSON.stringify(told)).toMatchObject({
      exitCode: 1,
      outcome: 'failed',
      failure: {
        message: expect.stringContaining('the models declare no table'),
        stands: 'the database is empty, and the scripts are as they were',
      },
    })
    expect([scriptsOf(app), currentOf(app)]).toEqual([scripts, null])
    expect(told.failure.wayBack).toEqual([
      expect.stringMatching(/^onehead restore billing \S+ --in-place --yes billing.db$/),
    ])
    expect(type(app, world, told.failure.wayBack[0]).status).toBe(0)
    expect(currentOf(app)).toBe(made.first.id)

    const broken = { ...made.second, upgrade: ["op.execute('SELECT nonsense')"] }
    app.write(broken)
    const half = onehead(app, 'reset', 'billing', '--yes', 'billing.db')
    expect(half.status).toBe(1)
    expect(half.stdout).toMatch(/is not reset: billing.db is empty, or upgraded in part\n.*nonsense/)
    expect(half.output).not.toContain('Traceback')
    const way = /^ +(onehead restore .*)$/m.exec(half.stdout)![1]!
    expect(type(app, world, way).status).toBe(0)
    expect(currentOf(app)).toBe(made.first.id)
  })

  it('keeps a copy of every script, byte for byte', async () => {
    const app = await upgraded()
    const bytes = readFileSync(join(app.repository.root, app.pathOf(made.first)))
    const told = json(app, 'reset', 'billing', '--history', '--yes', 'billing.db')
    expect(readFileSync(join(told.scriptsBackup, app.pathOf(made.first))).equals(bytes)).toBe(true)
    expect(existsSync(join(app.repository.root, app.pathOf(made.first)))).toBe(false)
  })
})
