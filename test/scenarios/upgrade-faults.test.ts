import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseApp, type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import {
  backupsOf,
  behindByTwo,
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
