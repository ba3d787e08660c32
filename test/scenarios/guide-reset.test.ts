import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { developedApp } from '../support/reset-world.js'
import { json } from '../support/restore-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`the guide's last resort${without ? ` (${without})` : ''}`, () => {
  it('is one command with Flask-Migrate: back up, drop, one initial migration, upgrade', async () => {
    const app = await developedApp(world, 'sqlite', 'flask-migrate')
    for (const words of [['migrate', '-m', 'first'], ['upgrade']]) {
      const { status, output } = app.alembic(...words)
      expect(status, output).toBe(0)
    }
    const told = json(app, 'reset', 'billing', '--history', '--yes', 'billing.db')
    expect(told, JSON.stringify(told)).toMatchObject({ exitCode: 0, outcome: 'reset', modelsAgree: true })
    const scripts = readdirSync(join(app.folder, 'migrations/versions')).filter((name) => name.endsWith('.py'))
    expect(scripts).toEqual([`${told.initial.revision}_initial.py`])
    expect(app.alembic('current').stdout).toContain(`${told.initial.revision} (head)`)
  })
})
