import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  askDatabase,
  findRunner,
  mergeWithAlembic,
  type Runner,
  revisionWithAlembic,
  upgrade,
} from '@onehead/workspace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { providePython } from '../support/python.js'
import { environmentOf, runnerOf } from '../support/runner-world.js'

const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }
const customer: Script = { id: '8b1f2c7d90aa', parents: invoice.id, ...creates('customer') }
const refund: Script = { id: 'f04d6e2b713c', parents: invoice.id, ...creates('refund') }

const template = `"""\${message}"""
revision = \${repr(up_revision)}
down_revision = \${repr(down_revision)}
branch_labels = \${repr(branch_labels)}
depends_on = \${repr(depends_on)}


def upgrade():
    \${upgrades if upgrades else "pass"}


def downgrade():
    pass
`

let world: DatabaseWorld
afterEach(() => world.remove())

for (const python of ['databases', 'databases-1.8'] as const) {
  const reason = reasonAgainst('sqlite', python)
  describe.skipIf(reason)(`a script by ${python}${reason ? ` (${reason})` : ''}`, () => {
    let app: DatabaseApp
    let runner: Runner
    beforeEach(async () => {
      world = databaseWorld(python)
      app = world.app({ server: 'sqlite', scripts: [invoice, customer, refund] })
      app.repository.write({ 'billing/migrations/script.py.mako': template })
      runner = await runnerOf(app, world.python)
    })
    const text = (path: string) => readFileSync(join(app.repository.root, path), 'utf8')

    it('that joins two heads is found where Alembic wrote it', async () => {
      const wish = {
        revisions: [refund.id, customer.id],
        message: "join refunds and the customer's",
        revisionId: 'a1b2',
      }
      const { paths, run } = await mergeWithAlembic(runner, wish)
      expect(run).toMatchObject({ failure: null, typed: expect.stringContaining('merge -m') })
      expect(paths).toEqual(['billing/migrations/versions/a1b2_join_refunds_and_the_customer_s.py'])
      expect(text(paths[0]!)).toContain(`down_revision = ('${refund.id}', '${customer.id}')`)
    })

    // Alembic makes folders for scripts since 1.10.
    if (python === 'databases')
      it('is put below a folder where file_template says so', async () => {
        const ini =
          '[alembic]\nscript_location = %(here)s/migrations\nfile_template = %%(year)d/%%(slug)s\nrecursive_version_locations = true\n'
        app.repository.write({ 'billing/alembic.ini': ini })
        const wish = { message: 'add due date', head: refund.id, branchLabel: 'dates', dependsOn: [customer.id] }
        const { paths } = await revisionWithAlembic(runner, wish)
        expect(paths).toEqual([expect.stringMatching(/^billing\/migrations\/versions\/\d{4}\/add_due_date\.py$/)])
        expect(text(paths[0]!)).toContain("branch_labels = ('dates',)")
      })

    it('that cannot be written is told of, and none is found', async () => {
      const { paths, run } = await revisionWithAlembic(runner, { message: 'add due date' })
      expect(paths).toEqual([])
      expect(run.failure).toMatchObject({
        message: expect.stringMatching(/^Multiple heads are present/),
        rules: ['multiple-heads', 'duplicate-revision'],
      })
    })

    it('that is written again is found, too', async () => {
      const wish = { message: 'due', head: refund.id, revisionId: 'a1b2' }
      const first = await revisionWithAlembic(runner, wish)
      app.repository.write({ [first.paths[0]!]: 'revision = "c3"\ndown_revision = None\n' })
      expect((await revisionWithAlembic(runner, wish)).paths).toEqual(first.paths)
    })
  })
}

const reason = reasonAgainst('sqlite')
describe.skipIf(reason)(`Flask-Migrate${reason ? ` (${reason})` : ''}`, () => {
  it('compares the models: a script where they differ, none where they do not', async () => {
    world = databaseWorld()
    const app = world.app({ server: 'sqlite', kind: 'flask-migrate' })
    const source = readFileSync(join(app.folder, 'app.py'), 'utf8')
    app.repository.write({
      'billing/app.py': `${source}\nclass Invoice(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n`,
    })
    const runner = await runnerOf(app, world.python, { config: 'migrations/alembic.ini' })
    const wish = { message: 'invoices', autogenerate: true }
    const first = await revisionWithAlembic(runner, wish)
    expect(first.paths).toEqual([expect.stringMatching(/versions\/[0-9a-f]{12}_invoices\.py$/)])
    expect(first.run.typed).toBe('.venv/bin/flask db migrate -m invoices')
    expect(await revisionWithAlembic(runner, wish)).toMatchObject({
      paths: [],
      run: {
        failure: {
          message: 'Target database is not up to date.',
          help: expect.stringMatching(/^run what is pending first/),
        },
      },
    })
    await upgrade(runner, 'head')
    const { paths, run } = await revisionWithAlembic(runner, wish)
    expect([paths, run.failure]).toEqual([[], null])
  })
})

