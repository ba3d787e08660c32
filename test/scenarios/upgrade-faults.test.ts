import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import {
  backupsOf,
  behindByTwo,
  downgrade,
  dueDate,
  invoice,
  refund,
  startUpgrade,
  upgrade,
  upgradeJson,
} from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const ENV = 'billing/migrations/env.py'
const envOf = (app: DatabaseApp) => readFileSync(join(app.repository.root, ENV), 'utf8')

/** Lines of env.py that only an upgrade comes to: whoever asks where the database stands does not run `upgrade`. */
function onlyWhenRun(app: DatabaseApp, ...lines: readonly string[]): void {
  const guarded = lines.map((line) => `    ${line}\n`).join('')
  app.repository.write({ [ENV]: `import sys\nif sys.argv[1:2] == ["upgrade"]:\n${guarded}${envOf(app)}` })
}

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`an env.py, while onehead upgrades${without ? ` (${without})` : ''}`, () => {
  it('may print whatever it likes, also without a line end: every revision is seen all the same', async () => {
    const app = await behindByTwo(world)
    app.repository.write({
      [ENV]: `import sys\nprint('{"note": "done"}')\nsys.stderr.write("no line end")\n${envOf(app)}`,
    })
    app.write({ ...dueDate, upgrade: ["__import__('sys').stderr.write('half a line')", ...dueDate.upgrade!] })
    expect(upgradeJson(app)).toMatchObject({
      exitCode: 0,
      outcome: 'upgraded',
      databases: [{ done: [dueDate.id, refund.id], standing: [refund.id] }],
    })
  })

  it.each([
    ['asks a question', 'input("Really? ")', /EOFError/],
    ['raises', 'raise RuntimeError("no such tenant")', /RuntimeError: no such tenant/],
    ['ends Python without a word', 'sys.exit(7)', /exit code 7/],
  ])('that %s fails before the first revision, and nothing has run', async (_, line, message) => {
    const app = await behindByTwo(world)
    onlyWhenRun(app, line)
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/billing is not upgraded: it failed before the first revision/)
    expect(stdout).toMatch(message)
    expect(stdout).toMatch(/stands at 3c9e51a7b204, as before/)
    expect(app.database.describe().versions).toEqual([invoice.id])
  })

  it('that ends Python well before anything ran is not upgraded', async () => {
    const app = await behindByTwo(world)
    onlyWhenRun(app, 'sys.exit(0)')
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/because Alembic ended without an error, and had begun no revision/)
  })

  it('that keeps an error to itself: the script failed all the same, and what it left is said', async () => {
    const app = await behindByTwo(world)
    const swallowed = envOf(app).replace(/^/gm, '    ')
    app.repository.write({ [ENV]: `try:\n${swallowed}\nexcept RuntimeError:\n    pass\n` })
    app.write({ ...refund, upgrade: [...refund.upgrade!, "raise RuntimeError('no refund')"] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/f04d6e2b713c .*failed\n +because the script failed, and env\.py went on/)
    expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run.*\n +CREATE TABLE refund/)
  })

  it('that comes to the same database twice: the second time there is nothing to do', async () => {
    const app = await behindByTwo(world)
    app.repository.write({ [ENV]: `${envOf(app)}\n${envOf(app)}` })
    expect(upgrade(app)).toMatchObject({ status: 0 })
    const { stdout, status } = downgrade(app, '--to', '-1')
    expect([status, stdout]).toEqual([1, expect.stringMatching(/is not downgraded: only 1 revision ran/)])
    expect(app.database.describe().versions).toEqual([dueDate.id])
  })

  it('after which nobody can ask any more: that is said, with the backup', async () => {
    const app = await behindByTwo(world)
    const breaks = `open(r'${join(app.repository.root, ENV)}', 'w').write('raise SystemExit("gone")')`
    app.write({ ...refund, upgrade: [breaks, "raise RuntimeError('half-way')"] })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/f04d6e2b713c .*failed[\s\S]*stands nobody knows: the database cannot be asked/)
    expect(stdout).toMatch(/backup: .*read back/)
    expect(backupsOf(world)).toHaveLength(1)
  })

  it('a disk that is full in the middle of a script: told in the words of the database, with what had run', async () => {
    const app = await behindByTwo(world)
    app.write({
      ...refund,
      upgrade: [
        ...refund.upgrade!,
        "op.execute('PRAGMA max_page_count = 1')",
        "op.execute('CREATE TABLE blob_of_refund AS SELECT zeroblob(10000000) AS content')",
      ],
    })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/because .*database or disk is full/)
    expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run[\s\S]*CREATE TABLE refund/)
    expect(app.database.describe()).toMatchObject({ versions: [dueDate.id], rows: { invoice: 1 } })
  })
})

