import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countedGitProcesses } from '../../packages/workspace/src/git/process.js'
import { status } from '../../packages/workspace/src/use-cases/status.js'
import { adds, creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'
import { type } from '../support/restore-world.js'
import { runnerOf } from '../support/runner-world.js'

const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }
const dueDate: Script = { id: '8b1f2c7d90aa', parents: invoice.id, ...adds('invoice', 'due') }
const refund: Script = { id: 'f04d6e2b713c', parents: dueDate.id, ...creates('refund') }
const reason: Script = { id: 'a7c2e9f01b3d', parents: refund.id, ...adds('refund', 'reason') }

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** An app on main with two revisions, committed; its database is empty. */
async function start(server: (typeof servers)[number] = 'sqlite'): Promise<DatabaseApp> {
  const app = world.app({ server, scripts: [invoice, dueDate] })
  await runnerOf(app, world.python)
  app.repository.write({ '.gitignore': '.venv\n__pycache__\n' })
  app.repository.commit('Bill customers')
  return app
}

const onehead = (app: DatabaseApp, ...args: readonly string[]) => app.repository.onehead(args, { env: app.env })

/** The one database of the one environment. */
function told(app: DatabaseApp) {
  const { stdout, stderr, status } = onehead(app, 'status', '--format', 'json')
  expect(stderr).toBe('')
  return { ...JSON.parse(stdout).environments[0].databases[0], exitCode: status }
}

/** Does what status advises, at the workspace root. */
function follow(app: DatabaseApp, command: string): void {
  const run = type(app, world, command)
  expect(run.status, `${command}: ${run.output}`).toBe(0)
}

