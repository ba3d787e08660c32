import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { main } from '../../packages/cli/src/main.js'
import type { Question } from '../../packages/cli/src/questions.js'
import { adds, creates, type Script, textOf } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type Server,
  servers,
} from '../support/database-world.js'
import { gitWorld, TEMPLATE } from '../support/git-world.js'
import { world as terminal } from '../support/world.js'

const shop: Script = { id: 'b0', parents: null, ...creates('invoice', "sa.Column('currency', sa.String(3))") }
const country: Script = {
  id: 'c1',
  parents: 'b0',
  upgrade: ["op.add_column('invoice', sa.Column('country', sa.String(2), nullable=False))"],
  downgrade: ["op.drop_column('invoice', 'country')"],
}
const above: Script = { id: 'd1', parents: 'c1', ...adds('invoice', 'number') }
const narrow: Script = {
  id: 'c1',
  parents: 'b0',
  upgrade: [
    "with op.batch_alter_table('invoice') as batch_op:",
    "    batch_op.alter_column('currency', existing_type=sa.String(3), nullable=False)",
  ],
  downgrade: [
    "with op.batch_alter_table('invoice') as batch_op:",
    "    batch_op.alter_column('currency', existing_type=sa.String(3), nullable=True)",
  ],
}

/** The shop is committed, and so published; the scripts are new. */
function prepare(app: Pick<DatabaseApp, 'repository' | 'write'>, server: Server, ...scripts: readonly Script[]): void {
  app.write(shop)
  app.repository.write({
    'billing/migrations/script.py.mako': TEMPLATE,
    'onehead.json': JSON.stringify({ dialects: [server === 'mariadb' ? 'mysql' : server] }),
  })
  app.repository.commit('Open the shop')
  app.write(...scripts)
}

/** `onehead fix --interactive` at a terminal: what was asked, and what was shown. */
async function fix(root: string, ...answers: readonly string[]) {
  const asked: Question[] = []
  const left = [...answers]
  const ask = async (question: Question) => {
    asked.push(question)
    return left.shift() ?? 'no'
  }
  const { exitCode, stdout, stderr = '' } = await main(['fix', '--interactive'], terminal({ cwd: root, ask }))
  return { exitCode, output: stdout + stderr, asked: asked.map(({ message }) => message), left }
}

