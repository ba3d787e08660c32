import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type Server,
} from '../support/database-world.js'
import { copiesOf, rehearse, rehearseJson } from '../support/rehearse-world.js'
import { behindByTwo, dueDate, invoice, refund, start } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const described = (server: Server, what: string, python?: Parameters<typeof reasonAgainst>[1]) => {
  const without = reasonAgainst(server, python)
  return [without !== null, `${what}${without ? ` (${without})` : ''}`] as const
}

const run = (app: DatabaseApp, command: string) => {
  const { status, output } = world.git.run('sh', ['-c', command], app.repository.root, { env: app.env })
  expect(status, output).toBe(0)
}

const [noPostgresql, onPostgresql] = described('postgresql', 'a dump of PostgreSQL')
describe.skipIf(noPostgresql)(onPostgresql, () => {
  it('as an archive and in SQL; one that leads elsewhere is refused, and the original is as it was', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const address = app.database.url.replace('+psycopg2', '')
    const [archive, sql, creating] = ['a.dump', 'b.sql', 'c.sql'].map((name) => join(world.git.folder, name))
    run(app, `pg_dump --format=custom --file=${archive} ${address}`)
    run(app, `pg_dump --file=${sql} ${address}`)
    run(app, `pg_dump --create --file=${creating} ${address}`)
    app.run('downgrade base')
    const before = app.database.describe()
    for (const dump of [archive, sql]) {
      const told = rehearseJson(app, '--from', dump!)
      expect(told).toMatchObject({ exitCode: 0, source: 'dump', databases: [{ from: [invoice.id], method: 'dump' }] })
    }
    const { stdout, status } = rehearse(app, '--from', creating!)
    expect(status).toBe(1)
    expect(stdout).toMatch(/the dump chooses its database itself \((CREATE\s+DATABASE|\\connect|DROP)/)
    writeFileSync(sql!, `${readFileSync(sql!, 'utf8').split('\n').slice(0, 30).join('\n')}\nSELECT nonsense;\n`)
    expect(rehearseJson(app, '--from', sql!).refusal).toMatchObject({
      kind: 'copy',
      message: expect.stringMatching(/nonsense/),
    })
    expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
  })

  it('enums, functions, triggers, views and sequences: what a downgrade leaves of them is named', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const body = 'BEGIN RETURN NEW; END'
    app.write({
      ...refund,
      upgrade: [
        "op.execute(\"CREATE TYPE state AS ENUM ('open', 'paid')\")",
        "op.execute('CREATE SEQUENCE numbers')",
        "op.execute('CREATE VIEW dues AS SELECT due FROM invoice')",
        `op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS '${body}'")`,
        "op.execute('CREATE TRIGGER touched BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION touch()')",
        "op.execute('ALTER TABLE invoice ADD CONSTRAINT positive CHECK (due > 0)')",
        "op.execute('CREATE INDEX ix_due ON invoice (due) WHERE due > 5')",
      ],
      downgrade: ["op.execute('SELECT 1')"],
    })
    const [finding] = rehearseJson(app).findings
    const left = finding.differences.map((one: Record<string, string>) =>
      [one.kind, one.table, one.name].join(' ').trim(),
    )
    expect(left.sort()).toEqual(
      [
        ...['check constraint invoice positive', 'enum  state', 'function  touch()', 'index invoice ix_due'],
        ...['sequence  numbers', 'trigger invoice touched', 'view dues'],
      ].sort(),
    )
  })
})

const [noMariadb, onMariadb] = described('mariadb', 'a dump of MariaDB')
describe.skipIf(noMariadb)(onMariadb, () => {
  it('comes without its events: the scheduler would run them from the copy, and they may name the original', async () => {
    const app = await behindByTwo(world, 'mariadb')
    app.database.sql('CREATE EVENT dues ON SCHEDULE EVERY 1 DAY DO DELETE FROM invoice')
    const [{ copy, method }] = rehearseJson(app, '--keep').databases
    expect([method, copy]).toEqual(['dump', expect.stringContaining('onehead_rehearsal_kept_')])
    world.named('mariadb', copy)
    const events = app.database.sql("SELECT event_schema FROM information_schema.events WHERE event_name = 'dues'")
    expect(events.flat()).toEqual([app.database.name])
  })

  it('is taken; one of several databases is refused', async () => {
    const app = await behindByTwo(world, 'mariadb')
    const [, user, host, port] = /\/\/(\w+)(?::\w*)?@([\w.]+):(\d+)/.exec(app.database.url)!
    const dump = join(world.git.folder, 'a.sql')
    const command = `mariadb-dump --no-defaults --host=${host} --port=${port} --user=${user}`
    run(app, `${command} --result-file=${dump} ${app.database.name}`)
    app.run('downgrade base')
    const before = app.database.describe()
    expect(rehearseJson(app, '--from', dump)).toMatchObject({ exitCode: 0, databases: [{ from: [invoice.id] }] })
    run(app, `${command} --result-file=${dump} --databases ${app.database.name}`)
    expect(rehearseJson(app, '--from', dump).refusal).toMatchObject({
      kind: 'dump',
      message: expect.stringMatching(/chooses its database/),
    })
    expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
  })
})