/** A branch with two more revisions, which the database has run. Main is checked out again. */
async function ranElsewhere(): Promise<DatabaseApp> {
  const app = await start()
  app.repository.git('switch', '-q', '-c', 'feature/refunds')
  app.write(refund, reason)
  app.repository.commit('Refund customers')
  app.run('upgrade head')
  app.repository.git('switch', '-q', 'main')
  return app
}

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`a database on ${server}${without ? ` (${without})` : ''}`, () => {
    it('is empty, behind, up to date: each with the next command, which works', async () => {
      const app = await start(server)
      const empty = told(app)
      expect(empty).toMatchObject({ standing: 'empty', exitCode: 0, currentRevisions: [] })
      expect(empty.pending.map((one: { revision: string }) => one.revision)).toEqual([invoice.id, dueDate.id])
      app.run('upgrade 3c9e')
      const behind = told(app)
      expect(behind).toMatchObject({
        standing: 'behind',
        exitCode: 0,
        currentRevisions: [invoice.id],
        pending: [{ path: 'billing/migrations/versions/8b1f2c7d90aa.py' }],
      })
      expect(onehead(app, 'status', '--check-heads').status).toBe(1)
      follow(app, behind.command)
      expect(told(app)).toMatchObject({ standing: 'up-to-date', exitCode: 0, pending: [], command: null })
      expect(onehead(app, 'status', '--check-heads').stdout).toMatch(/^(ok:|✔) billing: up to date at 8b1f2c7d90aa/)
    })

    it('with a row too many is put right by the command that is printed', async () => {
      const app = await start(server)
      app.run('upgrade head', { sql: `INSERT INTO alembic_version VALUES ('${invoice.id}')` })
      const overlapping = told(app)
      expect(overlapping).toMatchObject({
        standing: 'overlapping',
        exitCode: 1,
        overlap: { below: invoice.id, above: dueDate.id },
      })
      follow(app, overlapping.command)
      expect(told(app)).toMatchObject({ standing: 'up-to-date' })
    })
  })
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`a revision that no script declares${without ? ` (${without})` : ''}`, () => {
  it('is on another branch: status says which, and the way back', async () => {
    const app = await ranElsewhere()
    const unknown = told(app)
    expect(unknown).toMatchObject({
      standing: 'unknown',
      exitCode: 1,
      unknown: [
        {
          revision: reason.id,
          whereabouts: {
            path: 'billing/migrations/versions/a7c2e9f01b3d.py',
            message: reason.id,
            refs: [{ name: 'feature/refunds', kind: 'branch' }],
            added: { author: 'Ada', subject: 'Refund customers' },
            removed: null,
            below: [dueDate.id],
          },
        },
      ],
    })
    expect(onehead(app, 'status').stdout).toMatch(/is on\s+feature\/refunds, brought by Ada on 2026-01-05/)
    follow(app, unknown.command)
    expect(app.repository.git('branch', '--show-current')).toBe('main')
    expect(told(app)).toMatchObject({ standing: 'up-to-date', currentRevisions: [dueDate.id] })
    expect(Object.keys(app.database.describe().tables)).toEqual(['invoice'])
  })

  it('is on a branch of the remote only', async () => {
    const app = await ranElsewhere()
    const remote = world.git.bare('shop.git')
    app.repository.git('remote', 'add', 'origin', remote.root)
    app.repository.git('push', '-q', 'origin', 'feature/refunds')
    app.repository.git('branch', '-q', '-D', 'feature/refunds')
    const unknown = told(app)
    expect(unknown.unknown[0].whereabouts.refs).toEqual([{ name: 'origin/feature/refunds', kind: 'remote' }])
    follow(app, unknown.command)
    expect(told(app)).toMatchObject({ standing: 'up-to-date' })
  })

  it('was on a branch that was deleted: only the reflog knows, and it can be brought back', async () => {
    const app = await ranElsewhere()
    app.repository.git('branch', '-q', '-D', 'feature/refunds')
    const unknown = told(app)
    expect(unknown.unknown[0]).toMatchObject({
      searched: true,
      whereabouts: {
        refs: [],
        added: { subject: 'Refund customers' },
        missing: [expect.stringContaining(reason.id), expect.stringContaining(refund.id)],
      },
    })
    follow(app, unknown.command)
    expect(told(app)).toMatchObject({ standing: 'up-to-date', currentRevisions: [reason.id] })
  })

  it('was taken away on this branch: status names the commit, and brings all of it back', async () => {
    const app = await ranElsewhere()
    app.repository.git('merge', '-q', 'feature/refunds')
    app.repository.git('branch', '-q', '-D', 'feature/refunds')
    for (const { id } of [refund, reason]) app.repository.write({ [`billing/migrations/versions/${id}.py`]: null })
    const commit = app.repository.commit('Clean up')
    app.repository.commit('Something else')
    const unknown = told(app)
    expect(unknown.unknown[0].whereabouts).toMatchObject({
      removed: { commit: app.repository.id('HEAD~1'), author: 'Ada', subject: 'Clean up' },
      below: [dueDate.id],
    })
    expect(commit).toBeTruthy()
    follow(app, unknown.command)
    expect(told(app)).toMatchObject({ standing: 'up-to-date', currentRevisions: [reason.id] })
  })

  it('was given another id since', async () => {
    const app = await start()
    app.run('upgrade head')
    const path = 'billing/migrations/versions/8b1f2c7d90aa.py'
    const text = world.git.run('cat', [path], app.repository.root).stdout
    app.repository.write({ [path]: text.replaceAll('8b1f2c7d90aa', '20260105_due_date') })
    app.repository.commit('Give revisions readable ids')
    const unknown = told(app)
    expect(unknown.unknown[0].whereabouts).toMatchObject({
      renamedTo: '20260105_due_date',
      removed: { subject: 'Give revisions readable ids' },
    })
    follow(app, unknown.command)
    expect(told(app)).toMatchObject({ standing: 'up-to-date', currentRevisions: ['20260105_due_date'] })
  })

  it('lies where scripts no longer lie', async () => {
    const app = await ranElsewhere()
    app.repository.git('mv', 'billing/migrations', 'billing/db')
    app.repository.write({ 'billing/alembic.ini': '[alembic]\nscript_location = %(here)s/db\n' })
    app.repository.commit('Move the scripts')
    expect(told(app).unknown[0].whereabouts).toMatchObject({
      path: 'billing/migrations/versions/a7c2e9f01b3d.py',
      refs: [{ name: 'feature/refunds' }],
      below: [dueDate.id],
    })
  })

  it('is nowhere, or nobody can look: that is said apart', async () => {
    const app = await start()
    app.run('upgrade head', { sql: "UPDATE alembic_version SET version_num = 'cafe00000000'" })
    expect(told(app)).toMatchObject({
      exitCode: 1,
      unknown: [{ searched: true, whereabouts: null }],
      command: 'git fetch --all',
    })
    rmSync(join(app.repository.root, '.git'), { recursive: true })
    app.repository.write({ 'onehead.json': '{}' })
    expect(told(app)).toMatchObject({ exitCode: 1, unknown: [{ searched: false, whereabouts: null }], command: null })
  })

  it('costs the same number of git processes, however many there are', async () => {
    const count = async (app: DatabaseApp) => {
      const before = countedGitProcesses()
      const { environments } = await status({ root: app.repository.root, shell: app.env })
      expect(environments[0]?.databases[0]?.standing.kind).toBe('unknown')
      return countedGitProcesses() - before
    }
    const app = await ranElsewhere()
    const one = await count(app)
    for (let i = 0; i < 30; i++) app.repository.git('branch', `topic/${i}`, 'feature/refunds')
    app.database.sql("INSERT INTO alembic_version VALUES ('cafe00000000')")
    app.database.sql("INSERT INTO alembic_version VALUES ('cafe00000001')")
    // Twice more for what was not found where the scripts lie.
    expect(await count(app)).toBe(one + 2)
    expect(one).toBeLessThanOrEqual(8)
  })
})

