import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { adds, creates, type Script } from '../support/database-scripts.js'
import { type DatabaseWorld, databaseWorld, reasonAgainst, type Server, servers } from '../support/database-world.js'
import { copiesOf, findingsOf, rehearse, rehearseJson } from '../support/rehearse-world.js'
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

const sibling: Script = { id: 'a1b2c3d4e5f6', parents: dueDate.id, ...creates('credit') }
/** Renames what the other branch alters: only one order works. */
const renames: Script = {
  id: 'b2c3d4e5f6a1',
  parents: dueDate.id,
  upgrade: ["op.rename_table('invoice', 'bill')"],
  downgrade: ["op.rename_table('bill', 'invoice')"],
}
const altersInvoice: Script = { id: 'c3d4e5f6a1b2', parents: dueDate.id, ...adds('invoice', 'paid') }

const [noSqlite, onSqlite] = described('sqlite', 'onehead rehearse on SQLite')
describe.skipIf(noSqlite)(onSqlite, () => {
  it('branches that do not touch each other make one schema in both orders; others are named', async () => {
    const app = await behindByTwo(world)
    app.write(sibling)
    const same = rehearseJson(app)
    expect(same).toMatchObject({ exitCode: 0, branches: [{ outcome: 'same', heads: [refund.id, sibling.id] }] })
    app.write(renames, altersInvoice)
    const told = rehearseJson(app)
    expect(told.exitCode).toBe(1)
    expect(told.findings.map(({ kind }: { kind: string }) => kind)).toContain('order-matters')
    expect(rehearse(app).stdout).toMatch(/do\s+not\s+run\s+in\s+the\s+other\s+order[\s\S]*no such table: invoice/)
  })

  it('another branch comes in with --merge-with: its revisions run too, in both orders', async () => {
    const app = await behindByTwo(world)
    const { repository } = app
    repository.git('switch', '-q', '-c', 'theirs')
    app.write(sibling)
    repository.commit('Give credit')
    repository.git('switch', '-q', '-')
    const told = rehearseJson(app, '--merge-with', 'theirs')
    expect(told).toMatchObject({
      exitCode: 0,
      branches: [{ outcome: 'same', mergedWith: 'theirs' }],
    })
    const seen = told.revisions.map((one: { revision: string; path: string | null }) => [one.revision, one.path])
    expect(seen).toContainEqual([sibling.id, null])
    expect(rehearseJson(app, '--merge-with', 'HEAD').notes).toEqual(['HEAD brings no revision that is not here'])
  })

  it('--since steps back on the copy first; --from begins with a file', async () => {
    const app = await behindByTwo(world)
    app.run('upgrade head')
    const nothing = rehearse(app)
    expect(nothing.stdout).toMatch(/billing: nothing is pending[\s\S]*onehead rehearse billing --empty/)
    const told = rehearseJson(app, '--since', invoice.id)
    expect(told).toMatchObject({ exitCode: 0, revisions: [{ revision: dueDate.id }, { revision: refund.id }] })
    const copy = join(world.git.folder, 'earlier.sqlite')
    writeFileSync(copy, readFileSync(app.database.name))
    app.run('downgrade base')
    const from = rehearseJson(app, '--from', copy, '--since', 'base')
    expect(from).toMatchObject({ exitCode: 0, source: 'dump', revisions: [{ up: 'well' }, {}, {}] })
    const both = rehearse(app, '--from', copy, '--empty')
    expect(both).toMatchObject({ status: 2 })
    expect(rehearse(app, '--from', '/nowhere.dump')).toMatchObject({ status: 2 })
  })

  it('the schema is written as Markdown, and compared with it', async () => {
    const app = await behindByTwo(world)
    const file = join(app.repository.root, 'schema.md')
    expect(rehearse(app, '--empty', '--write-schema', 'schema.md').status).toBe(0)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('## invoice\n\n| column | type |\n| --- | --- |\n| id | INTEGER NOT NULL |')
    expect(rehearse(app, '--empty', '--check-schema', 'schema.md')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('note: the schema after the last revision is the one in schema.md\n'),
    })
    app.write({ ...refund, ...creates('refund', "sa.Column('total', sa.Integer())") })
    const { stdout, status } = rehearse(app, '--empty', '--check-schema', 'schema.md')
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /is not the one in schema.md\n +schema.md\n +\+ \| total \| INTEGER \|[\s\S]*--write-schema schema.md/,
    )
  })

  it('models that differ from the schema are told as `alembic check` does', async () => {
    const app = await behindByTwo(world)
    const env = readFileSync(join(app.folder, 'migrations/env.py'), 'utf8')
    const models = (...columns: readonly string[]) => `
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table('invoice', metadata, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('due', sa.Integer()), ${columns.join(', ')})
sa.Table('refund', metadata, sa.Column('id', sa.Integer(), primary_key=True))
`
    const write = (text: string) =>
      app.repository.write({
        'billing/migrations/env.py': text + env.replace('target_metadata=None', 'target_metadata=metadata'),
      })
    write(models())
    expect(rehearseJson(app)).toMatchObject({ exitCode: 0, models: 'equal' })
    write(models("sa.Column('paid', sa.Integer())"))
    const { stdout, status } = rehearse(app)
    expect(status, stdout).toBe(1)
    expect(stdout).toMatch(/models and schema differ after the last revision: add column invoice.paid/)
  })

  it('a revision without a way back fails with --strict only', async () => {
    const app = await behindByTwo(world)
    app.write({ ...refund, downgrade: ["raise NotImplementedError('never')"] })
    expect(rehearse(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 of them cannot go back') })
    expect(rehearse(app, '--strict').status).toBe(1)
  })

  it('--keep leaves the copy, and says where; the next one does not sweep it', async () => {
    const app = await behindByTwo(world)
    const [{ copy }] = rehearseJson(app, '--keep').databases
    expect(copy).toContain('onehead_rehearsal_kept_')
    expect(rehearse(app).status).toBe(0)
    expect(readFileSync(copy).subarray(0, 15).toString()).toBe('SQLite format 3')
  })
})

