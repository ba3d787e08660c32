import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { backupsOf, behindByTwo, dueDate, invoice, refund, upgrade, upgradeJson } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** Refused before anything is touched; what is said. */
function refused(app: DatabaseApp, ...args: readonly string[]): string {
  const before = app.database.describe()
  const { status, stdout } = upgrade(app, ...args)
  expect(status, stdout).toBe(1)
  expect(stdout).toMatch(/^x \S+ is not upgraded: /m)
  expect([app.database.describe(), backupsOf(world)]).toEqual([before, []])
  return stdout
}

const type = (app: DatabaseApp, command: string) => {
  const { status, output } = world.git.run('sh', ['-c', command], app.repository.root, { env: app.env })
  expect(status, output).toBe(0)
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead upgrade refuses${without ? ` (${without})` : ''}`, () => {
  it('two heads, and names the command that brings them together', async () => {
    const app = await behindByTwo(world)
    app.write({ id: 'c0ffee123456', parents: dueDate.id, ...creates('customer') })
    expect(refused(app)).toMatch(/2 heads[\s\S]*onehead fix billing/)
  })

  it('a script that Alembic could not load, without starting Python', async () => {
    const app = await behindByTwo(world)
    app.repository.write({
      'billing/migrations/versions/broken.py': 'revision = "x1"\n<<<<<<< HEAD\n',
      'billing/migrations/env.py': 'raise SystemExit("it was started")\n',
    })
    expect(refused(app)).toMatch(/broken\.py|merge|syntax/i)
    expect(refused(app)).not.toContain('it was started')
  })

  it('a database at a revision that no script declares, as status does', async () => {
    const app = await behindByTwo(world)
    app.database.sql("UPDATE alembic_version SET version_num = 'cafe00000000'")
    expect(refused(app)).toMatch(/stands at cafe00000000, which no script here declares[\s\S]*git fetch --all/)
  })

  it('a target that is none, and one that depends on where the database stands', async () => {
    const app = await behindByTwo(world)
    expect(refused(app, '--to', 'beef')).toMatch(/beef/)
    expect(refused(app, '--to', '+1')).toMatch(/name a revision/)
  })

  it('a database that ran what was re-parented since: it names what is lacking, and the way', async () => {
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    app.repository.write({ '.gitignore': '.venv\n__pycache__\n' })
    app.repository.commit('Bill customers')
    const { repository } = app
    repository.git('switch', '-q', '-c', 'work')
    app.write({ ...refund, parents: invoice.id })
    repository.commit('Refund customers')
    app.run('upgrade head')
    repository.git('switch', '-q', 'main')
    const customer: Script = { id: 'c0ffee123456', parents: invoice.id, ...creates('customer') }
    app.write(customer)
    repository.commit('Know customers')
    repository.git('remote', 'add', 'origin', world.git.bare('shop.git').root)
    repository.git('push', '-q', 'origin', 'main')
    repository.git('remote', 'set-head', 'origin', 'main')
    repository.git('switch', '-q', 'work')
    repository.git('merge', '-q', 'main')
    expect(repository.onehead(['fix', '--offline'], { env: app.env })).toMatchObject({ status: 0 })
    app.write({ id: 'a7c2e9f01b3d', parents: refund.id, ...creates('reason') })
    const said = refused(app)
    expect(said).toMatch(/moved f04d6e2b713c[\s\S]*it has no table customer, which c0ffee123456 would have made/)
    type(
      app,
      said
        .split('\n')
        .findLast((line) => /alembic stamp/.test(line))!
        .trim(),
    )
    // Put right, it is seen to be.
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 revision done') })
    expect(Object.keys(app.database.describe().tables).sort()).toEqual(['customer', 'invoice', 'reason', 'refund'])
    // What cannot be seen in the database is believed on the user's word only.
    const quiet: Script = { ...customer, upgrade: ["op.execute('SELECT 1')"] }
    app.write(quiet)
    expect(refusedAgain(app)).toContain('--accept-moved')
    expect(upgrade(app, '--accept-moved').status).toBe(0)
  })

  /** As `refused`, where there are backups already. */
  function refusedAgain(app: DatabaseApp): string {
    const { status, stdout } = upgrade(app)
    expect(status, stdout).toBe(1)
    return stdout
  }

  it('a wish that makes no sense: --to for several environments, --sql with other wishes', async () => {
    const app = await behindByTwo(world)
    world.app({ server: 'sqlite', repository: app.repository, path: 'users', scripts: [invoice] })
    expect(upgrade(app, '--to', dueDate.id)).toMatchObject({ status: 2 })
    expect(upgrade(app, '--sql', '--no-backup')).toMatchObject({ status: 2 })
  })
})

describe.skipIf(without)(`onehead upgrade with a wish${without ? ` (${without})` : ''}`, () => {
  it('--to goes no further, and says so where it is there already', async () => {
    const app = await behindByTwo(world)
    expect(upgrade(app, '--to', '8b1f')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 revision done'),
    })
    expect(app.database.describe().versions).toEqual([dueDate.id])
    expect(upgrade(app, '--to', '8b1f').stdout).toContain('has 8b1f2c7d90aa already')
  })

  it('--sql prints the statements of `alembic upgrade --sql`, and touches no database', async () => {
    const app = await behindByTwo(world)
    app.repository.write({
      'billing/migrations/env.py':
        'from alembic import context\ncontext.configure(dialect_name="postgresql")\nwith context.begin_transaction():\n    context.run_migrations()\n',
    })
    const theirs = app.alembic('upgrade', 'head', '--sql').stdout
    expect(theirs).toContain('CREATE TABLE refund')
    const { status, stdout } = upgrade(app, '--sql')
    expect([status, stdout]).toEqual([0, theirs])
    expect(upgrade(app, '--sql', '--to', '3c9e51a7b204:8b1f').stdout).not.toContain('CREATE TABLE')
    expect([app.database.describe().versions, backupsOf(world)]).toEqual([[invoice.id], []])
  })

  it('--no-backup, and "backup": false, are said out loud', async () => {
    const app = await behindByTwo(world)
    app.repository.write({ 'onehead.json': '{ "environments": { "billing": { "backup": false } } }' })
    expect(upgrade(app, '--dry-run').stdout).toContain('no backup, because "backup" is false in onehead.json')
    const { stdout, status } = upgrade(app, '--no-backup')
    expect([status, backupsOf(world)]).toEqual([0, []])
    expect(stdout).toContain('no backup, because --no-backup was given')
    expect(stdout).not.toContain('backing up')
  })

  it('what cannot be undone is named before anything runs', async () => {
    const app = await behindByTwo(world)
    app.write({ ...dueDate, downgrade: ["raise NotImplementedError('no way back')"] }, { ...refund, downgrade: [] })
    const { databases } = upgradeJson(app, '--dry-run')
    expect(databases[0].pending).toMatchObject([{ back: 'raises' }, { back: 'empty' }])
    const { stdout } = upgrade(app, '--dry-run')
    expect(stdout).toContain('only the backup leads back')
    expect(stdout).toMatch(/8b1f2c7d90aa cannot be undone: its downgrade\(\) raises/)
  })
})
