import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../packages/cli/src/index.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { backupFiles, intercept, json, nameOf, onehead } from '../support/restore-world.js'
import { behindByTwo, invoice, refund } from '../support/upgrade-world.js'
import { world as worldOf } from '../support/world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** Everything that shells, SQL and option parsers stumble over. */
const NAME = `-sh "op's ü`
const PASSWORD = 'hunter22/%'

for (const server of ['postgresql', 'mariadb'] as const) {
  const without = reasonAgainst(server)
  const mark = server === 'mariadb' ? '`' : '"'
  const quoted = (name: string) => mark + name.replaceAll(mark, mark + mark) + mark

  describe.skipIf(without)(`onehead restore on ${server}${without ? ` (${without})` : ''}`, () => {
    it('of a database with the most hostile name', async () => {
      const app = await behindByTwo(world, server)
      const drop = (name: string) => app.database.sql(`DROP DATABASE IF EXISTS ${quoted(name)}`)
      const places = [NAME, `${NAME}_restored`]
      try {
        app.database.sql(`CREATE DATABASE ${quoted(NAME)}`)
        const url = app.database.url.replace(/[^/]*$/, NAME)
        app.env.DATABASE_URL = url
        const upgraded = app.alembic('upgrade', invoice.id)
        expect(upgraded.status, upgraded.output).toBe(0)
        const made = json(app, 'backup')
        expect(made, JSON.stringify(made)).toMatchObject({ exitCode: 0 })
        const beside = json(app, 'restore', 'billing')
        expect(beside, JSON.stringify(beside)).toMatchObject({
          exitCode: 0,
          place: places[1],
          standing: { revisions: [invoice.id] },
        })
        expect(app.alembic('upgrade', 'head').status).toBe(0)
        const unsaid = json(app, 'restore', 'billing', 'latest', '--in-place')
        expect(unsaid.refusal.command).toContain('--in-place')
        const there = json(app, 'restore', 'billing', 'latest', '--in-place', `--yes=${NAME}`)
        expect(there, JSON.stringify(there)).toMatchObject({
          exitCode: 0,
          standing: { revisions: [invoice.id], rows: { invoice: 0 } },
        })
        expect(app.alembic('current').stdout).toContain(invoice.id)
      } finally {
        for (const place of places) drop(place)
      }
    })

    it('shows the password to nobody: not in the list of processes, not in what it prints or keeps', async () => {
      const app = await behindByTwo(world, server)
      const user = `onehead_${process.pid}`
      const run = (sql: string) => app.database.sql(sql)
      if (server === 'postgresql') run(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${PASSWORD}'`)
      else {
        run(`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}'`)
        run(`GRANT ALL ON *.* TO ${user}`)
      }
      try {
        const encoded = encodeURIComponent(PASSWORD)
        app.env.DATABASE_URL = app.database.url.replace(/\/\/\w+@/, `//${user}:${encoded}@`)
        const seen = join(world.git.folder, 'seen')
        // What `ps` would show while each of them runs.
        const watch = `tr '\\0' ' ' </proc/$$/cmdline >>${seen}; tr '\\0' ' ' </proc/$PPID/cmdline >>${seen}; exec $REAL "$@"`
        const programs = server === 'postgresql' ? ['pg_dump', 'pg_restore', 'psql'] : ['mariadb-dump', 'mariadb']
        intercept(app, world, Object.fromEntries(programs.map((name) => [name, watch])))
        const told = [
          onehead(app, 'backup'),
          onehead(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app)),
        ]
        for (const { status, output } of told) expect(status, output).toBe(0)
        const [backup] = backupFiles(world)
        const shown = [
          ...told.map(({ output }) => output),
          readFileSync(seen, 'utf8'),
          readFileSync(`${backup}.json`, 'utf8'),
        ]
        for (const text of shown) expect(text).not.toMatch(/hunter22/)
        expect(shown[2]).toContain('onehead_restoring')
        if (server === 'mariadb') {
          app.env.DATABASE_URL = app.env.DATABASE_URL!.replace(encoded, 'wrong-hunter22')
          const wrong = onehead(app, 'restore', 'billing')
          expect(wrong).toMatchObject({ status: 1, output: expect.stringContaining('Access denied') })
          expect(wrong.output).not.toContain('hunter22')
        }
      } finally {
        app.env.DATABASE_URL = app.database.url
        run(server === 'postgresql' ? `DROP ROLE IF EXISTS ${user}` : `DROP USER IF EXISTS ${user}`)
      }
    })
  })
}