for (const server of servers) {
  const [skipped, name] = described(server, `onehead rehearse, interrupted on ${server}`)
  describe.skipIf(skipped)(name, () => {
    it('Ctrl-C in the middle of a script: everything of ours is gone, the original is as it was', async () => {
      const app = await behindByTwo(world, server)
      const before = app.database.describe()
      const there = join(world.git.folder, 'waiting')
      const waits = [`open('${there}', 'w').close()`, "__import__('time').sleep(600)"]
      app.write({ ...refund, upgrade: waits })
      const running = start(app, 'rehearse')
      await vi.waitFor(() => expect(existsSync(there)).toBe(true), { timeout: 120_000, interval: 200 })
      running.child.kill('SIGINT')
      const { status, output } = await running.end()
      expect(status, output).toBe(1)
      expect(output).toMatch(/stopped/)
      expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
    })
  })
}

const [noFlask, onFlask] = described('sqlite', 'onehead rehearse of a Flask-Migrate app')
describe.skipIf(noFlask)(onFlask, () => {
  it('runs through the application', async () => {
    const app = await behindByTwo(world, 'sqlite', { kind: 'flask-migrate' })
    const told = rehearseJson(app)
    expect(told).toMatchObject({ refusal: null, revisions: [{ up: 'well', upAgain: 'well' }, { down: 'well' }] })
    // Its models are none: the tables have no class.
    expect(findingsOf(told).map((one) => one.split(' ')[1])).toEqual(['models-differ'])
  })
})

const [old, onOld] = described('postgresql', 'onehead rehearse with Alembic 1.8', 'databases-1.8')
describe.skipIf(old)(onOld, () => {
  it.each(servers)('on %s', async (server) => {
    world.remove()
    world = databaseWorld('databases-1.8')
    const app = await behindByTwo(world, server)
    app.write({ ...refund, downgrade: ["op.execute('SELECT 1')"] })
    const told = rehearseJson(app)
    expect(told).toMatchObject({ exitCode: 1, refusal: null, isUntouched: true })
    expect(findingsOf(told)).toContain('  table refund came billing/migrations/versions/f04d6e2b713c.py:18')
    expect(copiesOf(world, app)).toEqual([])
  })
})
