import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askDatabase, findRunner, runAlembic } from '@onehead/workspace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { environmentOf, runnerOf } from '../support/runner-world.js'

const invoice: Script = { id: '3c9e51a7b204', parents: null, ...creates('invoice') }

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** Lines at the beginning of env.py. */
function beginWith(app: DatabaseApp, ...lines: readonly string[]): void {
  const path = join(app.folder, 'migrations/env.py')
  app.repository.write({ 'billing/migrations/env.py': `${lines.join('\n')}\n${readFileSync(path, 'utf8')}` })
}

const reason = reasonAgainst('sqlite')
describe.skipIf(reason)(`an env.py${reason ? ` (${reason})` : ''}`, () => {
  const sqlite = () => world.app({ server: 'sqlite', scripts: [invoice] })

  it('may print whatever it likes', async () => {
    const app = sqlite()
    app.run('upgrade head')
    beginWith(
      app,
      'import sys',
      'print(\'{"databases": []}\')',
      'print("müde", file=sys.stderr)',
      'sys.stdout.write("no line end")',
    )
    const { databases, run } = await askDatabase(await runnerOf(app, world.python))
    expect(databases).toMatchObject([{ currentRevisions: [invoice.id] }])
    expect([run.stdout, run.stderr]).toEqual(['{"databases": []}\nno line end', expect.stringContaining('müde\n')])
  })

  it.each([
    ['input("Really? ")', 'EOFError: EOF when reading a line'],
    ['import getpass; getpass.getpass()', 'EOFError'],
    ['import sys; raise RuntimeError(repr(sys.stdin.readline()))', "RuntimeError: ''"],
    ['import click; click.confirm("Really?", abort=True)', 'Abort'],
  ])('that asks a question gets no answer, and does not wait: %s', async (question, message) => {
    const app = sqlite()
    beginWith(app, question)
    const { failure, databases } = await askDatabase(await runnerOf(app, world.python))
    expect(databases).toEqual([])
    expect(failure).toMatchObject({ kind: 'said', message })
  })

  it.each([
    ['raise RuntimeError("no such tenant")', { kind: 'said', message: 'RuntimeError: no such tenant', cause: null }],
    [
      'import billing.models',
      { message: "ModuleNotFoundError: No module named 'billing'", help: expect.stringContaining('PYTHONPATH') },
    ],
    ['import MySQLdb', { help: expect.stringMatching(/^install the driver/) }],
    ['from flask import current_app; current_app.name', { help: expect.stringContaining('"app" in onehead.json') }],
    [
      'from sqlalchemy import create_engine; create_engine("")',
      { cause: expect.stringContaining('empty or no address') },
    ],
    [
      'from sqlalchemy import create_engine; create_engine("postgres://db/shop")',
      { help: expect.stringContaining('postgresql://') },
    ],
    [
      'from sqlalchemy import create_engine; create_engine("driver://db/shop")',
      { cause: expect.stringContaining('template') },
    ],
    [
      'import sys; sys.exit(0)',
      { kind: 'silent', message: 'env.py ended before Alembic could say where the database stands' },
    ],
    ['import sys; sys.exit("no tenant")', { kind: 'silent', message: 'no tenant' }],
    ['import os; os.kill(os.getpid(), 9)', { kind: 'silent', message: 'it ended with SIGKILL' }],
    ['def', { message: 'SyntaxError: invalid syntax' }],
  ])('that fails is told of: %s', async (line, failure) => {
    const app = sqlite()
    beginWith(app, line)
    const { VIRTUAL_ENV: _, ...shell } = app.env
    expect(await askDatabase(await runnerOf(app, world.python, { shell }))).toMatchObject({ databases: [], failure })
  })

  it('that leads to no database says so by an empty list', async () => {
    const app = sqlite()
    app.repository.write({ 'billing/migrations/env.py': 'pass\n' })
    expect(await askDatabase(await runnerOf(app, world.python))).toMatchObject({ databases: [], failure: null })
  })

  it('that never ends is stopped, with everything it has started', async () => {
    const app = sqlite()
    beginWith(app, 'import subprocess', 'subprocess.run(["sleep", "1000000"])')
    const runner = await runnerOf(app, world.python)
    const { failure, run } = await askDatabase(runner, { timeoutMs: 1500, graceMs: 500 })
    expect(run.timedOut).toBe(true)
    expect(failure).toMatchObject({ kind: 'timeout', message: 'it did not end within 1.5 seconds and was stopped' })
  })

  it('finds the application in "env", and the variables that it needs', async () => {
    const app = sqlite()
    app.repository.write({ 'billing/shop/__init__.py': 'import os\nassert os.environ["SERVER_NAME"] == "localhost"\n' })
    beginWith(app, 'import shop')
    expect((await askDatabase(await runnerOf(app, world.python))).failure).toMatchObject({
      message: expect.stringContaining("'shop'"),
    })
    const env = { PYTHONPATH: '.', SERVER_NAME: 'localhost' }
    expect((await askDatabase(await runnerOf(app, world.python, { env }))).failure).toBeNull()
  })
})

