import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { backupsOf, behindByTwo, dueDate, invoice, refund, upgrade, upgradeJson } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** What a script does when it brings SQLite not to change Alembic's row. */
const KEEPS_THE_ROW = `op.execute("CREATE TRIGGER keep AFTER UPDATE ON alembic_version BEGIN UPDATE alembic_version SET version_num = '${dueDate.id}' WHERE version_num = '${refund.id}'; END")`

const PASSWORD = 'Tr0ub4dor-and-3'
const described = (server: 'sqlite' | 'postgresql' | 'mariadb', what: string) => {
  const without = reasonAgainst(server)
  return [without !== null, `${what}${without ? ` (${without})` : ''}`] as const
}

const [noSqlite, onSqlite] = described('sqlite', 'onehead upgrade on SQLite')
describe.skipIf(noSqlite)(onSqlite, () => {
  it('a backup that fails stops it before the first statement', async () => {
    const app = await behindByTwo(world)
    app.repository.write({ 'onehead.json': '{ "environments": { "billing": { "backup": "false" } } }' })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toContain('there is no backup, so nothing was run')
    expect(app.database.describe().versions).toEqual([invoice.id])
  })

  it('nothing runs where the database has moved on since it was planned', async () => {
    const app = await behindByTwo(world)
    const somebody = '.venv/bin/alembic upgrade 8b1f2c7d90aa'
    app.repository.write({ 'onehead.json': JSON.stringify({ environments: { billing: { backup: somebody } } }) })
    expect(upgradeJson(app)).toMatchObject({
      exitCode: 1,
      failure: { kind: 'moved-on', revision: null },
      databases: [{ done: [], standing: [dueDate.id] }],
    })
  })

  it('a lock that has no place is not blamed on env.py: the folder and the variable are said', async () => {
    const app = await behindByTwo(world)
    const state = `${world.git.folder}/state-is-a-file`
    writeFileSync(state, '')
    const env = { ...app.env, XDG_STATE_HOME: state }
    const { status, stdout } = app.repository.onehead(['upgrade', '--no-backup'], { env })
    expect(status).toBe(1)
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `because ${state}/onehead/locks cannot be written, where the lock of this database would lie (`,
    )
    expect(stdout).toContain('cure: point XDG_STATE_HOME to a folder that you may write')
    expect(stdout).not.toContain('env.py')
    expect(app.database.describe().versions).toEqual([invoice.id])
    const stamped = app.repository.onehead(['stamp', 'billing', dueDate.id, '--yes'], { env })
    expect([stamped.status, stamped.output]).toEqual([1, expect.stringContaining('point XDG_STATE_HOME')])
    const rehearsed = app.repository.onehead(['rehearse'], { env })
    expect([rehearsed.status, rehearsed.stderr]).toEqual([2, expect.stringContaining('point XDG_STATE_HOME')])
  })

  it('NOT NULL on a filled table', async () => {
    const app = await behindByTwo(world)
    app.write({ ...dueDate, upgrade: ["op.add_column('invoice', sa.Column('due', sa.Integer(), nullable=False))"] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/8b1f2c7d90aa .*failed\n +because .*Cannot add a NOT NULL column/)
    expect(stdout).toMatch(/stands at 3c9e51a7b204, as before\n +half-way: no/)
  })

  it('names the table that a failed batch operation leaves, and warns of it before the next try', async () => {
    const app = await behindByTwo(world)
    app.write({
      ...refund,
      upgrade: ["with op.batch_alter_table('invoice') as batch: batch.alter_column('due', nullable=False)"],
    })
    const { stdout } = upgrade(app)
    expect(stdout).toMatch(/NOT NULL constraint failed/)
    expect(stdout).toMatch(/left over: _alembic_tmp_invoice is there/)
    expect(upgradeJson(app, '--dry-run').databases[0].leftovers).toEqual(['_alembic_tmp_invoice'])
    expect(upgrade(app, '--dry-run').stdout).toMatch(/warning: _alembic_tmp_invoice is left/)
    app.database.sql('DROP TABLE _alembic_tmp_invoice')
    app.write(refund)
    expect(upgrade(app).status).toBe(0)
  })

  it('several environments: one after the other, and a failure ends in a table', async () => {
    const app = await behindByTwo(world)
    const { repository } = app
    const stock = world.app({ server: 'sqlite', repository, path: 'stock', scripts: [invoice, dueDate] })
    const users = world.app({ server: 'sqlite', repository, path: 'users', scripts: [invoice] })
    stock.write({ ...dueDate, upgrade: ["op.execute('SELECT nonsense')"] })
    const own = (path: string, url: string) => [
      path,
      { runner: 'billing/.venv/bin/python', env: { DATABASE_URL: url } },
    ]
    const environments = [app, stock, users].map((one, index) =>
      own(['billing', 'stock', 'users'][index]!, one.database.url),
    )
    repository.write({ 'onehead.json': JSON.stringify({ environments: Object.fromEntries(environments) }) })
    const { stdout, status } = upgrade(app)
    expect(status, stdout).toBe(1)
    expect(stdout).toMatch(/billing +upgraded\n.*stock +failed\n.*users +untouched\n/)
    expect(app.database.describe().versions).toEqual([refund.id])
    expect(stock.database.describe().versions).toEqual([invoice.id])
    expect(users.database.describe().versions).toEqual([])
    // One that is refused keeps all of them from beginning.
    stock.write({ ...dueDate, parents: 'nowhere' })
    expect(upgrade(app).stdout).toMatch(/billing +up to date before\n.*stock +refused\n.*users +untouched\n/)
  })

  it('tried again and again, the backup from before the first try stays, and the way back names it', async () => {
    const app = await behindByTwo(world)
    app.repository.write({ 'onehead.json': '{ "environments": { "billing": { "backup": { "keep": 2 } } } }' })
    const halfWay = ["op.execute('DELETE FROM invoice')", "op.execute('CREATE TABLE tried (id INTEGER)')"]
    app.write({ ...dueDate, upgrade: [...halfWay, "raise RuntimeError('no')"] })
    upgrade(app)
    const [first] = backupsOf(world)
    app.write({ ...dueDate, upgrade: ["raise RuntimeError('still no')"] })
    for (const _ of [2, 3, 4]) upgrade(app)
    const { stdout } = upgrade(app)
    expect(backupsOf(world)).toHaveLength(3)
    expect(backupsOf(world)).toContain(first)
    const [command] = /onehead restore billing \S+ --in-place(?= +from before the first try that failed)/.exec(stdout)!
    expect(command).toContain(first!.split('_')[0])
    const words = [...command.split(' ').slice(1), '--yes', app.database.name.split('/').at(-1)!]
    const { status, output } = app.repository.onehead(words, { env: app.env })
    expect(status, output).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [invoice.id], rows: { invoice: 1 } })
    app.write(dueDate)
    expect(upgrade(app).status).toBe(0)
    app.write({ ...refund, id: 'c41a2b3d9e77', parents: refund.id, upgrade: ["op.execute('SELECT 1')"] })
    expect(upgrade(app).stdout).not.toContain('first try')
    expect(backupsOf(world)).not.toContain(first)
  })

  it('every script went well, and the version table did not follow: that is seen', async () => {
    const app = await behindByTwo(world)
    app.write({ ...refund, upgrade: [...refund.upgrade!, KEEPS_THE_ROW] })
    expect(upgradeJson(app)).toMatchObject({
      exitCode: 1,
      outcome: 'failed',
      failure: { kind: 'astray' },
      databases: [{ done: [dueDate.id, refund.id], standing: [dueDate.id] }],
    })
  })
})

