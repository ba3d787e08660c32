import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adds, creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'
import {
  backupsOf,
  behindByTwo,
  downgrade,
  dueDate,
  invoice,
  json,
  refund,
  start,
  typeRestore,
  upgrade,
} from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** At the last of three revisions, with a row in each table. */
async function atTheEnd(server: (typeof servers)[number] = 'sqlite', more = {}): Promise<DatabaseApp> {
  const app = await behindByTwo(world, server, more)
  app.run('upgrade head')
  app.database.sql('INSERT INTO refund (id) VALUES (1)')
  return app
}

/** Refused before anything is touched; what is said. */
function refused(app: DatabaseApp, ...args: readonly string[]): string {
  const before = app.database.describe()
  const { status, stdout } = downgrade(app, ...args)
  expect(status, stdout).toBe(1)
  expect(stdout).toMatch(/^x \S+ is not downgraded: /m)
  expect([app.database.describe(), backupsOf(world)]).toEqual([before, []])
  return stdout
}

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead downgrade on ${server}${without ? ` (${without})` : ''}`, () => {
    it('undoes behind a backup, names what is lost, and the printed way leads up again', async () => {
      const app = await atTheEnd(server)
      const { stdout, status } = downgrade(app, '--to', invoice.id)
      expect(status, stdout).toBe(0)
      const [plan, rest] = stdout.split('backing up')
      expect(plan).toMatch(/billing: 2 revisions to undo, from f04d6e2b713c to 3c9e51a7b204\n/)
      expect(plan).toMatch(
        /undo +f04d6e2b713c .*\n +8b1f2c7d90aa .*\n +loses +table refund and column invoice.due, with/,
      )
      expect(plan).toContain(`back    onehead upgrade billing --to ${refund.id}\n`)
      expect(rest).toMatch(/backup: .*read back\)\n.*1\/2 f04d6e2b713c.*\n.*2\/2 8b1f2c7d90aa/)
      expect(rest).toContain('billing stands at 3c9e51a7b204: 2 revisions undone')
      const { versions, tables, rows } = app.database.describe()
      expect([versions, Object.keys(tables), rows.invoice]).toEqual([[invoice.id], ['invoice'], 1])
      expect(backupsOf(world)).toHaveLength(1)
      const again = downgrade(app, '--to', invoice.id)
      expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to undo') })
      const way = /back +onehead (.*)$/m.exec(stdout)![1]!
      expect(app.repository.onehead(way.split(' '), { env: app.env }).status).toBe(0)
      expect(app.database.describe().versions).toEqual([refund.id])
    })

    it('fails: which revision, where it stands, and the printed commands restore the backup', async () => {
      const app = await atTheEnd(server)
      app.write({ ...dueDate, downgrade: ["op.execute('DROP TABLE nowhere')"] })
      const { stdout, status } = downgrade(app, '--to', 'base')
      expect(status).toBe(1)
      expect(stdout).toMatch(/billing is not downgraded: 8b1f2c7d90aa .*failed/)
      expect(stdout).toMatch(/statement: DROP TABLE nowhere/)
      // PostgreSQL takes the revision before it back, too: env.py runs all in one transaction.
      const stands = server === 'postgresql' ? refund.id : dueDate.id
      expect(app.database.describe().versions).toEqual([stands])
      expect(stdout).toMatch(new RegExp(`stands at ${stands}`))
      typeRestore(app, stdout, 'in its stead')
      expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1, refund: 1 } })
    })

    it('waits for nobody: while somebody migrates, nothing runs', async () => {
      const app = await atTheEnd(server)
      const go = join(world.git.folder, 'go')
      const wait = [
        "print('waiting', flush=True)",
        `while not __import__('os').path.exists('${go}'): __import__('time').sleep(0.05)`,
      ]
      app.write({ ...refund, downgrade: [...wait, ...refund.downgrade!] })
      const first = start(app, 'downgrade', '--to', '-1', '--no-backup')
      await first.until('waiting')
      const second = json(downgrade(app, '--to', 'base', '--no-backup', '--format', 'json'))
      writeFileSync(go, '')
      expect(second).toMatchObject({ exitCode: 1, outcome: 'failed', failure: { kind: 'locked' } })
      const end = await first.end()
      expect(end.status, end.output).toBe(0)
      expect(app.database.describe().versions).toEqual([dueDate.id])
    })
  })
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead downgrade${without ? ` (${without})` : ''}`, () => {
  it('--dry-run shows all of it and touches nothing; --format json has it as data', async () => {
    const app = await atTheEnd()
    const before = app.database.describe()
    expect(downgrade(app, '--to', '-1', '--dry-run')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /undo +f04d6e2b713c[\s\S]*nothing is run yet; next: `onehead downgrade --to -1`\n$/,
      ),
    })
    expect(json(downgrade(app, '--to', 'base', '--dry-run', '--format', 'json'))).toMatchObject({
      outcome: 'untouched',
      databases: [
        {
          undone: [
            { revision: refund.id, by: 'downgrade', loses: [{ table: 'refund', column: null }], mayLoseMore: false },
            { revision: dueDate.id, loses: [{ table: 'invoice', column: 'due' }] },
            { revision: invoice.id },
          ],
          to: [],
          wayBack: `onehead upgrade billing --to ${refund.id}`,
        },
      ],
    })
    expect([app.database.describe(), backupsOf(world)]).toEqual([before, []])
  })

  it('is refused where a revision on the way cannot be undone, unless on an explicit word', async () => {
    const app = await atTheEnd()
    app.write({ ...dueDate, downgrade: ["raise NotImplementedError('no way back')"] })
    expect(refused(app, '--to', 'base')).toMatch(
      /8b1f2c7d90aa cannot be undone\n +note: 8b1f2c7d90aa: its downgrade\(\) raises/,
    )
    // What lies above it can be.
    expect(downgrade(app, '--to', '-1').status).toBe(0)
    app.write({ ...dueDate, downgrade: [] })
    const { stdout } = downgrade(app, '--to', '-1')
    expect(stdout).toContain('its downgrade() does nothing, and what it made would stay')
    const accepted = downgrade(app, '--to', '-1', '--accept-irreversible')
    expect(accepted.status, accepted.stdout).toBe(0)
    expect(accepted.stdout).toContain('does nothing in its downgrade(): what it made stays')
    expect(app.database.describe().versions).toEqual([invoice.id])
  })

  it('is refused for a target that is none, or that lies elsewhere', async () => {
    const app = await atTheEnd()
    expect(refused(app, '--to', 'beef')).toMatch(/beef[\s\S]*onehead history billing/)
    expect(refused(app, '--to', '-9')).toContain('-9 leads below the first revision')
    expect(refused(app, '--to', '+1')).toContain('leads up, not down')
    app.run('downgrade base')
    expect(refused(app, '--to', dueDate.id)).toContain('is not below where the database stands, at base')
  })

  it('goes back although there are two heads; lists what only depends on what goes; -1 must be clear', async () => {
    const shipping: Script = { id: 'a1b2c3d4e5f6', parents: null, label: 'shipping', ...creates('parcel') }
    const weight: Script = {
      id: 'b2c3d4e5f6a1',
      parents: shipping.id,
      dependsOn: dueDate.id,
      ...adds('parcel', 'weight'),
    }
    const app = await atTheEnd('sqlite')
    app.write(shipping, weight)
    app.run('upgrade heads')
    expect(upgrade(app, '--dry-run').status).toBe(1)
    expect(refused(app, '--to', '-1')).toMatch(
      /-1 is ambiguous: the database stands at b2c3d4e5f6a1 and f04d6e2b713c[\s\S]*--to b2c3d4e5f6a1@-1 --dry-run/,
    )
    const { stdout, status } = downgrade(app, '--to', invoice.id)
    expect(status, stdout).toBe(0)
    expect(stdout).toContain('3 revisions to undo, from b2c3d4e5f6a1 and f04d6e2b713c to 3c9e51a7b204 and a1b2c3d4e5f6')
    expect(app.database.describe()).toMatchObject({ versions: [invoice.id, shipping.id] })
    expect(downgrade(app, '--to', 'shipping@base').status).toBe(0)
    expect(app.database.describe().versions).toEqual([invoice.id])
  })

  it('wants a target, and a name where there are several environments', async () => {
    const app = await atTheEnd()
    expect(downgrade(app)).toMatchObject({ status: 2 })
    world.app({ server: 'sqlite', repository: app.repository, path: 'users', scripts: [invoice] })
    const unnamed = downgrade(app, '--to', 'base')
    expect(unnamed).toMatchObject({ status: 2, output: expect.stringMatching(/onehead downgrade billing --to base/) })
    expect(downgrade(app, 'billing', '--to', '-1')).toMatchObject({ status: 0 })
  })

  it('--sql prints the statements of `alembic downgrade --sql`, and touches no database', async () => {
    const app = await atTheEnd()
    app.repository.write({
      'billing/migrations/env.py':
        'from alembic import context\ncontext.configure(dialect_name="postgresql")\nwith context.begin_transaction():\n    context.run_migrations()\n',
    })
    const range = `${refund.id}:${invoice.id}`
    const theirs = app.alembic('downgrade', range, '--sql').stdout
    expect(theirs).toContain('DROP TABLE refund')
    const { status, stdout } = downgrade(app, '--sql', '--to', range)
    expect([status, stdout]).toEqual([0, theirs])
    expect(downgrade(app, '--sql', '--to', invoice.id)).toMatchObject({ status: 2 })
    expect(app.database.describe().versions).toEqual([refund.id])
  })

  it('goes through `flask db`, also with -1', async () => {
    const app = await atTheEnd('sqlite', { kind: 'flask-migrate' })
    const { stdout, status } = downgrade(app, '--to', '-1')
    expect(status, stdout).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [dueDate.id], rows: { invoice: 1 } })
  })
})