describe.skipIf(without)(`status${without ? ` (${without})` : ''}`, () => {
  it('goes on when one of several cannot be asked, and ends with 1', async () => {
    const app = await start()
    app.repository.write({
      'users/alembic.ini': '[alembic]\nscript_location = %(here)s/db\n',
      'users/db/env.py': 'raise RuntimeError("no tenant")\n',
      'users/db/versions/.keep': '',
      'onehead.json': '{ "environments": { "users": { "runner": "billing/.venv" } } }',
    })
    const { stdout, status } = onehead(app, 'status')
    expect(status).toBe(1)
    expect(stdout).toMatch(/billing: nothing has run yet, 2 revisions pending\n/)
    expect(stdout).toMatch(
      /users: the database cannot be asked\n +because RuntimeError: no tenant\n +cure: mend users\/db\/env.py:1, where it/,
    )
    expect(onehead(app, 'status', 'billing').status).toBe(0)
  })

  it('of an env.py that runs no migrations is not known, and that is no good end', async () => {
    const app = await start()
    app.repository.write({ 'billing/migrations/env.py': 'from alembic import context\n' })
    const { status, stdout } = onehead(app, 'status')
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/cannot be asked\n +because env\.py runs no migrations/),
    ])
    const { environments } = JSON.parse(onehead(app, 'status', '--format', 'json').stdout)
    expect(environments[0]).toMatchObject({
      databases: [],
      failure: { help: expect.stringContaining('run_migrations') },
    })
    expect(onehead(app, 'upgrade')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('billing is not upgraded: env.py runs no migrations'),
    })
  })

  it('says what a repair has moved, and the way that is printed works', async () => {
    const app = await start()
    app.repository.git('switch', '-q', '-c', 'work')
    app.write({ ...refund, parents: dueDate.id })
    app.repository.commit('Refund customers')
    app.run('upgrade head')
    app.repository.git('switch', '-q', 'main')
    const customer: Script = { id: 'c0ffee123456', parents: dueDate.id, ...creates('customer') }
    app.write(customer)
    app.repository.commit('Know customers')
    app.repository.git('remote', 'add', 'origin', world.git.bare('shop.git').root)
    app.repository.git('push', '-q', 'origin', 'main')
    app.repository.git('remote', 'set-head', 'origin', 'main')
    app.repository.git('switch', '-q', 'work')
    app.repository.git('merge', '-q', 'main')
    expect(onehead(app, 'fix', '--offline')).toMatchObject({ status: 0 })
    const { standing, moved } = told(app)
    expect([standing, moved]).toMatchObject(['up-to-date', [{ revision: refund.id, skipped: [customer.id] }]])
    const command = /then: (.*)$/m.exec(onehead(app, 'status').stdout)?.[1]
    follow(app, command!)
    expect(Object.keys(app.database.describe().tables).sort()).toEqual(['customer', 'invoice', 'refund'])
    // What an upgrade would look up before it begins, status looks up too.
    expect(told(app)).toMatchObject({ standing: 'up-to-date', moved: [], exitCode: 0 })
    expect(onehead(app, 'status').stdout).not.toContain('a repair of')
  })
})