const [noSqlite, onSqlite] = described('sqlite', 'onehead rehearse, whatever the project')
describe.skipIf(noSqlite)(onSqlite, () => {
  it('several databases in one env.py: a copy of each', async () => {
    const app = await behindByTwo(world)
    const other = world.database('sqlite')
    const env = `import os
from alembic import context
from sqlalchemy import create_engine, pool

for name, url in (("shop", os.environ["DATABASE_URL"]), ("archive", "${other.url}")):
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, upgrade_token="%s_upgrades" % name, downgrade_token="%s_downgrades" % name)
        with context.begin_transaction():
            context.run_migrations()
`
    app.repository.write({ 'billing/migrations/env.py': env })
    other.sql('CREATE TABLE kept (id INTEGER)')
    const told = rehearseJson(app)
    expect(told).toMatchObject({
      ...{ exitCode: 0, isUntouched: true },
      databases: [
        { name: 'shop', from: [invoice.id] },
        { name: 'archive', from: [] },
      ],
    })
    const ran = told.revisions.map((one: Record<string, string>) => `${one.revision} ${one.database} ${one.upAgain}`)
    expect(ran).toEqual([
      `${invoice.id} archive well`,
      ...[`${dueDate.id} shop well`, `${dueDate.id} archive well`],
      ...[`${refund.id} shop well`, `${refund.id} archive well`],
    ])
    expect(Object.keys(other.describe().tables)).toEqual(['kept'])
    expect(copiesOf(world, app)).toEqual([])
  })

  it('onehead itself is killed: what it started goes on to its end, and drops everything', async () => {
    const app = await behindByTwo(world)
    const before = readFileSync(app.database.name)
    const there = join(world.git.folder, 'waiting')
    app.write({
      ...refund,
      upgrade: [`open('${there}', 'w').close()`, "__import__('time').sleep(3)", ...refund.upgrade!],
    })
    const running = start(app, 'rehearse')
    await vi.waitFor(() => expect(existsSync(there)).toBe(true), { timeout: 120_000, interval: 100 })
    running.child.kill('SIGKILL')
    await running.end()
    const copies = () => copiesOf(world, app).filter((name) => name.endsWith('.sqlite'))
    await vi.waitFor(() => expect(copies()).toEqual([]), { timeout: 120_000, interval: 200 })
    app.write(refund)
    // Its folder, with what might be a dump, goes with the next one.
    expect(rehearse(app).status).toBe(0)
    expect(copiesOf(world, app)).toEqual([])
    expect(readFileSync(app.database.name).equals(before)).toBe(true)
  })

  it('no room for the copy: said, and nothing is left', async () => {
    const app = await behindByTwo(world)
    app.database.sql(
      'CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i AS id, hex(randomblob(500)) AS text FROM n',
    )
    const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))
    const command = `ulimit -f 1000; exec '${process.execPath}' '${bin}' rehearse --format json`
    const { stdout, status } = world.git.run('bash', ['-c', command], app.repository.root, { env: app.env })
    expect(status, stdout).toBe(1)
    expect(JSON.parse(stdout).environments[0].refusal.kind).toMatch(/disk-full|copy/)
    expect(copiesOf(world, app)).toEqual([])
  })
})

const [noOld, onOld] = described('sqlite', 'onehead rehearse with Alembic 1.13', 'alembic-1.13' as 'databases')
describe.skipIf(noOld)(onOld, () => {
  it('runs', async () => {
    world.remove()
    world = databaseWorld('alembic-1.13' as 'databases')
    const app = await behindByTwo(world)
    expect(rehearseJson(app)).toMatchObject({ exitCode: 0, refusal: null, isUntouched: true })
  })
})

const [noAsync, onAsync] = described('postgresql', 'onehead rehearse with an asynchronous driver', 'databases-drivers')
describe.skipIf(noAsync)(onAsync, () => {
  it('asyncpg: led to the copy, and renewed after a downgrade that spoils it', async () => {
    world.remove()
    world = databaseWorld('databases-drivers')
    const app = await behindByTwo(world, 'postgresql')
    const env = `import asyncio
import os
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine(os.environ["DATABASE_URL"].replace("psycopg2", "asyncpg"))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()

asyncio.run(main())
`
    app.repository.write({ 'billing/migrations/env.py': env })
    app.write({ ...dueDate, downgrade: ["op.execute('SELECT 1')"] })
    const before = app.database.describe()
    const told = rehearseJson(app)
    expect(told).toMatchObject({
      ...{ exitCode: 1, refusal: null, isUntouched: true },
      revisions: [
        { up: 'well', down: 'differs', upAgain: 'failed' },
        { up: 'well', down: 'well', upAgain: 'well' },
      ],
    })
    expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
  })
})
