import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'
import { behindByTwo, dueDate, invoice, json, refund, stamp, start, upgrade } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const rowsOf = (app: DatabaseApp) => app.database.describe().versions

/** Types the command that stands behind a word in the printed text. */
function type(app: DatabaseApp, text: string, word: RegExp): void {
  const line = text.split('\n').find((one) => word.test(one))
  expect(line, text).toBeTruthy()
  const command = line!.replace(word, '').trim()
  const { status, output } = world.git.run('sh', ['-c', command], app.repository.root, { env: app.env })
  expect(status, `${command}: ${output}`).toBe(0)
}

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead stamp on ${server}${without ? ` (${without})` : ''}`, () => {
    it('lists what would count as run and is not there, writes on a word only, and can be put back', async () => {
      const app = await behindByTwo(world, server)
      app.database.sql('ALTER TABLE invoice ADD COLUMN due INTEGER')
      const shown = stamp(app, 'billing', 'head')
      expect(shown.status).toBe(1)
      expect(shown.stdout).toMatch(/billing: from 3c9e51a7b204 to f04d6e2b713c, and nothing is run\n/)
      expect(shown.stdout).toMatch(
        /counts as run:\n +8b1f2c7d90aa .*column invoice\.due is there\n +f04d6e2b713c .*table refund is not there/,
      )
      expect(shown.stdout).toMatch(/warning: f04d6e2b713c would never run here/)
      expect(shown.stdout).toContain('nothing is written yet; next: `onehead stamp billing head --yes`\n')
      expect(rowsOf(app)).toEqual([invoice.id])
      const { stdout, status } = stamp(app, 'billing', dueDate.id, '--yes')
      expect(status, stdout).toBe(0)
      expect(stdout).toContain('billing is stamped: it stands at 8b1f2c7d90aa')
      expect(rowsOf(app)).toEqual([dueDate.id])
      type(app, stdout, /^ +back +/)
      expect(rowsOf(app)).toEqual([invoice.id])
    })

    it('over an id that no script declares: only by emptying the table; the old row can be put back', async () => {
      const app = await behindByTwo(world, server)
      app.database.sql("UPDATE alembic_version SET version_num = 'cafe00000000'")
      const refused = stamp(app, 'billing', invoice.id, '--yes')
      expect(refused.status).toBe(1)
      expect(refused.stdout).toMatch(/not stamped: the database stands at cafe00000000, which no script here declares/)
      expect(refused.stdout).toMatch(
        /only by emptying the table first[\s\S]*onehead stamp billing 3c9e51a7b204 --purge --dry-run/,
      )
      const { stdout, status } = stamp(app, 'billing', invoice.id, '--purge', '--yes')
      expect(status, stdout).toBe(0)
      expect(stdout).toMatch(/3c9e51a7b204 .*table invoice is there/)
      expect(rowsOf(app)).toEqual([invoice.id])
      for (const statement of stdout.match(/(?:DELETE|INSERT).*(?=;)/g)!) app.database.sql(statement)
      expect(rowsOf(app)).toEqual(['cafe00000000'])
    })

    it('waits for nobody: while somebody migrates, nothing is written', async () => {
      const app = await behindByTwo(world, server)
      const go = join(world.git.folder, 'go')
      const wait = `while not __import__('os').path.exists('${go}'): __import__('time').sleep(0.05)`
      app.write({ ...dueDate, upgrade: ["print('waiting', flush=True)", wait, ...dueDate.upgrade!] })
      const first = start(app, 'upgrade', '--no-backup')
      await first.until('waiting')
      const second = json(stamp(app, 'billing', 'base', '--yes', '--format', 'json'))
      writeFileSync(go, '')
      expect(second).toMatchObject({ exitCode: 1, outcome: 'failed', failure: { kind: 'locked' } })
      const end = await first.end()
      expect(end.status, end.output).toBe(0)
      expect(rowsOf(app)).toEqual([refund.id])
    })
  })
}

const shipping: Script = { id: 'a1b2c3d4e5f6', parents: null, label: 'shipping', ...creates('parcel') }

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead stamp${without ? ` (${without})` : ''}`, () => {
  it('down: says what would be run again, and meet what is there', async () => {
    const app = await behindByTwo(world)
    const { stdout, status } = stamp(app, 'billing', 'base', '--dry-run')
    expect(status).toBe(0)
    expect(stdout).toMatch(/counts as not run:\n +3c9e51a7b204 .*table invoice is there/)
    expect(stdout).toMatch(/the next upgrade would run 3c9e51a7b204 again, and meet what is there/)
    expect(rowsOf(app)).toEqual([invoice.id])
    expect(stamp(app, 'billing', invoice.id)).toMatchObject({ status: 0, stdout: expect.stringContaining('already') })
  })

  it('refuses two rows of one line, a target that is none, and head where there are two', async () => {
    const app = await behindByTwo(world)
    const both = stamp(app, 'billing', dueDate.id, refund.id, '--yes')
    expect(both.stdout).toMatch(
      /f04d6e2b713c stands for 8b1f2c7d90aa too[\s\S]*onehead stamp billing f04d6e2b713c --purge --dry-run/,
    )
    expect(stamp(app, 'billing', 'beef', '--yes').stdout).toMatch(/not stamped: .*beef/)
    app.write({ ...shipping, parents: dueDate.id })
    expect(stamp(app, 'billing', 'head', '--yes').stdout).toMatch(/there are 2 heads/)
    expect(rowsOf(app)).toEqual([invoice.id])
    const heads = stamp(app, 'billing', 'heads', '--yes')
    expect(heads.status, heads.stdout).toBe(0)
    expect(rowsOf(app)).toEqual([shipping.id, refund.id])
    expect(upgrade(app, '--dry-run').status).toBe(1)
  })

  it('leaves other branches as they are, and takes a branch to base', async () => {
    const app = await behindByTwo(world)
    app.write(shipping)
    expect(stamp(app, 'billing', shipping.id, '--yes').status).toBe(0)
    expect(rowsOf(app)).toEqual([invoice.id, shipping.id])
    expect(stamp(app, 'billing', dueDate.id, '--yes').status).toBe(0)
    expect(rowsOf(app)).toEqual([dueDate.id, shipping.id])
    expect(stamp(app, 'billing', 'shipping@base', '--yes').status).toBe(0)
    expect(rowsOf(app)).toEqual([dueDate.id])
    expect(stamp(app, 'billing', 'base', '--yes').status).toBe(0)
    expect(rowsOf(app)).toEqual([])
  })

  it('--format json has it as data, and asks nothing', async () => {
    const app = await behindByTwo(world)
    expect(json(stamp(app, 'billing', 'head', '--format', 'json'))).toMatchObject({
      exitCode: 1,
      outcome: 'untouched',
      isDoubtful: true,
      databases: [
        {
          currentRevisions: [invoice.id],
          to: [refund.id],
          marked: [
            { revision: dueDate.id, seen: 'lacking', lacking: [{ table: 'invoice', column: 'due' }] },
            { revision: refund.id, seen: 'lacking' },
          ],
          putBack: { command: `cd billing && .venv/bin/alembic stamp --purge ${invoice.id}` },
        },
      ],
    })
  })

  it('wants an environment and a revision; --sql prints what `alembic stamp --sql` prints', async () => {
    const app = await behindByTwo(world)
    expect(stamp(app, 'billing')).toMatchObject({ status: 2 })
    app.repository.write({
      'billing/migrations/env.py':
        'from alembic import context\ncontext.configure(dialect_name="postgresql")\nwith context.begin_transaction():\n    context.run_migrations()\n',
    })
    const theirs = app.alembic('stamp', 'head', '--sql').stdout
    expect(theirs).toContain('INSERT INTO alembic_version')
    expect(stamp(app, 'billing', 'head', '--sql')).toMatchObject({ status: 0, stdout: theirs })
  })

  it('goes through `flask db`, also with several heads, which that takes one by one', async () => {
    const app = await behindByTwo(world, 'sqlite', { kind: 'flask-migrate' })
    app.write(shipping)
    const { stdout, status } = stamp(app, 'billing', 'heads', '--yes')
    expect(status, stdout).toBe(0)
    expect(rowsOf(app)).toEqual([shipping.id, refund.id])
  })
})