const uv = providePython('uv')
const without = uv.reason ?? reason
describe.skipIf(without)(`a project of uv${without ? ` (${without})` : ''}`, () => {
  it('is run by uv, which changes nothing', async () => {
    world = databaseWorld()
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    const bin = dirname(uv.python!)
    const env = {
      ...app.env,
      PATH: `${bin}:${process.env.PATH}`,
      UV_OFFLINE: '1',
      UV_CACHE_DIR: join(world.git.folder, 'uv'),
    }
    app.repository.write({ 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.9"\n' })
    const lock = () => world.git.run(join(bin, 'uv'), ['lock'], app.repository.root, { env })
    expect(lock()).toMatchObject({ status: 0 })
    const environment = await environmentOf(app)
    const shell = { ...env, PATH: bin }
    expect(await findRunner(app.repository.root, environment, { shell, runner: 'uv' })).toMatchObject({
      command: 'uv sync',
    })
    expect(existsSync(join(app.repository.root, '.venv'))).toBe(false)

    // An environment that uv recognises, with Alembic in it.
    expect(world.git.run(world.python, ['-m', 'venv', '--without-pip', '.venv'], app.repository.root).status).toBe(0)
    const version = world.git.run(
      world.python,
      ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'],
      app.folder,
    )
    const library = version.stdout.trim()
    const own = library.slice(library.indexOf('/lib/') + 1)
    world.git.run('rm', ['-r', join('.venv', own)], app.repository.root)
    symlinkSync(library, join(app.repository.root, '.venv', own))
    const runner = await findRunner(app.repository.root, environment, { shell })
    expect(runner).toMatchObject({ kind: 'runner', way: 'uv', because: 'uv.lock', facts: { alembic: '1.20.0' } })
    const { run, failure } = await askDatabase(runner as Runner)
    expect([failure, run.typed]).toEqual([null, 'uv run alembic current'])
    expect(await upgrade(runner as Runner, 'head')).toMatchObject({ failure: null })
    expect(app.database.describe().versions).toEqual([invoice.id])
  })
})

describe.skipIf(reason)(`a manager${reason ? ` (${reason})` : ''}`, () => {
  it.each([
    ['poetry', 'poetry.lock', 'poetry run alembic upgrade head'],
    ['pipenv', 'Pipfile', 'pipenv run alembic upgrade head'],
  ])('such as %s is given the whole command', async (name, marker, typed) => {
    world = databaseWorld()
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    const bin = join(world.git.folder, 'bin')
    mkdirSync(bin)
    const fake = `#!/bin/sh\necho "$0 $*" >> "$NOTES"\n[ "$1" = run ] || { echo there; exit 0; }\nshift; shift; exec ${world.python} "$@"\n`
    app.repository.write({ [`billing/${marker}`]: '', [`../bin/${name}`]: fake })
    chmodSync(join(bin, name), 0o755)
    const notes = join(world.git.folder, 'notes')
    const runner = await runnerOf(app, world.python, {
      shell: { ...app.env, NOTES: notes, PATH: `${bin}:${app.env.PATH}` },
    })
    expect(await upgrade(runner, 'head')).toMatchObject({ failure: null, typed })
    expect(app.database.describe().versions).toEqual([invoice.id])
    const calls = readFileSync(notes, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('/').at(-1))
    expect(readFileSync(notes, 'utf8')).toMatch(
      new RegExp(`${name} run python \\S+onehead_alembic.py alembic upgrade head`),
    )
    expect(calls).toHaveLength(3)
  })
})

describe.skipIf(reason)(`doctor${reason ? ` (${reason})` : ''}`, () => {
  it('says with which Python it would reach a database, and that most of onehead needs none', async () => {
    world = databaseWorld()
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    await runnerOf(app, world.python)
    app.repository.write({ 'users/alembic.ini': '[alembic]\nscript_location = %(here)s/db\n', 'users/db/env.py': '' })
    app.repository.write({ 'onehead.json': '{ "environments": { "users": { "runner": "no-such-python" } } }' })
    const { stdout, stderr } = app.repository.onehead(['doctor'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /\nPython \(only .*\)\n {2}ok billing: Alembic 1\.20\.0 on Python [\d.]+, by billing\/\.venv\n {2}- {2}users: no Python with Alembic was found: no-such-python is not on the PATH\n {6}cure: correct "runner"/,
    )
    const { python } = JSON.parse(app.repository.onehead(['doctor', '--format', 'json']).stdout)
    expect(python).toMatchObject([{ runner: { form: 'alembic', alembic: '1.20.0', cwd: 'billing' } }, { runner: null }])
  })
})
