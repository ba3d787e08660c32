import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Script } from '../support/database-scripts.js'
import { type DatabaseWorld, databaseWorld, reasonAgainst, servers } from '../support/database-world.js'
import {
  backupsOf,
  behindByTwo,
  dueDate,
  invoice,
  refund,
  startUpgrade,
  typeRestore,
  upgrade,
  upgradeJson,
} from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const WAIT = (file: string) => [
  "print('waiting', flush=True)",
  `while not __import__('os').path.exists('${file}'): __import__('time').sleep(0.05)`,
]

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead upgrade on ${server}${without ? ` (${without})` : ''}`, () => {
    it('runs what is pending behind a backup, and keeps all data; then there is nothing to do', async () => {
      const app = await behindByTwo(world, server)
      const { stdout, status } = upgrade(app)
      expect(status, stdout).toBe(0)
      const [plan, rest] = stdout.split('backing up')
      expect(plan).toMatch(new RegExp(`2 revisions to run, from ${invoice.id}`))
      expect(plan).toContain(`back    onehead downgrade billing --to ${invoice.id}\n`)
      expect(rest).toMatch(/backup: .* (kB|MB).*read back\)\n.*1\/2 8b1f2c7d90aa.*\n.*2\/2 f04d6e2b713c/)
      expect(rest).toContain('billing stands at f04d6e2b713c: 2 revisions done')
      expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1, refund: 0 } })
      const before = backupsOf(world)
      expect(before).toHaveLength(1)
      const again = upgrade(app)
      expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to run') })
      expect(backupsOf(world)).toEqual(before)
      const way = /back +onehead (.*)$/m.exec(plan!)![1]!
      expect(app.repository.onehead(way.split(' '), { env: app.env }).status).toBe(0)
      expect(app.database.describe()).toMatchObject({ versions: [invoice.id], rows: { invoice: 1 } })
      expect(backupsOf(world)).toHaveLength(2)
    })

    it('--dry-run shows all of it and touches nothing', async () => {
      const app = await behindByTwo(world, server)
      const before = app.database.describe()
      const { stdout, status } = upgrade(app, '--dry-run')
      expect(status).toBe(0)
      expect(stdout).toContain('nothing is run yet; next: `onehead upgrade`\n')
      expect(stdout).toMatch(/run +8b1f2c7d90aa/)
      expect([app.database.describe(), backupsOf(world)]).toEqual([before, []])
    })

    it('fails: which revision, which statement, where it stands, and the printed commands restore the backup', async () => {
      const app = await behindByTwo(world, server)
      const half = ["op.create_table('credit', sa.Column('id', sa.Integer()))", "op.execute('SELECT nonsense')"]
      app.write({ ...refund, upgrade: half })
      const { stdout, status } = upgrade(app)
      expect(status).toBe(1)
      expect(stdout).toMatch(/billing is not upgraded: f04d6e2b713c .* failed/)
      expect(stdout).toMatch(/because .*nonsense/)
      expect(stdout).toMatch(/statement: SELECT nonsense/)
      const { versions, tables } = app.database.describe()
      // PostgreSQL takes the revision before it back, too: env.py runs all in one transaction.
      const stands = server === 'postgresql' ? [invoice.id] : [dueDate.id]
      expect([versions, 'credit' in tables]).toEqual([stands, server !== 'postgresql'])
      expect(stdout).toMatch(new RegExp(`stands at ${stands[0]}`))
      if (server === 'postgresql') expect(stdout).toContain('half-way: no')
      else expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run[\s\S]*CREATE TABLE credit/)
      const beside = server === 'sqlite' ? `${app.database.name}.restored` : `${app.database.name}_restored`
      const restored = world.named(server, beside)
      typeRestore(app, stdout, 'beside')
      expect(restored.describe()).toMatchObject({ versions: [invoice.id], rows: { invoice: 1 } })
      typeRestore(app, stdout, 'in its stead')
      const back = app.database.describe()
      expect([back.versions, Object.keys(back.tables)]).toEqual([[invoice.id], ['invoice']])
      // Repaired, it runs to the end.
      app.write(refund)
      expect(upgrade(app).status).toBe(0)
      expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1 } })
    })

    it('two at a time: the second runs nothing and says why; the lock is gone with the first', async () => {
      const app = await behindByTwo(world, server)
      const go = join(world.git.folder, 'go')
      app.write({ ...dueDate, upgrade: [...WAIT(go), ...dueDate.upgrade!] })
      const first = startUpgrade(app, '--no-backup')
      await first.until('waiting')
      const second = upgradeJson(app, '--no-backup')
      writeFileSync(go, '')
      expect(second).toMatchObject({ exitCode: 1, outcome: 'failed', failure: { kind: 'locked', revision: null } })
      const end = await first.end()
      expect(end.status, end.output).toBe(0)
      expect(app.database.describe().versions).toEqual([refund.id])
      expect(upgrade(app).status).toBe(0)
    })

    it('Ctrl-C in mid-upgrade reaches the child, and says where things stand', async () => {
      const app = await behindByTwo(world, server)
      app.write({ ...refund, upgrade: [...refund.upgrade!, ...WAIT('/nowhere')] })
      const running = startUpgrade(app)
      await running.until('waiting')
      running.child.kill('SIGINT')
      const { status, output } = await running.end()
      expect(status).toBe(1)
      expect(output).toMatch(/it was stopped in f04d6e2b713c/)
      const { versions, tables } = app.database.describe()
      expect(output).toMatch(new RegExp(`stands at ${versions[0]}`))
      expect('refund' in tables).toBe(server !== 'postgresql')
      expect(output).toMatch(server === 'postgresql' ? /half-way: no/ : /half-way: 1 statement of f04d6e2b713c/)
      // Nothing holds a lock any more.
      const repaired: Script = { ...refund, upgrade: ["op.execute('DROP TABLE IF EXISTS refund')", ...refund.upgrade!] }
      app.write(repaired)
      expect(upgrade(app, '--no-backup').status).toBe(0)
    })

    it('onehead is killed in mid-upgrade: the migration goes on, and nobody else migrates until it has ended', async () => {
      const app = await behindByTwo(world, server)
      const go = join(world.git.folder, 'go')
      app.write({ ...dueDate, upgrade: [...WAIT(go), ...dueDate.upgrade!] })
      const running = startUpgrade(app, '--no-backup')
      await running.until('waiting')
      running.child.kill('SIGKILL')
      expect(upgradeJson(app, '--no-backup')).toMatchObject({ exitCode: 1, failure: { kind: 'locked' } })
      writeFileSync(go, '')
      const atHead = () => expect(app.database.describe().versions).toEqual([refund.id])
      await vi.waitFor(atHead, { timeout: 60_000, interval: 200 })
      expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to run') })
    })

    it('the child is killed in mid-upgrade: where it stands is asked all the same', async () => {
      const app = await behindByTwo(world, server)
      app.write({ ...refund, upgrade: [...refund.upgrade!, "__import__('os').kill(__import__('os').getpid(), 9)"] })
      const outcome = upgradeJson(app)
      expect(outcome).toMatchObject({
        exitCode: 1,
        outcome: 'failed',
        failure: { kind: 'failed', revision: refund.id, isHalfWay: server !== 'postgresql', ran: [] },
        databases: [{ standing: app.database.describe().versions }],
      })
      expect(existsSync(outcome.backups[0].path)).toBe(true)
    })
  })
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead upgrade of a Flask-Migrate app${without ? ` (${without})` : ''}`, () => {
  it('runs through `flask db`, and fails with the revision and the way back', async () => {
    const app = await behindByTwo(world, 'sqlite', { kind: 'flask-migrate' })
    app.write({ ...refund, upgrade: ["op.execute('SELECT nonsense')"] })
    const failed = upgrade(app)
    expect(failed.status).toBe(1)
    expect(failed.stdout).toMatch(/1\/2 8b1f2c7d90aa[\s\S]*billing is not upgraded: f04d6e2b713c .*failed/)
    expect(failed.stdout).toContain('back    onehead downgrade billing --to 3c9e51a7b204\n')
    app.write(refund)
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 revision done') })
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1 } })
  })
})

const old = reasonAgainst('postgresql', 'databases-1.8')
describe.skipIf(old)(`onehead upgrade with Alembic 1.8${old ? ` (${old})` : ''}`, () => {
  it.each(servers)('on %s: progress, lock, what has stayed', async (server) => {
    world.remove()
    world = databaseWorld('databases-1.8')
    const app = await behindByTwo(world, server)
    const half = ["op.create_table('credit', sa.Column('id', sa.Integer()))", "op.execute('SELECT nonsense')"]
    app.write({ ...refund, upgrade: half })
    expect(upgradeJson(app)).toMatchObject({
      outcome: 'failed',
      failure: {
        revision: refund.id,
        statement: 'SELECT nonsense',
        ran: [expect.stringContaining('CREATE TABLE credit')],
        isHalfWay: server !== 'postgresql',
      },
    })
    app.write({ ...refund, upgrade: ["op.execute('DROP TABLE IF EXISTS credit')", ...refund.upgrade!] })
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('f04d6e2b713c') })
  })
})