const noPostgres = reasonAgainst('postgresql')
describe.skipIf(noPostgres)(`a PostgreSQL server${noPostgres ? ` (${noPostgres})` : ''}`, () => {
  it('that goes away in the middle of a script: it has taken everything back, and that is said', async () => {
    const app = await behindByTwo(world, 'postgresql')
    app.write({
      ...refund,
      upgrade: [...refund.upgrade!, "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')"],
    })
    const { stdout, status } = upgrade(app)
    expect(status).toBe(1)
    expect(stdout).toMatch(/f04d6e2b713c .*failed/)
    expect(stdout).toMatch(/stands at 3c9e51a7b204, as before\n +half-way: no/)
    expect(Object.keys(app.database.describe().tables)).toEqual(['invoice'])
    app.write(refund)
    expect(upgrade(app).status).toBe(0)
  })

  it.each([
    ['COMMIT in SQL', "op.execute('COMMIT')"],
    ['a commit of its connection', 'op.get_bind().commit()'],
  ])('that a script ends the transaction of, by %s: what ran before stays, and that is said', async (_, commit) => {
    const app = await behindByTwo(world, 'postgresql')
    app.write({ ...refund, upgrade: [...refund.upgrade!, commit, "raise RuntimeError('no')"] })
    const { stdout } = upgrade(app)
    expect('refund' in app.database.describe().tables).toBe(true)
    expect(stdout).toMatch(/half-way: 1 statement of f04d6e2b713c had run.*\n +CREATE TABLE refund/)
  })

  it.each(['pool.StaticPool)', 'pool.QueuePool, pool_size=1, max_overflow=0, pool_timeout=1)'])(
    'to which the project has one connection: the lock has its own (%s)',
    async (pool) => {
      const app = await behindByTwo(world, 'postgresql')
      app.repository.write({ [ENV]: envOf(app).replace('pool.NullPool)', pool) })
      const { output, status } = upgrade(app)
      expect(status, output).toBe(0)
      expect(app.database.describe().versions).toEqual([refund.id])
    },
  )

  it('whose password env.py has from a place of its own: it is not shown where a script prints it', async () => {
    const app = await behindByTwo(world, 'postgresql')
    const password = 'p@s:/w%r#d-of-billing'
    const url = app.database.url.replace(/(?=@)/, `:${encodeURIComponent(password)}`)
    app.repository.write({ [ENV]: envOf(app).replace('os.environ["DATABASE_URL"]', JSON.stringify(url)) })
    const print = "print('it is', op.get_bind().engine.url.password)"
    const raise = "raise RuntimeError('not ' + op.get_bind().engine.url.password)"
    app.write({ ...refund, upgrade: [print, raise] })
    const { output } = upgrade(app)
    expect(output).toMatch(/it is \*\*\*\n/)
    expect(output).toMatch(/because RuntimeError: not \*\*\*\n/)
  })

  it('that ends connections which wait does not end the lock: no second one begins beside a long script', async () => {
    const app = await behindByTwo(world, 'postgresql')
    app.database.sql(`ALTER DATABASE ${app.database.name} SET idle_in_transaction_session_timeout = '4s'`)
    const go = join(world.git.folder, 'go')
    const long = [
      "op.execute('SELECT set_config(\\'idle_in_transaction_session_timeout\\', \\'0\\', true)')",
      "print('waiting', flush=True)",
      `while not __import__('os').path.exists('${go}'): __import__('time').sleep(0.05)`,
    ]
    app.write({ ...dueDate, upgrade: [...long, ...dueDate.upgrade!] })
    const first = startUpgrade(app, '--no-backup')
    await first.until('waiting')
    await new Promise((resolve) => setTimeout(resolve, 5000))
    const second = upgradeJson(app, '--no-backup')
    writeFileSync(go, '')
    expect(second).toMatchObject({ exitCode: 1, failure: { kind: 'locked' } })
    const end = await first.end()
    expect(end.status, end.output).toBe(0)
    expect(app.database.describe().versions).toEqual([refund.id])
  })
})
