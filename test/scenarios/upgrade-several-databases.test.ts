import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type TestDatabase,
} from '../support/database-world.js'
import { runnerOf } from '../support/runner-world.js'
import {
  backupsOf,
  behindByTwo,
  downgrade,
  dueDate,
  invoice,
  json,
  stamp,
  upgrade,
  upgradeJson,
} from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

interface Bodies {
  readonly up?: string
  readonly down?: string
}

/** A script as the multidb template of Alembic writes it. */
function script(id: string, parent: string | null, engine1: Bodies, engine2: Bodies): string {
  const ways = [engine1, engine2].flatMap(({ up = 'pass', down = 'pass' }, index) => [
    `def upgrade_engine${index + 1}():\n    ${up}\n`,
    `def downgrade_engine${index + 1}():\n    ${down}\n`,
  ])
  return [
    `"""${id}"""\nfrom alembic import op\nimport sqlalchemy as sa\n`,
    `revision = '${id}'\ndown_revision = ${parent === null ? 'None' : `'${parent}'`}\n`,
    'def upgrade(engine_name):\n    globals()["upgrade_%s" % engine_name]()\n',
    'def downgrade(engine_name):\n    globals()["downgrade_%s" % engine_name]()\n',
    ...ways,
  ].join('\n')
}

const table = (name: string): Bodies => ({
  up: `op.create_table('${name}', sa.Column('id', sa.Integer(), primary_key=True))`,
  down: `op.drop_table('${name}')`,
})

/** An app as `alembic init -t multidb` makes it, with two databases and two revisions. */
async function twoDatabases(): Promise<{ readonly app: DatabaseApp; readonly both: readonly TestDatabase[] }> {
  const app = world.app({ server: 'sqlite', files: { 'README.md': '' } })
  const both = [app.database, world.database('sqlite')]
  const { status, output } = world.git.run(
    world.python,
    ['-m', 'alembic', 'init', '-t', 'multidb', 'migrations'],
    app.folder,
    {
      env: app.env,
    },
  )
  expect(status, output).toBe(0)
  const ini = readFileSync(join(app.folder, 'alembic.ini'), 'utf8')
  const urls = both.map(({ url }) => url)
  app.repository.write({
    '.gitignore': '.venv\n__pycache__\n',
    'billing/alembic.ini': ini
      .replace('driver://user:pass@localhost/dbname2', urls[1]!)
      .replace('driver://user:pass@localhost/dbname', urls[0]!),
    'billing/migrations/versions/one.py': script('aaaa00000001', null, table('invoice'), table('parcel')),
    'billing/migrations/versions/two.py': script('aaaa00000002', 'aaaa00000001', table('refund'), {
      up: "op.add_column('parcel', sa.Column('weight', sa.Integer()))",
      down: "op.drop_column('parcel', 'weight')",
    }),
  })
  await runnerOf(app, world.python)
  app.repository.commit('Bill and ship')
  return { app, both }
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`several databases in one env.py${without ? ` (${without})` : ''}`, () => {
  it('are upgraded together, each behind a backup of its own, and told apart', async () => {
    const { app, both } = await twoDatabases()
    expect(upgrade(app, '--to', 'aaaa00000001').status).toBe(0)
    const { stdout, status } = upgrade(app)
    expect(status, stdout).toBe(0)
    expect(stdout).toMatch(/billing \(engine1\): 1 revision to run[\s\S]*billing \(engine2\): 1 revision to run/)
    expect(stdout).toMatch(/billing \(engine1\): 1\/1 aaaa00000002[\s\S]*billing \(engine2\): 1\/1 aaaa00000002/)
    expect(backupsOf(world)).toHaveLength(2)
    expect(both.map((one) => one.describe().versions)).toEqual([['aaaa00000002'], ['aaaa00000002']])
    expect(both.map((one) => Object.keys(one.describe().tables))).toEqual([['invoice', 'refund'], ['parcel']])
  })

  it('one that fails: which one, and where each of them stands', async () => {
    const { app } = await twoDatabases()
    app.repository.write({
      'billing/migrations/versions/two.py': script('aaaa00000002', 'aaaa00000001', table('refund'), {
        up: "op.execute('SELECT nonsense')",
      }),
    })
    const outcome = upgradeJson(app)
    expect(outcome).toMatchObject({
      exitCode: 1,
      outcome: 'failed',
      failure: { kind: 'failed', revision: 'aaaa00000002', statement: 'SELECT nonsense' },
      databases: [{ name: 'engine1' }, { name: 'engine2', done: ['aaaa00000001'] }],
    })
    // SQLite keeps the tables, and the template takes the rows of both back where one fails.
    expect(upgrade(app).stdout).toMatch(/stands engine1: at [\s\S]*stands engine2: at /)
  })

  it('are taken back and stamped together: what each would lose and lacks is its own', async () => {
    const { app, both } = await twoDatabases()
    expect(upgrade(app).status).toBe(0)
    const plan = downgrade(app, '--to', '-1', '--dry-run').stdout
    expect(plan).toMatch(
      /\(engine1\)[\s\S]*loses +table refund, with[\s\S]*\(engine2\)[\s\S]*loses +column parcel\.weight, with/,
    )
    expect(downgrade(app, '--to', '-1').status).toBe(0)
    expect(both.map((one) => one.describe().versions)).toEqual([['aaaa00000001'], ['aaaa00000001']])
    expect(json(stamp(app, 'billing', 'head', '--yes', '--format', 'json'))).toMatchObject({
      exitCode: 0,
      outcome: 'stamped',
      databases: [
        { name: 'engine1', marked: [{ lacking: [{ table: 'refund', column: null }] }], standing: ['aaaa00000002'] },
        { name: 'engine2', marked: [{ lacking: [{ table: 'parcel', column: 'weight' }] }], standing: ['aaaa00000002'] },
      ],
    })
  })
})

/** It has the driver of SQLite only. */
const ALEMBIC_1_13 = 'alembic-1.13' as 'databases'
const old = reasonAgainst('sqlite', ALEMBIC_1_13)
describe.skipIf(old)(`Alembic 1.13${old ? ` (${old})` : ''}`, () => {
  it('is led up, down and stamped just the same', async () => {
    world.remove()
    world = databaseWorld(ALEMBIC_1_13)
    const app = await behindByTwo(world)
    expect(upgrade(app)).toMatchObject({ status: 0, stdout: expect.stringContaining('2 revisions done') })
    expect(downgrade(app, '--to', '-1')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 revision undone'),
    })
    expect(downgrade(app, '--to', 'base')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('stands at base'),
    })
    expect(stamp(app, 'billing', dueDate.id, '--yes').status).toBe(0)
    expect(stamp(app, 'billing', invoice.id, '--purge', '--yes').status).toBe(0)
    expect(app.database.describe()).toMatchObject({ versions: [invoice.id], tables: {} })
  })
})