describe.skipIf(reason)(`what is missing is named${reason ? ` (${reason})` : ''}:`, () => {
  it('Alembic itself, the configuration, env.py, the variable with the address', async () => {
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    const environment = await environmentOf(app)
    const nowhere = { shell: { PATH: '/usr/bin:/bin' }, runner: '/usr/bin/env python3-that-is-not-there' }
    expect(await findRunner(app.repository.root, environment, nowhere)).toMatchObject({ kind: 'missing' })

    const { DATABASE_URL: _, ...shell } = app.env
    const unset = await runnerOf(app, world.python, { shell, databaseUrlEnv: 'DATABASE_URL' })
    beginWith(
      app,
      'import os',
      'from sqlalchemy import create_engine',
      'create_engine(os.environ.get("DATABASE_URL", ""))',
    )
    expect((await askDatabase(unset)).failure).toMatchObject({ help: 'set DATABASE_URL, which is not set here' })

    const runner = await runnerOf(app, world.python)
    rmSync(join(app.folder, 'migrations/env.py'))
    expect((await askDatabase(runner)).failure).toMatchObject({
      message: expect.stringContaining("Can't find Python file"),
    })
    rmSync(join(app.folder, 'alembic.ini'))
    const { failure } = await runAlembic(runner, 'heads')
    expect(failure).toMatchObject({ message: "No 'script_location' key found in configuration." })
  })

  it('a virtual environment whose Python is gone', async () => {
    const app = world.app({ server: 'sqlite', scripts: [invoice] })
    mkdirSync(join(app.folder, 'venv/bin'), { recursive: true })
    app.repository.write({
      'billing/venv/pyvenv.cfg': 'home = /usr/bin\n',
      'billing/venv/bin/python': { symlink: '/usr/lib/gone' },
    })
    const { attempts } = await runnerOf(app, world.python)
    expect(attempts.map(({ because }) => because)).toEqual(['billing/.venv'])
    rmSync(join(app.folder, '.venv'))
    const runner = await findRunner(app.repository.root, await environmentOf(app), { shell: { PATH: '' } })
    expect(runner).toMatchObject({
      kind: 'missing',
      help: 'run `python3 -m venv billing/venv`: billing/venv is broken: it has no Python any more',
    })
  })
})

