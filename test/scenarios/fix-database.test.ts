import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { adds, creates, type Script } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  type Description,
  databaseWorld,
  reasonAgainst,
  servers,
} from '../support/database-world.js'

/** What everybody has; what Grace has brought to main; what Ada has on her branch, two revisions. */
const users: Script = { id: 'b0b0b0b0', parents: null, ...creates('users') }
const theirs: Script = { id: 'eeee0001', parents: 'b0b0b0b0', ...creates('invoices') }
const mine: Script = { id: 'aaaa0001', parents: 'b0b0b0b0', ...creates('teams') }
const more: Script = { id: 'aaaa0002', parents: 'aaaa0001', ...creates('badges') }

let world: DatabaseWorld
afterEach(() => world.remove())

/** Ada's branch checked out, main ahead by Grace's revision, the database where `reach` brings it. */
function forkedApp(
  server: (typeof servers)[number],
  reach: readonly string[],
  { own = [mine, more], other = theirs }: { readonly own?: readonly Script[]; readonly other?: Script } = {},
): DatabaseApp {
  world = databaseWorld()
  const app = world.app({ server, scripts: [users] })
  const { repository } = app
  repository.commit('Begin')
  repository.git('switch', '--quiet', '--create', 'mine')
  app.write(...own)
  repository.commit('Mine')
  repository.git('switch', '--quiet', 'main')
  app.write(other)
  repository.commit('Theirs')
  repository.git('update-ref', 'refs/remotes/origin/main', 'main')
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main')
  repository.git('config', 'remote.origin.url', '/srv/shop')
  repository.git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*')
  repository.git('switch', '--quiet', 'mine')
  // All sides together, as a developer who tries other branches has run them.
  app.write(other)
  app.run(...reach, { fill: 7 })
  repository.write({ [app.pathOf(other)]: null })
  return app
}

const fix = (app: DatabaseApp, ...args: readonly string[]) =>
  app.repository.onehead(['fix', '--offline', ...args], { env: app.env })

/** The schema of a new database that runs everything as it is now. */
function fresh(app: DatabaseApp): Pick<Description, 'versions' | 'tables'> {
  const { versions, tables } = app.run({ empty: true }, 'upgrade head')
  return { versions, tables }
}

const states = [
  ['at base', [], []],
  ['at what everybody has', ['upgrade b0b0b0b0'], ['users']],
  ['at mine, in the middle', ['upgrade aaaa0001'], ['teams', 'users']],
  ['at mine', ['upgrade aaaa0002'], ['badges', 'teams', 'users']],
  ['at theirs', ['upgrade eeee0001'], ['invoices', 'users']],
  ['at both', ['upgrade heads'], ['badges', 'invoices', 'teams', 'users']],
] as const

for (const server of servers) {
  const reason = reasonAgainst(server)
  describe.skipIf(reason)(`a database on ${server}${reason ? ` (${reason})` : ''}, after fix --database`, () => {
    it.each(states)('%s: upgrade head runs what is missing, and no data is lost', (_, reach, kept) => {
      const app = forkedApp(server, reach)
      const { status, output } = fix(app, '--database')
      expect(status, output).toBe(0)
      const { versions, tables, rows } = app.run('upgrade head')
      expect(Object.keys(rows).filter((table) => rows[table] === 1)).toEqual(kept)
      expect({ versions, tables }).toEqual(fresh(app))
    })

    it('at mine, where both sides touch the same: it steps back, behind a backup', () => {
      const app = forkedApp(server, ['upgrade aaaa0001'], {
        own: [
          {
            ...mine,
            upgrade: [...mine.upgrade!, "op.execute(statement_of('users'))"].slice(0, 1),
            ...adds('users', 'name', 'sa.String(20)'),
          },
        ],
        other: { ...theirs, ...adds('users', 'mail', 'sa.String(20)') },
      })
      const { status, output } = fix(app, '--database')
      expect(status, output).toBe(0)
      expect(output).toContain('stands at aaaa0001')
      const { versions, tables } = app.run('upgrade head')
      expect({ versions, tables }).toEqual(fresh(app))
    })
  })
}

describe.skipIf(reasonAgainst('sqlite'))('what is told of a database', () => {
  it('the printed way, typed into a shell, does what --database does', () => {
    const app = forkedApp('sqlite', ['upgrade aaaa0002'])
    const { stdout, status } = fix(app, '--format', 'json')
    expect(status).toBe(0)
    const { plan } = JSON.parse(stdout)
    const way = plan.repairs[0].databases.find(({ at }: { at: string }) => at === 'aaaa0002')
    const ran = world.git.run('sh', ['-c', way.catchUp.command], app.repository.root, { env: app.env })
    expect(ran.status, ran.output).toBe(0)
    const { versions, tables, rows } = app.run('upgrade head')
    expect(rows).toMatchObject({ badges: 1, teams: 1, users: 1 })
    expect({ versions, tables }).toEqual(fresh(app))
  })

  it('without --database nothing is asked and nothing is touched', () => {
    const app = forkedApp('sqlite', ['upgrade aaaa0002'])
    expect(fix(app).status).toBe(0)
    expect(app.database.describe().versions).toEqual(['aaaa0002'])
  })

  it('a database that cannot be asked is said, and the scripts are repaired all the same', () => {
    const app = forkedApp('sqlite', ['upgrade aaaa0002'])
    app.repository.write({ 'billing/migrations/env.py': 'raise SystemExit("no database today")\n' })
    const { status, stdout } = fix(app, '--database')
    expect(status).toBe(1)
    expect(stdout).toContain('is not put right')
    expect(existsSync(`${app.repository.root}/${app.pathOf(theirs)}`)).toBe(true)
  })

  it('a backup is kept where it says', () => {
    const app = forkedApp('sqlite', ['upgrade aaaa0002'])
    const { stdout } = fix(app, '--database')
    const path = /backup: (.*)$/m.exec(stdout)?.[1]
    expect(path !== undefined && existsSync(path)).toBe(true)
  })
})
