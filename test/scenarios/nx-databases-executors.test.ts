import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutorContext } from '@nx/devkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import downgradeExecutor from '../../packages/nx/src/executors/downgrade/executor.js'
import statusExecutor from '../../packages/nx/src/executors/status/executor.js'
import upgradeExecutor from '../../packages/nx/src/executors/upgrade/executor.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { behindByTwo, dueDate, invoice, refund } from '../support/upgrade-world.js'

const without = reasonAgainst('sqlite')

describe.skipIf(without)(`what reaches databases${without ? ` (${without})` : ''}`, () => {
  let world: DatabaseWorld
  let app: DatabaseApp
  let context: ExecutorContext
  let printed: string
  let streamed: string

  beforeEach(async () => {
    world = databaseWorld()
    app = await behindByTwo(world)
    for (const [name, value] of Object.entries(app.env)) vi.stubEnv(name, value)
    vi.stubEnv('FORCE_COLOR', '0')
    const targets = { 'db-status': { executor: '@onehead/nx:status' } }
    context = {
      root: app.repository.root,
      projectName: 'billing',
      targetName: 'db-upgrade',
      projectsConfigurations: { version: 2, projects: { billing: { root: 'billing', targets } } },
    } as unknown as ExecutorContext
    printed = ''
    streamed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
      printed += text
      if (typeof done === 'function') (done as () => void)()
      return true
    })
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      streamed += text
      return true
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    world.remove()
  })

  const environments = ['billing/alembic.ini#alembic']

  it('shows the plan, runs what is pending up to a revision behind a backup, and tells each step', async () => {
    expect(await upgradeExecutor({ environments, dryRun: true }, context)).toEqual({ success: true })
    expect(printed).toContain('nothing is run yet; next: `npx nx run billing:db-upgrade`')
    expect(await upgradeExecutor({ environments, to: dueDate.id }, context)).toEqual({ success: true })
    expect(printed).toMatch(/backup: .*read back\)\n +billing: 1\/1 8b1f2c7d90aa/)
    expect(streamed).toContain('Running upgrade')
    expect(app.database.describe().versions).toEqual([dueDate.id])
    printed = ''
    expect(await statusExecutor({ environments, format: 'json' }, context)).toEqual({ success: true })
    expect(JSON.parse(printed).environments[0].databases[0].currentRevisions).toEqual([dueDate.id])
    expect(await statusExecutor({ environments, checkHeads: true }, context)).toEqual({ success: false })
  })

  it('takes back what it is told to, without a backup where Nx was told --no-backup', async () => {
    app.run(`upgrade ${refund.id}`)
    expect(await downgradeExecutor({ environments, to: invoice.id, backup: false }, context)).toEqual({ success: true })
    expect(app.database.describe().versions).toEqual([invoice.id])
    expect(printed).toContain('--no-backup was given')
  })

  it('says what it refuses, in JSON where that is asked for', async () => {
    app.write({ ...refund, id: 'f04d6e2b713d', file: 'other' })
    expect(await upgradeExecutor({ environments }, context)).toEqual({ success: false })
    expect(printed).toContain('billing is not upgraded')
    printed = ''
    const missing = { environments: ['gone/alembic.ini'], format: 'json' } as const
    expect(await upgradeExecutor(missing, context)).toEqual({ success: false })
    expect(JSON.parse(printed).error).toMatchObject({ kind: 'usage' })
  })

  it('outlives the signal that stops Alembic, and keeps the report where Nx no longer prints it', async () => {
    const marker = join(world.git.folder, 'waiting')
    app.write({ ...dueDate, upgrade: [`open('${marker}', 'w').close()`, '__import__("time").sleep(600)'] })
    const running = upgradeExecutor({ environments, noBackup: true }, context)
    await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 60_000, interval: 50 })
    process.emit('SIGTERM', 'SIGTERM')
    const path = join(app.repository.root, '.nx/workspace-data/onehead/billing-db-upgrade.txt')
    expect(readFileSync(path, 'utf8')).toMatch(/^stopped by SIGTERM, and nobody has asked since/)
    expect(await running).toEqual({ success: false })
    expect(printed).toContain('it was stopped in 8b1f2c7d90aa')
    const kept = readFileSync(path, 'utf8')
    expect(kept).toMatch(/it was stopped in 8b1f2c7d90aa[\s\S]*stands at 3c9e51a7b204/)
    expect(kept).toMatch(/next: `npx nx run billing:db-status` asks where it stands now\n$/)
  })
})