const [noPostgres, onPostgres] = described('postgresql', 'onehead upgrade on PostgreSQL')
describe.skipIf(noPostgres)(onPostgres, () => {
  it('NOT NULL on a filled table: everything is taken back', async () => {
    const app = await behindByTwo(world, 'postgresql')
    app.write({ ...dueDate, upgrade: ["op.add_column('invoice', sa.Column('due', sa.Integer(), nullable=False))"] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/because .*NotNullViolation[\s\S]*contains null values/)
    expect(stdout).toMatch(/half-way: no/)
  })

  it('what ran before an autocommit block stays, and that is said', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const block = 'with op.get_context().autocommit_block(): op.execute("SELECT nonsense")'
    app.write({ ...refund, upgrade: [...refund.upgrade!, block] })
    const { stdout } = upgrade(app)
    expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run[\s\S]*CREATE TABLE refund/)
    expect('refund' in app.database.describe().tables).toBe(true)
  })

  it('a server that is not there: nothing is run, and no password is shown', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const env = { ...app.env, DATABASE_URL: `postgresql+psycopg2://app:${PASSWORD}@127.0.0.1:1/shop` }
    const { status, output } = app.repository.onehead(['upgrade'], { env })
    expect(status).toBe(1)
    expect(output).toMatch(/billing is not upgraded: [\s\S]*Connection refused/)
    expect(output).not.toContain(PASSWORD)
    expect(backupsOf(world)).toEqual([])
  })
})

const [noMaria, onMaria] = described('mariadb', 'onehead upgrade on MariaDB')
describe.skipIf(noMaria)(onMaria, () => {
  it('failed half-way, repaired by hand as it says, and run again', async () => {
    const app = await behindByTwo(world, 'mariadb')
    const broken = [
      "op.create_table('refund', sa.Column('id', sa.Integer()))",
      "op.add_column('nowhere', sa.Column('x', sa.Integer()))",
    ]
    app.write({ ...refund, upgrade: broken })
    const { stdout } = upgrade(app)
    expect(stdout).toMatch(
      /stands at 8b1f2c7d90aa\n +half-way: 1 statement of f04d6e2b713c had run.*\n +CREATE TABLE refund/,
    )
    app.write(refund)
    const again = upgrade(app)
    expect([again.status, again.stdout]).toEqual([1, expect.stringContaining("Table 'refund' already exists")])
    app.database.sql('DROP TABLE refund')
    expect(upgrade(app).status).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1 } })
  })

  it('a wrong password: nothing is run, and it is not shown', async () => {
    const app = await behindByTwo(world, 'mariadb')
    const env = { ...app.env, DATABASE_URL: app.database.url.replace('root@', `root:${PASSWORD}@`) }
    const { status, output } = app.repository.onehead(['upgrade'], { env })
    expect(status).toBe(1)
    expect(output).toMatch(/Access denied/)
    expect(output).not.toContain(PASSWORD)
  })
})
