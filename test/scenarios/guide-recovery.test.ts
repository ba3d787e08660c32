/** What guides tell people to do by hand when a database and its scripts have come apart: each of it with one command. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adds, creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type Server,
} from '../support/database-world.js'
import type { Ran } from '../support/git-world.js'
import { type as typeIn } from '../support/restore-world.js'
import { behindByTwo, dueDate, refund, stamp, upgrade } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const onehead = (app: DatabaseApp, ...words: readonly string[]): Ran => app.repository.onehead(words, { env: app.env })

function type(app: DatabaseApp, command: string): void {
  const { status, output } = typeIn(app, world, command)
  expect(status, `${command}: ${output}`).toBe(0)
}

/** The line below `next:`, typed. */
function follow(app: DatabaseApp, text: string): void {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^ +next:/.test(line))
  const command = lines.slice(start + 1).find((line) => /^ {6}(?:onehead|cd|git|alembic|\(|\.)/.test(line))
  expect(command, text).toBeTruthy()
  type(app, command!.trim())
}

const described = (server: Server, what: string) => {
  const without = reasonAgainst(server)
  return [without !== null, `${what}${without ? ` (${without})` : ''}`] as const
}

const [noSqlite, onSqlite] = described('sqlite', 'a guide says, on SQLite')
describe.skipIf(noSqlite)(onSqlite, () => {
  it('"Database is not up to date": upgrade it; and `stamp head`, which guides offer too, is shown for what it is', async () => {
    const app = await behindByTwo(world, 'sqlite', { kind: 'flask-migrate' })
    const status = onehead(app, 'status')
    expect(status.stdout).toMatch(/billing: behind by 2/)
    const tempting = stamp(app, 'billing', 'head')
    expect(tempting.stdout).toMatch(/f04d6e2b713c .*table refund is not there/)
    expect(tempting.stdout).toMatch(/8b1f2c7d90aa and f04d6e2b713c would never run here/)
    follow(app, status.stdout)
    expect(onehead(app, 'status', '--check-heads').status).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1, refund: 0 } })
  })

  it('"Can\'t locate revision": the branch that had it was deleted; its script is brought back, and upgrade goes on', async () => {
    const app = await behindByTwo(world)
    const { repository } = app
    repository.git('switch', '-q', '-c', 'feature/credit')
    app.write({ id: 'a7c2e9f01b3d', parents: refund.id, ...creates('credit') })
    repository.commit('Credit customers')
    app.run('upgrade head')
    repository.git('switch', '-q', '-')
    repository.git('branch', '-q', '-D', 'feature/credit')
    const refused = upgrade(app)
    expect(refused.status).toBe(1)
    expect(refused.stdout).toMatch(
      /stands at a7c2e9f01b3d, which no script here declares[\s\S]*no branch has it any more/,
    )
    follow(app, refused.stdout)
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to run') })
  })

  it('"Multiple head revisions": one command joins them; a database that ran both gets what came in between', async () => {
    const app = await behindByTwo(world)
    const { repository } = app
    const mine: Script = { id: 'c0ffee123456', parents: dueDate.id, ...creates('coupon') }
    const more: Script = { id: 'd0ffee123456', parents: mine.id, ...adds('coupon', 'code') }
    const theirs: Script = { id: 'e0ffee123456', parents: refund.id, ...creates('credit') }
    repository.git('remote', 'add', 'origin', world.git.bare('shop.git').root)
    repository.git('push', '-q', 'origin', 'HEAD:main')
    repository.git('remote', 'set-head', 'origin', 'main')
    repository.git('switch', '-q', '-c', 'work')
    app.write(mine, more)
    repository.commit('Give coupons')
    app.run('upgrade heads')
    expect(app.database.describe().versions).toEqual([more.id, refund.id])
    repository.git('switch', '-q', '-')
    app.write(theirs)
    repository.commit('Credit customers')
    repository.git('push', '-q', 'origin', 'HEAD:main')
    repository.git('switch', '-q', 'work')
    repository.git('merge', '-q', '-m', 'Merge main', 'origin/main')
    expect(upgrade(app).stdout).toMatch(/2 heads[\s\S]*onehead fix billing/)
    const fixed = onehead(app, 'fix', 'billing', '--offline')
    expect(fixed.status, fixed.output).toBe(0)
    // Its rows are one line now, and credit has never run: `stamp` alone would pass it over for ever.
    const { stdout } = onehead(app, 'status')
    expect(stdout).toMatch(
      /holds d0ffee123456 and also f04d6e2b713c[\s\S]*run e0ffee123456, which a repair has put below/,
    )
    follow(app, stdout)
    expect(onehead(app, 'status', '--check-heads').status).toBe(0)
    const { versions, tables } = app.database.describe()
    expect([versions, Object.keys(tables).sort()]).toEqual([[more.id], ['coupon', 'credit', 'invoice', 'refund']])
  })

  it('a script that failed half-way is undone by hand as it is told, and runs again', async () => {
    const app = await behindByTwo(world)
    app.write({ ...refund, upgrade: [...refund.upgrade!, "op.add_column('nowhere', sa.Column('x', sa.Integer()))"] })
    const { stdout } = upgrade(app)
    expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run.*\n +CREATE TABLE refund/)
    app.write(refund)
    expect(upgrade(app).stdout).toMatch(/table refund already exists/)
    app.database.sql('DROP TABLE refund')
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 revision done') })
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1 } })
  })

  it('tables that `create_all()` made: upgrade meets them; stamp sees how far it got, and upgrade does the rest', async () => {
    const app = await behindByTwo(world)
    app.database.sql('ALTER TABLE invoice ADD COLUMN due INTEGER')
    app.database.sql('DROP TABLE alembic_version')
    expect(upgrade(app).stdout).toMatch(/3c9e51a7b204 .*failed[\s\S]*table invoice already exists/)
    const shown = stamp(app, 'billing', dueDate.id)
    expect(shown.stdout).toMatch(/3c9e51a7b204 .*table invoice is there\n +8b1f2c7d90aa .*column invoice\.due is there/)
    expect(shown.stdout).not.toContain('warning')
    expect(stamp(app, 'billing', dueDate.id, '--yes').status).toBe(0)
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 revision done') })
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1, refund: 0 } })
  })
})