const postgresql = reasonAgainst('postgresql')
describe.skipIf(postgresql)(`onehead restore on postgresql${postgresql ? ` (${postgresql})` : ''}`, () => {
  it('finds the version table in a schema of its own', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const env = readFileSync(join(app.folder, 'migrations/env.py'), 'utf8')
    const elsewhere = env.replace(
      'target_metadata=None',
      "target_metadata=None, version_table='done', version_table_schema='own'",
    )
    app.repository.write({ 'billing/migrations/env.py': elsewhere })
    app.database.sql('CREATE SCHEMA own')
    expect(app.alembic('stamp', invoice.id).status).toBe(0)
    app.database.sql('CREATE TABLE own.note (id integer)')
    expect(onehead(app, 'backup').status).toBe(0)
    expect(app.alembic('upgrade', 'head').status).toBe(0)
    const told = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, standing: { revisions: [invoice.id] } })
    expect(Object.keys(told.standing.rows).sort()).toEqual(['alembic_version', 'invoice', 'own.note'])
  })

  it.each([
    ['pg_dump', 'exec $REAL "$@" --file=/dev/full'],
    [
      'pg_restore',
      'case "$*" in *onehead_restoring*) echo "No space left on device" >&2; exit 1;; esac; exec $REAL "$@"',
    ],
  ])('with a disk that is full for %s: changes nothing, and leaves nothing', async (program, text) => {
    const app = await behindByTwo(world, 'postgresql')
    expect(onehead(app, 'backup').status).toBe(0)
    app.run('upgrade head')
    const there = app.database.describe()
    intercept(app, world, { [program]: text })
    const told = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(told, JSON.stringify(told)).toMatchObject({
      exitCode: 1,
      outcome: 'failed',
      failure: { kind: 'disk-full', stands: 'nothing was changed', wayBack: [] },
    })
    expect(app.database.describe()).toEqual(there)
    const left = app.database.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'onehead\\_re%'")
    expect(left).toEqual([[0]])
    expect(backupFiles(world)).toHaveLength(program === 'pg_dump' ? 1 : 2)
  })

  it('says what a user lacks who may make no database, and has touched nothing', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const user = `onehead_plain_${process.pid}`
    app.database.sql(`CREATE ROLE ${user} LOGIN`)
    try {
      for (const all of ['TABLES', 'SEQUENCES'])
        app.database.sql(`GRANT SELECT ON ALL ${all} IN SCHEMA public TO ${user}`)
      app.env.DATABASE_URL = app.database.url.replace(/\/\/\w+@/, `//${user}@`)
      const made = onehead(app, 'backup')
      expect(made.status, made.output).toBe(0)
      const told = json(app, 'restore', 'billing')
      expect(told).toMatchObject({
        exitCode: 1,
        outcome: 'failed',
        failure: { kind: 'forbidden', stands: 'nothing was changed', help: expect.stringContaining('CREATEDB') },
      })
    } finally {
      app.database.sql(`DROP OWNED BY ${user}`)
      app.database.sql(`DROP ROLE ${user}`)
    }
  })
})

