import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { json, nameOf, onehead, type } from '../support/restore-world.js'
import { behindByTwo, invoice, refund } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const without = reasonAgainst('mariadb')
describe.skipIf(without)(`the guide for production${without ? ` (${without})` : ''}`, () => {
  it('backs up, upgrades, fails half-way where nothing is taken back, restores, and stands where it stood', async () => {
    const app = await behindByTwo(world, 'mariadb')
    const before = app.database.describe()
    const half = ["op.create_table('credit', sa.Column('id', sa.Integer()))", "op.execute('SELECT nonsense')"]
    app.write({ ...refund, upgrade: half })
    expect(onehead(app, 'backup', 'billing').status).toBe(0)
    expect(onehead(app, 'upgrade', 'billing').status).toBe(1)
    expect(Object.keys(app.database.describe().tables)).toContain('credit')

    const [latest, first] = json(app, 'backup', '--list').environments[0].backups
    expect([latest.revisions, first.revisions, latest.before]).toEqual([[invoice.id], [invoice.id], null])
    const shown = onehead(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app), '--dry-run')
    expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing is restored yet') })
    const restored = onehead(app, 'restore', 'billing', 'latest', '--in-place', '--yes', nameOf(app))
    expect(restored.status, restored.output).toBe(0)
    expect(app.database.describe()).toEqual(before)
    const next = /^ +next +(onehead status billing)$/m.exec(restored.stdout)![1]!
    expect(type(app, world, next).stdout).toContain('behind by 2')

    app.write(refund)
    expect(onehead(app, 'upgrade', 'billing').status).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [refund.id], rows: { invoice: 1 } })
  })

  it('warns of a backup that a second try has made of what the first one left', async () => {
    const app = await behindByTwo(world, 'mariadb')
    const half = ["op.create_table('credit', sa.Column('id', sa.Integer()))", "op.execute('SELECT nonsense')"]
    app.write({ ...refund, upgrade: half })
    const left = /it holds what upgrades that failed have left; the one from before the first of them is/
    const warned = () =>
      left.test(onehead(app, 'restore', 'billing', 'latest', '--dry-run').stdout.replace(/\s+/g, ' '))
    expect(onehead(app, 'upgrade', 'billing').status).toBe(1)
    expect(warned()).toBe(false)
    expect(onehead(app, 'upgrade', 'billing').status).toBe(1)
    expect(warned()).toBe(true)
  })
})
