import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  type Description,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'

/**
 * Two developers have left b0: theirs is y; mine is x1, then x2. Mine is re-parented: b0 ← y ← x1 ← x2.
 * What has to be done to a database, by where it stands, so that it ends as if it had been made by `upgrade head`.
 */
const b0: Script = { id: 'b0', parents: null, ...creates('users') }
const y: Script = { id: 'y', parents: 'b0', ...creates('invoices', "sa.Column('total', sa.Integer())") }
const x1: Script = { id: 'x1', parents: 'b0', ...creates('teams', "sa.Column('name', sa.String(20))") }
const x2: Script = { id: 'x2', parents: 'x1', ...creates('badges') }
const moved = { write: [{ ...x1, parents: 'y' }] }

interface Way {
  readonly state: string
  readonly way: string
  /** What has run there, with the scripts as they were. */
  readonly reach: readonly string[]
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  /** Tables whose rows are there afterwards. */
  readonly kept: readonly string[]
}

const ways: readonly Way[] = [
  { state: 'base', way: 'needs nothing', reach: [], kept: [] },
  { state: 'b0', way: 'needs nothing', reach: ['upgrade b0'], kept: ['users'] },
  { state: 'theirs (y)', way: 'needs nothing', reach: ['upgrade y'], kept: ['invoices', 'users'] },
  {
    state: 'mine, in the middle (x1)',
    way: 'catches up: stamp b0, upgrade y, stamp x1',
    reach: ['upgrade x1'],
    after: ['stamp b0', 'upgrade y', 'stamp x1'],
    kept: ['teams', 'users'],
  },
  {
    state: 'mine (x2)',
    way: 'catches up: stamp b0, upgrade y, stamp x2',
    reach: ['upgrade x2'],
    after: ['stamp b0', 'upgrade y', 'stamp x2'],
    kept: ['badges', 'teams', 'users'],
  },
  {
    state: 'mine (x2)',
    way: 'catches up: upgrade y before the edit, stamp --purge x2 after it',
    reach: ['upgrade x2'],
    before: ['upgrade y'],
    after: ['stamp --purge x2'],
    kept: ['badges', 'teams', 'users'],
  },
  {
    state: 'mine (x2)',
    way: 'steps back before the edit: downgrade b0',
    reach: ['upgrade x2'],
    before: ['downgrade b0'],
    kept: ['users'],
  },
  {
    state: 'mine (x2)',
    way: 'steps back after the edit: downgrade y, stamp b0',
    reach: ['upgrade x2'],
    after: ['downgrade y', 'stamp b0'],
    kept: ['users'],
  },
  {
    state: 'both (x1 and y)',
    way: 'has skipped nothing, but one row is now above the other: stamp --purge x1',
    reach: ['upgrade x1', 'upgrade y'],
    after: ['stamp --purge x1'],
    kept: ['invoices', 'teams', 'users'],
  },
  {
    state: 'both (x2 and y)',
    way: 'has skipped nothing, but one row is now above the other: stamp --purge x2',
    reach: ['upgrade heads'],
    after: ['stamp --purge x2'],
    kept: ['badges', 'invoices', 'teams', 'users'],
  },
  {
    state: 'both (x2 and y)',
    way: 'the same without --purge, which would take the rows of other branches too: stamp b0, stamp x2',
    reach: ['upgrade heads'],
    after: ['stamp b0', 'stamp x2'],
    kept: ['badges', 'invoices', 'teams', 'users'],
  },
  {
    state: 'both (x2 and y)',
    way: 'steps back after the edit without a stamp: downgrade y',
    reach: ['upgrade heads'],
    after: ['downgrade y'],
    kept: ['invoices', 'users'],
  },
  {
    state: 'both (x2 and y)',
    way: 'steps back before the edit, and loses what y stored too: downgrade b0',
    reach: ['upgrade heads'],
    before: ['downgrade b0'],
    kept: ['users'],
  },
]

const started = { write: [b0, y, x1, x2] }

const places = [
  ...servers.map((server) => [server, server, 'alembic', 'databases'] as const),
  ['sqlite with Flask-Migrate', 'sqlite', 'flask-migrate', 'databases'] as const,
  ['sqlite with Alembic 1.8', 'sqlite', 'alembic', 'databases-1.8'] as const,
]

for (const [place, server, kind, python] of places) {
  const reason = reasonAgainst(server, python)
  describe.skipIf(reason)(`x1 is re-parented onto y; ${place}${reason ? ` (${reason})` : ''}: a database at`, () => {
    let world: DatabaseWorld
    let app: DatabaseApp
    let fresh: Pick<Description, 'versions' | 'tables'>
    beforeAll(() => {
      world = databaseWorld(python)
      app = world.app({ server, kind })
      const { versions, tables } = app.run(started, moved, 'upgrade head')
      fresh = { versions, tables }
    })
    afterAll(() => world.remove())
    const again = [{ empty: true } as const, started]

    it.each(ways.map((way) => [`${way.state} ${way.way}`, way] as const))('%s', (_, way) => {
      const { reach, before = [], after = [], kept } = way
      const steps = [...reach, { fill: 7 }, ...before, moved, ...after, 'upgrade head', { describe: true } as const]
      // Then nothing is left to do, nor in the way of going back.
      const [end, later] = app.observe(...again, ...steps, 'upgrade head', 'downgrade b0', 'upgrade head')
      const { rows, ...schema } = end!
      expect(schema).toEqual(fresh)
      expect(Object.keys(rows).filter((table) => rows[table] === 1)).toEqual(kept)
      expect({ versions: later!.versions, tables: later!.tables }).toEqual(fresh)
    })

    it('mine (x2) skips theirs for ever without a way, and every command says that all is well', () => {
      const answers = app.try(...again, 'upgrade x2', moved, 'upgrade head', 'current', 'upgrade head')
      expect(answers.map(({ status }) => status)).toEqual([0, 0, 0, 0])
      const { versions, tables } = app.database.describe()
      expect(versions).toEqual(fresh.versions)
      expect(Object.keys(tables)).toEqual(['badges', 'teams', 'users'])
    })

    it('both refuses to upgrade, and stamp x2 without --purge succeeds and changes nothing', () => {
      const [, upgraded, stamped, after] = app.try(
        ...again,
        ...['upgrade heads', moved, 'upgrade head', 'stamp x2', 'upgrade head'],
      )
      expect(upgraded!.output).toContain('Requested revision x2 overlaps with other requested revisions y')
      expect(stamped!.status).toBe(0)
      expect(after!.output).toContain('Requested revision x2 overlaps with other requested revisions y')
      expect(app.database.describe().versions).toEqual(['x2', 'y'])
    })

    it.each<[string, readonly string[], readonly string[]]>([
      ['base', [], ['users', 'badges', 'teams']],
      ['b0', ['upgrade b0'], ['badges', 'teams']],
    ])('%s must not catch up: it would skip what is mine', (_, reach, missing) => {
      const way = ['stamp b0', 'upgrade y', 'stamp x2', 'upgrade head']
      const { versions, tables } = app.run(...again, ...reach, moved, ...way)
      expect(versions).toEqual(['x2'])
      expect(missing.filter((table) => table in tables)).toEqual([])
    })

    it.each(['upgrade y', 'upgrade heads'])('%s must not catch up: y would run a second time', (reach) => {
      const [, stamped, upgraded] = app.try(...again, reach, moved, 'stamp b0', 'upgrade y')
      expect(stamped!.status).toBe(0)
      expect(upgraded!.output).toContain('already exists')
    })
  })
}