/** Everything in the folder of the scripts. */
function scriptsIn(root: string): ReadonlyMap<string, string> {
  const folder = join(root, 'billing/migrations/versions')
  const names = readdirSync(folder).filter((name) => name.endsWith('.py'))
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

let world: DatabaseWorld
afterEach(() => world?.remove())

for (const server of servers) {
  const reason = reasonAgainst(server)
  describe.skipIf(reason)(`on ${server} with rows${reason ? ` (${reason})` : ''}`, () => {
    /** An app whose database is filled below the scripts. */
    const filled = (...scripts: readonly Script[]) => {
      world = databaseWorld()
      const app = world.app({ server })
      prepare(app, server, ...scripts)
      app.run('upgrade b0', { fill: 7 })
      return app
    }
    const statusOf = (app: DatabaseApp, ...commands: readonly string[]) =>
      app.try(...commands).map(({ status, output }) => (status === 0 ? 0 : output))

    it('a column that fails at once gets there in three revisions, and back', async () => {
      const app = filled(country, above)
      // MariaDB makes a value up, and nobody notices.
      if (server !== 'mariadb') expect(statusOf(app, 'upgrade c1')).not.toEqual([0])
      const { exitCode, output, left } = await fix(app.repository.root, 'other', "'DE'", 'yes')
      expect(exitCode, output).toBe(0)
      expect(left).toEqual([])
      expect(statusOf(app, 'upgrade head')).toEqual([0])
      expect(app.database.sql('SELECT country FROM invoice')).toEqual([['DE']])
      expect(app.database.describe().tables['invoice']!.columns['country']).toMatch(/NOT NULL/)
      expect(app.database.describe().versions).toEqual(['d1'])
      expect(statusOf(app, 'downgrade b0', 'upgrade head')).toEqual([0, 0])
      expect(app.database.sql('SELECT country FROM invoice')).toEqual([['DE']])
    })

    it('a column that was there is filled below', async () => {
      const app = filled(narrow)
      expect(statusOf(app, 'upgrade head')).not.toEqual([0])
      app.run({ empty: true }, 'upgrade b0', { fill: 7 })
      const { exitCode, output } = await fix(app.repository.root, 'other', "'EUR'", 'yes')
      expect(exitCode, output).toBe(0)
      expect(statusOf(app, 'upgrade head')).toEqual([0])
      expect(app.database.sql('SELECT currency FROM invoice')).toEqual([['EUR']])
      expect(statusOf(app, 'downgrade b0', 'upgrade head')).toEqual([0, 0])
    })
  })
}

describe('what is written', () => {
  const git = gitWorld
  let remove = () => {}
  afterEach(() => remove())

  function repository(...scripts: readonly Script[]) {
    const made = git()
    remove = made.remove
    const own = made.repository('shop')
    const write = (...all: readonly Script[]) =>
      own.write(Object.fromEntries(all.map((one) => [`billing/migrations/versions/${one.id}.py`, textOf(one)])))
    own.write({ 'billing/alembic.ini': '[alembic]\nscript_location = migrations\n', 'billing/migrations/env.py': '' })
    prepare({ repository: own, write }, 'postgresql', ...scripts)
    return own
  }

  it('is shown before, stands in one line, passes the check, and is taken back by --undo', async () => {
    const { root, onehead } = repository(country, above)
    const before = scriptsIn(root)
    expect(onehead(['check']).status).toBe(1)
    const refused = await fix(root, '0', 'no')
    expect(refused.output).toContain('invoice.country')
    expect(scriptsIn(root)).toEqual(before)
    const { exitCode, output, asked } = await fix(root, 'other', "'DE'", 'yes')
    expect(asked).toEqual([
      'billing: invoice.country becomes NOT NULL; what do the rows get that are there?',
      "in SQL, such as '' or an expression of other columns",
      'Write this?',
    ])
    expect(exitCode, output).toBe(0)
    const after = scriptsIn(root)
    expect(after.get('c1.py')).toBe(before.get('c1.py')!.replace('nullable=False', 'nullable=True'))
    const made = [...after].filter(([name]) => !before.has(name)).map(([, text]) => text)
    const [fill, narrowed] = made.sort((a) => (a.includes("down_revision = 'c1'") ? -1 : 1))
    expect(fill).toContain(`op.execute("UPDATE invoice SET country = 'DE' WHERE country IS NULL")`)
    expect(narrowed).toContain("op.alter_column('invoice', 'country', existing_type=sa.String(2), nullable=False)")
    expect(narrowed).toContain("op.alter_column('invoice', 'country', existing_type=sa.String(2), nullable=True)")
    const top = /^revision = '(\w+)'/m.exec(narrowed!)![1]
    expect(after.get('d1.py')).toContain(`down_revision = '${top}'`)
    expect(onehead(['check'])).toMatchObject({ status: 0 })
    expect(onehead(['fix', '--undo'])).toMatchObject({ status: 0 })
    expect(scriptsIn(root)).toEqual(before)
  })

  it('is nothing for what was left alone, and nothing is asked where nothing is to be said', async () => {
    const { root } = repository(country)
    const before = scriptsIn(root)
    expect(await fix(root, 'leave')).toMatchObject({ exitCode: 0, left: [] })
    expect(scriptsIn(root)).toEqual(before)
    const { asked } = await fix(repository(above).root)
    expect(asked).toEqual([])
  })

  it('keeps a : of the value from being a parameter', async () => {
    const { root } = repository(country)
    await fix(root, 'other', "':x'", 'yes')
    expect([...scriptsIn(root).values()].join('')).toContain(`country = '\\\\:x' WHERE`)
  })

  it('is told why not, where a new script could not say it', async () => {
    const own = { ...country, upgrade: ["op.add_column('invoice', sa.Column('country', shop.Code(), nullable=False))"] }
    const { root, write } = repository(own)
    write({ 'onehead.json': '{ "dialects": ["mysql"] }' })
    const { output, asked } = await fix(root)
    expect(asked).toEqual([])
    expect(output).toContain('by hand, because a new script does not know the type shop.Code()')
  })
})