const [noPostgres, onPostgres] = described('postgresql', 'a guide says, on PostgreSQL')
describe.skipIf(noPostgres)(onPostgres, () => {
  it('NOT NULL on a filled table: told why, and with a server default it runs', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const column = (more: string) => `op.add_column('invoice', sa.Column('due', sa.Integer(), nullable=False${more}))`
    app.write({ ...dueDate, upgrade: [column('')] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/8b1f2c7d90aa .*failed\n +because [^:]*: .*NotNullViolation[\s\S]*contains null values/)
    expect(stdout).toMatch(/cure: .*(?:server_default|default)/)
    app.write({ ...dueDate, upgrade: [column(", server_default='0'")] })
    expect(upgrade(app).status).toBe(0)
    expect(app.database.sql('SELECT due FROM invoice')).toEqual([[0]])
  })

  it('"Constraint already exists" after a merge: told which, and without the second one it runs', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const unique = "op.create_unique_constraint('uq_invoice_due', 'invoice', ['due'])"
    const first: Script = {
      ...refund,
      upgrade: [unique],
      downgrade: ["op.drop_constraint('uq_invoice_due', 'invoice')"],
    }
    const second: Script = { ...first, id: 'c0ffee123456' }
    app.write(first, second, { id: 'd0ffee123456', parents: [first.id, second.id] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/because [\s\S]*uq_invoice_due" already\s+exists/)
    expect(stdout).toMatch(/stands at 3c9e51a7b204, as before\n +half-way: no/)
    app.write({ ...second, upgrade: ["op.execute('SELECT 1')"], downgrade: ["op.execute('SELECT 1')"] })
    expect(upgrade(app).status).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: ['d0ffee123456'], rows: { invoice: 1 } })
  })
})
// Failed half-way on MariaDB, and repaired: upgrade-trouble.test.ts.
