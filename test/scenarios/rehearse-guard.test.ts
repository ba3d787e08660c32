import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type Server,
} from '../support/database-world.js'
import { copiesOf, rehearse, rehearseJson } from '../support/rehearse-world.js'
import { behindByTwo, refund } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const described = (server: Server, what: string) => {
  const without = reasonAgainst(server)
  return [without !== null, `${what}${without ? ` (${without})` : ''}`] as const
}

/** An env.py of its own; `ENGINE` is what makes the engine. */
function writeEnv(app: DatabaseApp, engine: readonly string[], before: readonly string[] = []): void {
  const text = `import os
import sys
from alembic import context
import sqlalchemy as sa
from sqlalchemy import create_engine, pool

${before.join('\n')}
${engine.join('\n')}
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`
  app.repository.write({ 'billing/migrations/env.py': text })
}

const [noSqlite, onSqlite] = described('sqlite', 'the original SQLite file stays byte for byte as it was')
describe.skipIf(noSqlite)(onSqlite, () => {
  const bytesOf = (app: DatabaseApp) => readFileSync(app.database.name)
  const untouched = (app: DatabaseApp, work: () => void) => {
    const before = bytesOf(app)
    work()
    expect(bytesOf(app).equals(before)).toBe(true)
    expect(copiesOf(world, app)).toEqual([])
  }

  it('where env.py has the address written in it: led to the copy', async () => {
    const app = await behindByTwo(world)
    writeEnv(app, [`engine = create_engine("${app.database.url}")`])
    untouched(app, () => expect(rehearseJson(app)).toMatchObject({ exitCode: 0, isUntouched: true }))
    writeEnv(app, [`engine = create_engine("sqlite:///file:${app.database.name}?mode=rw&uri=true")`])
    untouched(app, () => expect(rehearseJson(app)).toMatchObject({ exitCode: 0, isUntouched: true }))
  })

  it('where env.py makes its connections itself: refused, with the way out; and with that it works', async () => {
    const app = await behindByTwo(world)
    const creator = [
      'import sqlite3',
      `path = os.environ["DATABASE_URL"].replace("sqlite:///", "")`,
      'engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path), poolclass=pool.NullPool)',
    ]
    writeEnv(app, creator)
    untouched(app, () => {
      const { stdout, status } = rehearse(app)
      expect(status).toBe(1)
      expect(stdout).toMatch(/billing is not rehearsed: env.py (connects to something else|does not run)/)
      expect(stdout).toContain('databaseUrlEnv in onehead.json')
      expect(rehearseJson(app).refusal).toMatchObject({ kind: 'not-the-copy' })
    })
    const settings = { environments: { billing: { databaseUrlEnv: 'DATABASE_URL' } } }
    app.repository.write({ 'onehead.json': JSON.stringify(settings) })
    untouched(app, () => expect(rehearseJson(app)).toMatchObject({ exitCode: 0, refusal: null }))
  })

  it('where a script opens the file past SQLAlchemy, also if it swallows what it is told', async () => {
    const app = await behindByTwo(world)
    const sneaky = [
      'import sqlite3',
      'try:',
      `    sqlite3.connect("${app.database.name}").execute("DELETE FROM invoice")`,
      'except BaseException:',
      '    pass',
    ]
    writeEnv(app, ['engine = create_engine(os.environ["DATABASE_URL"])', 'engine.connect().close()', ...sneaky])
    untouched(app, () => expect(rehearseJson(app).refusal).toMatchObject({ kind: 'not-the-copy' }))
  })

  it('where env.py runs on a database in memory: refused, nothing is proven there', async () => {
    const app = await behindByTwo(world)
    writeEnv(app, ['engine = create_engine("sqlite://")'])
    untouched(app, () => expect(rehearseJson(app).refusal).toMatchObject({ kind: 'not-the-copy' }))
  })

  it('where env.py prints, asks, raises, ends Python or hangs: said in its words', async () => {
    const app = await behindByTwo(world)
    const usual = ['engine = create_engine(os.environ["DATABASE_URL"])']
    writeEnv(app, usual, ['print("x" * 100000)', 'print("onehead-{}", file=sys.stderr)'])
    untouched(app, () => expect(rehearseJson(app)).toMatchObject({ exitCode: 0 }))
    writeEnv(app, usual, ['input("which tenant? ")'])
    untouched(app, () =>
      expect(rehearseJson(app).refusal).toMatchObject({ kind: 'environment', message: expect.stringMatching(/EOF/) }),
    )
    writeEnv(app, usual, ['raise ValueError("no tenant")'])
    untouched(app, () =>
      expect(rehearse(app).stdout).toMatch(
        /billing is not rehearsed: ValueError: no tenant\n +help: mend billing\/migrations\/env\.py:\d+, where it/,
      ),
    )
    writeEnv(app, usual, ['sys.exit(0)'])
    untouched(app, () => expect(rehearseJson(app).refusal).toMatchObject({ kind: 'environment' }))
    writeEnv(app, usual, ['import time', 'time.sleep(600)'])
    untouched(app, () => {
      const { stdout, status } = rehearse(app, '--timeout', '2')
      expect(status).toBe(1)
      expect(stdout).toMatch(/env.py did not end within 2 seconds[\s\S]*--timeout 8/)
    })
  })

  it('where a script hangs: stopped in its time, named, and nothing is left', async () => {
    const app = await behindByTwo(world)
    app.write({ ...refund, downgrade: ["__import__('time').sleep(600)"] })
    untouched(app, () => {
      const told = rehearseJson(app, '--timeout', '6')
      expect(told).toMatchObject({ exitCode: 1, refusal: { kind: 'timeout' } })
      expect(told.refusal.message).toBe(`downgrade() of ${refund.id} did not end within 6 seconds and was stopped`)
      expect(told.revisions).toMatchObject([{ upAgain: 'well' }, { up: 'well', down: 'skipped' }])
    })
  })

  it('where the database stands at a revision that no script declares: refused, with the command that tells more', async () => {
    const app = await behindByTwo(world)
    app.database.sql("UPDATE alembic_version SET version_num = 'feedfacecafe'")
    untouched(app, () => {
      const { stdout, status } = rehearse(app)
      expect(status).toBe(1)
      expect(stdout).toMatch(/Can't locate revision identified by 'feedfacecafe'[\s\S]*onehead status billing/)
    })
  })
})

const [noPostgresql, onPostgresql] = described('postgresql', 'onehead rehearse and servers that are in the way')
describe.skipIf(noPostgresql)(onPostgresql, () => {
  it('a hard-coded address is led to the copy, and an engine of its own making is refused', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const before = app.database.describe()
    writeEnv(app, [`engine = create_engine("${app.database.url}")`])
    expect(rehearseJson(app)).toMatchObject({ exitCode: 0, isUntouched: true, databases: [{ method: 'template' }] })
    const [, , user, , host, port] = /(\/\/)(\w+)(:\w+)?@([\w.]+):(\d+)/.exec(app.database.url)!
    const made = `psycopg2.connect(host="${host}", port=${port}, user="${user}", dbname="${app.database.name}")`
    writeEnv(app, ['import psycopg2', `engine = create_engine("postgresql+psycopg2://", creator=lambda: ${made})`])
    expect(rehearseJson(app).refusal).toMatchObject({ kind: 'not-the-copy' })
    expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
  })

  it('somebody is connected: copied through a dump, and nobody is sent away', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const code = `import psycopg2, sys
somebody = psycopg2.connect(sys.argv[1]).cursor()
for line in iter(sys.stdin.readline, ""): somebody.execute("SELECT 1"); print("there", flush=True)`
    const address = app.database.url.replace('+psycopg2', '')
    const somebody = spawn(world.python, ['-c', code, address])
    const lines = createInterface({ input: somebody.stdout })
    const answer = async () => {
      somebody.stdin.write('are you there?\n')
      return (await once(lines, 'line'))[0]
    }
    expect(await answer()).toBe('there')
    const told = rehearseJson(app)
    expect(told).toMatchObject({ exitCode: 0, databases: [{ method: 'dump' }], refusal: null })
    expect(await answer()).toBe('there')
    somebody.kill()
    expect(copiesOf(world, app)).toEqual([])
  })

  it('no server, another host, no right to make databases: said, with the way out', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const at = (url: string, ...args: readonly string[]) =>
      app.repository.onehead(['rehearse', ...args], { env: { ...app.env, DATABASE_URL: url } })
    const { url } = app.database
    const gone = at(url.replace(/:\d+\//, ':1/'))
    expect(gone.status).toBe(1)
    expect(gone.stdout).toMatch(/not rehearsed: connection to server at "127.0.0.1", port 1 failed/)
    const far = at(url.replace(/@[\w.]+/, '@db.example.invalid'))
    expect(far.status).toBe(1)
    expect(far.stdout).toMatch(/is on db.example.invalid, which\s+is not this machine[\s\S]*--remote/)
    const told = at(url.replace(/@[\w.]+/, '@db.example.invalid'), '--remote')
    expect(told.stdout).toMatch(/could not translate host name/)
    const role = `onehead_test_${process.pid}`
    app.database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'Tr0ub4dor-and-3'`)
    try {
      const { stdout, stderr, status } = at(url.replace(/\/\/[^@]*@/, `//${role}:Tr0ub4dor-and-3@`))
      expect(status).toBe(1)
      expect(stdout).toMatch(
        /may not make a database \(.*permission denied[\s\S]*ALTER ROLE "onehead_test_\d+" CREATEDB/,
      )
      expect(stdout + stderr).not.toContain('Tr0ub4dor')
    } finally {
      app.database.sql(`DROP ROLE ${role}`)
    }
    expect(copiesOf(world, app)).toEqual([])
  })

  it('killed in the middle: the next rehearsal drops what was left, and says so', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const kill = ['os.kill(os.getpid(), 9)']
    const script = app.pathOf({ id: 'f04d6e2b713c', parents: null })
    const text = readFileSync(join(app.repository.root, script), 'utf8')
    const deadly = text.replace('def upgrade():\n', `def upgrade():\n    import os; ${kill[0]}\n`)
    app.repository.write({ [script]: deadly })
    const killed = rehearseJson(app)
    expect(killed).toMatchObject({ exitCode: 1, refusal: { kind: 'environment' } })
    // It cleaned up after the child that was killed.
    expect(copiesOf(world, app)).toEqual([])
    app.database.sql(`CREATE DATABASE onehead_rehearsal_01234567_1_${app.database.name.slice(-28)}`)
    app.repository.write({ [script]: text })
    const { stdout, status } = rehearse(app)
    expect(status, stdout).toBe(0)
    expect(copiesOf(world, app)).toEqual([])
  })
})
