import { existsSync } from 'node:fs'
import type { DatabaseStep } from '@onehead/core'
import {
  type FileBackup,
  type Runner,
  typedShellCommand,
  typedStep,
  type Walk,
  type WalkOptions,
  type WayToWalk,
  walkWay,
} from '@onehead/workspace'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'
import { runnerOf } from '../support/runner-world.js'

const b0: Script = { id: 'b0', parents: null, ...creates('users') }
const y: Script = { id: 'y', parents: 'b0', ...creates('invoices') }
const x: Script = { id: 'x', parents: 'b0', ...creates('teams') }
const moved = { ...x, parents: 'y' }

const step = (command: DatabaseStep['command'], revision: string): DatabaseStep => ({ command, revision })
const catchUp: WayToWalk = {
  from: ['x'],
  steps: [step('stamp', 'b0'), step('upgrade', 'y'), step('stamp', 'x')],
  to: ['x'],
}
const stepBack: WayToWalk = {
  from: ['x'],
  steps: [step('downgrade', 'y'), step('stamp', 'b0'), step('upgrade', 'head')],
  to: ['x'],
}

let world: DatabaseWorld
let app: DatabaseApp
let runner: Runner
const now = () => Date.UTC(2026, 0, 5)

/** Walks, and tells what was said meanwhile. */
async function walk(way: WayToWalk, options: Partial<WalkOptions> = {}): Promise<Walk & { said: string[] }> {
  const said: string[] = []
  const walked = await walkWay(runner, way, {
    backup: { now },
    onProgress(progress) {
      if (progress.kind === 'step') said.push(`${progress.number}/${progress.of} ${typedStep(runner, progress.step)}`)
      else said.push(progress.kind === 'output' ? progress.line.replace(/^.*Running/, 'Running') : progress.kind)
    },
    ...options,
  })
  return { ...walked, said: said.filter((line) => !line.startsWith('INFO')) }
}

const texts = (said: readonly string[]) => said.map((line) => line.replace(/ {2}/g, ' '))

for (const server of servers) {
  const reason = reasonAgainst(server)
  describe.skipIf(reason)(
    `x is re-parented onto y, the database has run it; ${server}${reason ? ` (${reason})` : ''}`,
    () => {
      beforeAll(async () => {
        world = databaseWorld()
        app = world.app({ server })
        runner = await runnerOf(app, world.python)
      })
      afterAll(() => world.remove())
      beforeEach(() => {
        app.run({ empty: true }, { write: [b0, y, x] }, 'upgrade x', { fill: 7 }, { write: [moved] })
      })

      it('a catch-up arrives with all data, behind a backup', async () => {
        const { kind, said, ...walked } = await walk(catchUp)
        expect(kind).toBe('arrived')
        expect(texts(said)).toEqual([
          'backup',
          '1/3 .venv/bin/alembic stamp b0',
          'Running stamp_revision x -> b0',
          '2/3 .venv/bin/alembic upgrade y',
          'Running upgrade b0 -> y, y',
          '3/3 .venv/bin/alembic stamp x',
          'Running stamp_revision y -> x',
        ])
        const [backup] = (walked as { backups: readonly FileBackup[] }).backups
        expect(existsSync(backup!.path)).toBe(true)
        expect(app.database.describe()).toMatchObject({ versions: ['x'], rows: { invoices: 0, teams: 1, users: 1 } })
        // The backup is of the moment before.
        const before = world.named(server, backup!.restore.toNewPlace.place)
        for (const command of backup!.restore.toNewPlace.commands) {
          expect(world.git.run('sh', ['-c', typedShellCommand(command)], '/').status).toBe(0)
        }
        expect(Object.keys(before.describe().tables)).toEqual(['teams', 'users'])
      })

      it('a step back arrives without what x stored', async () => {
        expect(await walk(stepBack)).toMatchObject({ kind: 'arrived', standing: [['x']] })
        expect(app.database.describe()).toMatchObject({ versions: ['x'], rows: { invoices: 0, teams: 0, users: 1 } })
      })

      it('stops at the step that fails, says where the database stands, and restores nothing', async () => {
        const half = ["op.create_table('invoices', sa.Column('id', sa.Integer()))", "op.execute('SELECT nonsense')"]
        app.write({ ...y, upgrade: half })
        const walked = await walk(catchUp)
        expect(walked).toMatchObject({
          kind: 'failed',
          step: step('upgrade', 'y'),
          done: 1,
          failure: { kind: 'said', message: expect.stringContaining('nonsense') },
          standing: [['b0']],
          backups: [{ kind: 'file', restore: { inPlace: expect.any(Array) } }],
        })
        const { versions, tables, rows } = app.database.describe()
        expect([versions, rows.teams]).toEqual([['b0'], 1])
        // What PostgreSQL takes back, the others keep.
        expect('invoices' in tables).toBe(server !== 'postgresql')
      })

      // What is not about the database is asked of one.
      if (server !== 'sqlite') return

      it('a way that does not begin where the database stands is not walked: nothing is touched', async () => {
        app.run({ write: [x] }, 'downgrade b0', { write: [moved] })
        expect(await walk(catchUp)).toEqual({ kind: 'elsewhere', standing: [['b0']], said: [] })
        app.run({ write: [x] }, 'upgrade heads', { write: [moved] })
        expect(await walk(catchUp)).toEqual({ kind: 'elsewhere', standing: [['x', 'y']], said: [] })
        expect(app.database.describe()).toMatchObject({
          versions: ['x', 'y'],
          rows: { invoices: 0, teams: 0, users: 1 },
        })
      })

      it('without a backup no step is taken; on the user’s word it goes without', async () => {
        const refused = await walk(catchUp, { backup: { now, settings: 'false' } })
        expect(refused).toMatchObject({ kind: 'no-backup', failure: { kind: 'failed' }, said: ['backup'] })
        expect(app.database.describe()).toMatchObject({ versions: ['x'] })
        expect(await walk(catchUp, { backup: null })).toMatchObject({ kind: 'arrived', backups: [] })
      })

      it('says so where every step went well and the database stands elsewhere all the same', async () => {
        const lost: WayToWalk = { ...catchUp, steps: catchUp.steps.slice(0, 2) }
        expect(await walk(lost)).toMatchObject({ kind: 'astray', standing: [['y']], backups: [{ kind: 'file' }] })
      })

      it('is stopped in the middle of a step, and the database asked all the same', async () => {
        app.write({ ...y, upgrade: ["print('waiting', flush=True)", "__import__('time').sleep(600)"] })
        const stop = new AbortController()
        const walked = await walk(catchUp, {
          backup: null,
          signal: stop.signal,
          onProgress: (progress) => progress.kind === 'output' && progress.line === 'waiting' && stop.abort(),
        })
        expect(walked).toMatchObject({ kind: 'failed', done: 1, failure: { kind: 'stopped' }, standing: [['b0']] })
      })

      it('is not begun where nobody can tell where the database stands', async () => {
        app.repository.write({ 'billing/migrations/env.py': 'raise SystemExit("no settings")\n' })
        const walked = await walk(catchUp)
        expect(walked).toMatchObject({ kind: 'unreachable', failure: { message: 'no settings' }, said: [] })
      })
    },
  )
}