const servers = { postgresql: reasonAgainst('postgresql'), mariadb: reasonAgainst('mariadb') }
describe.skipIf(servers.postgresql)(`PostgreSQL${servers.postgresql ? ` (${servers.postgresql})` : ''}`, () => {
  const asked = async (address: (url: string) => string) => {
    const app = world.app({ server: 'postgresql', scripts: [invoice] })
    const shell = { ...app.env, DATABASE_URL: address(app.database.url) }
    return askDatabase(await runnerOf(app, world.python, { shell }))
  }

  it.each([
    [
      'a server that is not there',
      (url: string) => url.replace(/:\d+\//, ':1/'),
      'Connection refused',
      /^start the database server/,
    ],
    [
      'a host that is not there',
      (url: string) => url.replace(/@[^/]+/, '@shop.invalid:5432'),
      'shop.invalid',
      /^correct the host/,
    ],
    [
      'a database that is not there',
      (url: string) => url.replace(/\/[^/]+$/, '/no_such_shop'),
      '"no_such_shop" does not exist',
      /^create it/,
    ],
    [
      'a user that is not there',
      (url: string) => url.replace(/\/\/[^@]+@/, '//nobody_here:hunter2-hunter2@'),
      'role "nobody_here"',
      /^create the role/,
    ],
  ])('%s', async (_, address, message, help) => {
    const { failure, run } = await asked(address)
    expect(failure).toMatchObject({
      kind: 'said',
      message: expect.stringContaining(message),
      help: expect.stringMatching(help),
    })
    expect(run.stderr + run.stdout).not.toContain('hunter2')
  })
})

describe.skipIf(servers.mariadb)(`MariaDB${servers.mariadb ? ` (${servers.mariadb})` : ''}`, () => {
  it.each([
    [
      'a wrong password',
      (url: string) => url.replace(/\/\/[^@]+@/, '//root:wrong-hunter2@'),
      'Access denied for user',
      /^correct user and password/,
    ],
    [
      'a database that is not there',
      (url: string) => url.replace(/\/[^/]+$/, '/no_such_shop'),
      "Unknown database 'no_such_shop'",
      /^create it/,
    ],
    [
      'a server that is not there',
      (url: string) => url.replace(/:\d+\//, ':1/'),
      "Can't connect to MySQL server",
      /^start the database server/,
    ],
  ])('%s', async (_, address, message, help) => {
    const app = world.app({ server: 'mariadb', scripts: [invoice] })
    const shell = { ...app.env, DATABASE_URL: address(app.database.url) }
    const { failure, run } = await askDatabase(await runnerOf(app, world.python, { shell }))
    expect(failure).toMatchObject({
      kind: 'said',
      message: expect.stringContaining(message),
      help: expect.stringMatching(help),
    })
    expect(run.stderr + run.stdout).not.toContain('hunter2')
  })
})

/** Another Node that upgrades through the built package, and does something in the middle of the first migration. */
function interruptedUpgrade(app: DatabaseApp, then: string) {
  const built = fileURLToPath(new URL('../../packages/workspace/dist/index.js', import.meta.url))
  const source = `
    import { defaultConfiguration, findRunner, loadEnvironments, upgrade, workingTree } from ${JSON.stringify(built)}
    const root = ${JSON.stringify(app.repository.root)}
    const candidates = [{ config: 'billing/alembic.ini', explicit: true }]
    const { environments } = await loadEnvironments(workingTree(root), candidates, defaultConfiguration, { root })
    const runner = await findRunner(root, environments[0])
    const onOutput = (line) => {
      if (line.startsWith('in the middle of')) { ${then} }
    }
    const run = await upgrade(runner, 'head', { onOutput, graceMs: 60_000 })
    console.log(JSON.stringify(run))
  `
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { env: app.env, encoding: 'utf8' })
}

const slow: Script = {
  id: '8b1f2c7d90aa',
  parents: invoice.id,
  upgrade: [
    "op.create_table('customer', sa.Column('id', sa.Integer()))",
    'import os, time',
    'print("in the middle of", os.getpid(), flush=True)',
    'time.sleep(1000000)',
  ],
}

describe.skipIf(servers.postgresql)(
  `whoever stops an upgrade${servers.postgresql ? ` (${servers.postgresql})` : ''}`,
  () => {
    const isAlive = (pid: number): boolean =>
      existsSync(`/proc/${pid}`) || spawnSync('kill', ['-0', `${pid}`]).status === 0

    it('with Ctrl-C stops Alembic, which takes back what it has begun', async () => {
      const app = world.app({ server: 'postgresql', scripts: [invoice, slow] })
      await runnerOf(app, world.python)
      const { stdout, stderr } = interruptedUpgrade(app, "process.kill(process.pid, 'SIGINT')")
      expect(stderr).toBe('')
      const run = JSON.parse(stdout)
      expect(run).toMatchObject({ stopped: 'SIGINT', failure: { kind: 'stopped', message: 'it was stopped (SIGINT)' } })
      expect(run.stderr).toContain('KeyboardInterrupt')
      const { versions, tables } = app.database.describe()
      expect([versions, Object.keys(tables)]).toEqual([[], []])
    })

    it.each(['SIGTERM', 'SIGHUP'])('with %s, too', async (signal) => {
      const app = world.app({ server: 'postgresql', scripts: [invoice, slow] })
      await runnerOf(app, world.python)
      const { stdout } = interruptedUpgrade(app, `process.kill(process.pid, '${signal}')`)
      expect(JSON.parse(stdout)).toMatchObject({ stopped: signal, signal })
      expect(app.database.describe().versions).toEqual([])
    })

    it('by ending us leaves nothing running', async () => {
      const app = world.app({ server: 'postgresql', scripts: [invoice, slow] })
      await runnerOf(app, world.python)
      const { stdout, status } = interruptedUpgrade(app, 'console.log(line); process.exit(9)')
      expect(status).toBe(9)
      const pid = Number(/in the middle of (\d+)/.exec(stdout)?.[1])
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
    })
  },
)
