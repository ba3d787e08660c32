import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DatabaseWorld, databaseWorld, reasonAgainst } from '../support/database-world.js'
import { developedApp } from '../support/reset-world.js'
import { backupFiles, json, onehead, type } from '../support/restore-world.js'
import { behindByTwo, invoice } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

const without = reasonAgainst('sqlite')
describe.skipIf(without)(`onehead backup${without ? ` (${without})` : ''}`, () => {
  it('writes down what it is of, privately, and lists it without asking the database', async () => {
    const app = await behindByTwo(world)
    const { environments, exitCode } = json(app, 'backup')
    expect(exitCode).toBe(0)
    const [{ backup, revisions, restore }] = environments[0].databases
    expect([revisions, restore]).toEqual([[invoice.id], expect.stringMatching(/^onehead restore billing 20[\w.-]+Z$/)])
    for (const file of [backup.path, `${backup.path}.json`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(join(app.folder, 'migrations/env.py'), 'raise SystemExit("nobody runs this")\n')
    const { environments: listed } = json(app, 'backup', '--list')
    expect(listed[0].backups).toEqual([
      expect.objectContaining({
        path: backup.path,
        bytes: backup.bytes,
        tables: 2,
        revisions: [invoice.id],
        before: null,
      }),
    ])
    const text = onehead(app, 'backup', 'billing', '--list')
    expect(text).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/1 backup in .*\n.* 2 tables {2}at 3c9e51a7b204\n/),
    })
    // The database cannot be asked: no backup, and that is said.
    const failed = onehead(app, 'backup')
    expect(failed).toMatchObject({ status: 1, stdout: expect.stringContaining('the database cannot be asked') })
    expect(backupFiles(world)).toHaveLength(1)
  })

  it('goes where --to says, outside of the workspace, and what it prints restores it from there', async () => {
    const app = await behindByTwo(world)
    const to = join(world.git.folder, 'disk')
    const made = json(app, 'backup', '--to', to)
    const [{ backup, restore }] = made.environments[0].databases
    expect(backup.path.startsWith(`${to}/`)).toBe(true)
    expect(json(app, 'backup', '--list').environments[0].backups).toEqual([])
    const [there] = json(app, 'backup', '--list', '--to', to).environments[0].backups
    expect(there.backup).toBe(backup.path)
    const told = type(app, world, restore)
    expect(told.status, told.output).toBe(0)
    expect(json(app, 'restore', 'billing', 'latest', '--from', to)).toMatchObject({ exitCode: 0 })
    const inside = json(app, 'backup', '--to', 'billing')
    expect(inside).toMatchObject({ exitCode: 1 })
    expect(inside.environments[0].databases[0].failure).toMatchObject({ kind: 'place' })
  })

  it('is made also where an upgrade makes none; a command of the user is run', async () => {
    const app = await behindByTwo(world)
    const settings = (backup: unknown) =>
      app.repository.write({ 'onehead.json': JSON.stringify({ environments: { billing: { backup } } }) })
    settings(false)
    expect(json(app, 'backup').environments[0].databases[0].backup.kind).toBe('file')
    const snapshot = join(world.git.folder, 'snapshot')
    writeFileSync(snapshot, '#!/bin/sh\necho "snapshot of $ONEHEAD_ENVIRONMENT" >&2\ntouch $0.done\n')
    chmodSync(snapshot, 0o755)
    settings(snapshot)
    const told = onehead(app, 'backup')
    expect(told).toMatchObject({ status: 0, stdout: expect.stringContaining(`by \`${snapshot}\``) })
    expect([existsSync(`${snapshot}.done`), backupFiles(world).length]).toEqual([true, 1])
    writeFileSync(snapshot, '#!/bin/sh\necho "no space left" >&2\nexit 3\n')
    expect(onehead(app, 'backup')).toMatchObject({ status: 1, stdout: expect.stringContaining('no space left') })
  })

  it('of the database that env.py was told: so says every command that comes next', async () => {
    const app = await developedApp(world, 'sqlite')
    expect(app.alembic('upgrade', 'head').status).toBe(0)
    const env = join(app.folder, 'migrations/env.py')
    const told =
      "import os\nfrom alembic import context as c\nos.environ['DATABASE_URL'] = c.get_x_argument(True)['url of']\n"
    writeFileSync(env, told + readFileSync(env, 'utf8'))
    const x = `url of=${app.env.DATABASE_URL}`
    const [{ restore }] = json(app, 'backup', '-x', x).environments[0].databases
    const typed = (command: string) => {
      const ran = type(app, world, command)
      expect(ran.status, `${command}\n${ran.output}`).toBe(0)
      return ran.stdout
    }
    const next = (text: string) => /(onehead .+)\n$/.exec(text)![1]!
    const beside = typed(restore)
    typed(next(onehead(app, 'backup', '--list', '-x', x).stdout))
    // Nobody has typed the name of the database yet.
    const unsaid = type(app, world, next(beside))
    const inPlace = typed(next(unsaid.stdout))
    typed(/ undo +(onehead .+)\n/.exec(inPlace)![1]!)
    typed(next(inPlace))
    const reset = typed(next(onehead(app, 'reset', '-x', x).stdout))
    typed(/(onehead restore .+)\n/.exec(reset)![1]!)
    typed(next(reset))
  })

  it('of nothing is nothing, and a restore never pushes out what was asked for', async () => {
    const app = await behindByTwo(world)
    for (let times = 0; times < 6; times++) expect(onehead(app, 'backup').status).toBe(0)
    const kept = backupFiles(world)
    expect(kept).toHaveLength(5)
    const oldest = kept[0]!
    const bytes = readFileSync(oldest)
    const name = app.database.name.split('/').at(-1)!
    expect(json(app, 'restore', 'billing', oldest, '--in-place', '--yes', name)).toMatchObject({ exitCode: 0 })
    expect(backupFiles(world).filter((file) => !file.includes('before-restore'))).toEqual(kept)
    expect(readFileSync(oldest)).toEqual(bytes)
    app.env.DATABASE_URL = `sqlite:///${join(world.git.folder, 'never-made.db')}`
    const none = onehead(app, 'backup')
    expect(none).toMatchObject({ status: 0, stdout: expect.stringContaining('there is no database yet') })
    expect(existsSync(join(world.git.folder, 'never-made.db'))).toBe(false)
  })
})