const sqlite = reasonAgainst('sqlite')
describe.skipIf(sqlite)(`onehead restore${sqlite ? ` (${sqlite})` : ''}`, () => {
  const upgraded = async (): Promise<DatabaseApp> => {
    const app = await behindByTwo(world)
    expect(onehead(app, 'backup').status).toBe(0)
    app.run('upgrade head')
    return app
  }

  it('never asks where nobody could answer, and takes no other name for the right one', async () => {
    const app = await upgraded()
    for (const yes of [[], ['--yes', 'billing'], ['--yes', app.database.name]]) {
      const told = json(app, 'restore', 'billing', 'latest', '--in-place', ...yes)
      expect(told).toMatchObject({ exitCode: 1, outcome: 'refused', refusal: { kind: 'unconfirmed' } })
      expect(told.refusal.command).toMatch(/^onehead restore billing 20\S+ --in-place --yes \S+\.sqlite$/)
    }
    expect(app.database.describe().versions).toEqual([refund.id])
    expect(onehead(app, 'restore', 'billing', '--yes', 'x')).toMatchObject({ status: 2 })
    expect(onehead(app, 'restore', 'billing', '--in-place', '--as', 'x')).toMatchObject({ status: 2 })
    expect(onehead(app, 'restore', 'billing', 'latest', 'more')).toMatchObject({ status: 2 })
  })

  it('asks at a terminal for the name, and takes only that', async () => {
    const app = await upgraded()
    const asked: string[] = []
    const answer = (name: string) =>
      main(['restore', 'billing', 'latest', '--in-place'], {
        ...worldOf({ cwd: app.repository.root, env: app.env }),
        ask: async ({ message }) => {
          asked.push(message)
          return name
        },
      })
    const wrong = await answer('shop')
    expect(wrong.exitCode, wrong.stdout).toBe(1)
    expect(wrong.stdout).toContain(`shop is not ${nameOf(app)}`)
    expect(app.database.describe().versions).toEqual([refund.id])
    const right = await answer(nameOf(app))
    expect(right.exitCode, right.stdout).toBe(0)
    expect(app.database.describe().versions).toEqual([invoice.id])
    expect(asked).toEqual([expect.stringContaining(`Everything in ${nameOf(app)} will be replaced`), asked[0]])
  })

  it('names what it cannot find, and the command that shows what there is', async () => {
    const app = await behindByTwo(world)
    const none = json(app, 'restore', 'billing')
    expect(none).toMatchObject({ exitCode: 1, refusal: { kind: 'no-backup', command: 'onehead backup billing' } })
    expect(onehead(app, 'backup').status).toBe(0)
    const wrong = json(app, 'restore', 'billing', '1999')
    expect(wrong.refusal).toMatchObject({
      message: 'no backup is called 1999',
      command: 'onehead backup billing --list',
    })
    expect(json(app, 'restore', 'billing', './nowhere.sqlite').refusal.message).toMatch(/^there is no file \//)
    expect(json(app, 'restore', 'billing', '--as', nameOf(app)).refusal.kind).toBe('place')
    const [year] = json(app, 'backup', '--list').environments[0].backups[0].backup.split('-')
    expect(json(app, 'restore', 'billing', year, '--dry-run')).toMatchObject({ exitCode: 0, outcome: 'untouched' })
  })

  it('keeps permissions and what stands in the log, and leaves nothing beside the file', async () => {
    const app = await behindByTwo(world)
    app.database.sql('PRAGMA journal_mode = WAL')
    expect(onehead(app, 'backup').status).toBe(0)
    app.database.sql('INSERT INTO invoice (id) VALUES (8)')
    // What a killed process has left: a log that belongs to the old file only.
    writeFileSync(`${app.database.name}-wal`, '')
    writeFileSync(`${app.database.name}.onehead-restoring`, 'left by a killed run')
    const told = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, standing: { rows: { invoice: 1 } } })
    expect(existsSync(`${app.database.name}.onehead-restoring`)).toBe(false)
    expect(app.database.sql('SELECT id FROM invoice')).toEqual([[7]])
  })

  it('of a damaged file: leaves it alone; once somebody has moved it away, the backup takes its place', async () => {
    const app = await upgraded()
    const whole = readFileSync(app.database.name)
    const damaged = whole.fill(255, 5000, 9000)
    writeFileSync(app.database.name, damaged)
    // Alembic cannot even ask it, and nobody could back it up.
    const asked = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(asked.exitCode).toBe(1)
    expect(readFileSync(app.database.name).equals(damaged)).toBe(true)
    renameSync(app.database.name, `${app.database.name}.damaged`)
    const told = json(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, before: { kind: 'nothing' } })
    expect(app.database.describe()).toMatchObject({ versions: [invoice.id], rows: { invoice: 1 } })
  })
})
