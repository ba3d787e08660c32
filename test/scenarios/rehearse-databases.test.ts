import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Script } from '../support/database-scripts.js'
import { type DatabaseWorld, databaseWorld, reasonAgainst, servers } from '../support/database-world.js'
import { copiesOf, findingsOf, rehearse, rehearseJson } from '../support/rehearse-world.js'
import { behindByTwo, dueDate, invoice, refund } from '../support/upgrade-world.js'

let world: DatabaseWorld
beforeEach(() => {
  world = databaseWorld()
})
afterEach(() => world.remove())

/** On top of the usual three: each of them is wrong in its own way. */
const leaves: Script = {
  id: 'a1b2c3d4e5f6',
  parents: refund.id,
  upgrade: [
    "op.create_table('credit', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('code', sa.String(20)))",
    "op.create_index('ix_credit_code', 'credit', ['code'])",
    "op.add_column('refund', sa.Column('reason', sa.String(20)))",
  ],
  downgrade: ["op.drop_index('ix_credit_code', 'credit')", "op.drop_table('credit')"],
}
const loses: Script = {
  id: 'b2c3d4e5f6a1',
  parents: leaves.id,
  upgrade: ["op.add_column('credit', sa.Column('note', sa.String(20)))"],
  downgrade: ["op.drop_column('credit', 'note')", "op.drop_index('ix_credit_code', 'credit')"],
}
const noWayBack: Script = {
  id: 'c3d4e5f6a1b2',
  parents: loses.id,
  upgrade: ["op.add_column('credit', sa.Column('till', sa.Integer()))"],
  downgrade: ["raise NotImplementedError('tills are never counted back')"],
}
const takesRows: Script = {
  id: 'd4e5f6a1b2c3',
  parents: noWayBack.id,
  upgrade: ["op.execute('SELECT 1')"],
  downgrade: ["op.execute('DELETE FROM invoice')"],
}
const fine: Script = {
  id: 'e5f6a1b2c3d4',
  parents: takesRows.id,
  upgrade: ["op.add_column('invoice', sa.Column('paid', sa.Integer()))"],
  downgrade: ["op.drop_column('invoice', 'paid')"],
}

for (const server of servers) {
  const without = reasonAgainst(server)
  describe.skipIf(without)(`onehead rehearse on ${server}${without ? ` (${without})` : ''}`, () => {
    it('runs what is pending up, down and up again on a copy, and leaves nothing', async () => {
      const app = await behindByTwo(world, server)
      const before = app.database.describe()
      const { stdout, status } = rehearse(app)
      expect(status, stdout).toBe(0)
      expect(stdout).toContain('billing: 2 revisions go up, down and up again')
      expect(stdout).toContain('the original stands as it stood')
      expect(stdout).toContain('next: `onehead upgrade billing`')
      expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
    })

    it('names what each downgrade leaves, loses and takes, with its line, and goes on above it', async () => {
      const app = await behindByTwo(world, server)
      app.write(leaves, loses, noWayBack, takesRows, fine)
      const before = app.database.describe()
      const told = rehearseJson(app)
      expect(told).toMatchObject({ exitCode: 1, refusal: null, isUntouched: true })
      const steps = told.revisions.map((one: Record<string, string>) => [one.revision, one.up, one.down, one.upAgain])
      expect(steps).toEqual([
        [dueDate.id, 'well', 'well', 'well'],
        [refund.id, 'well', 'well', 'well'],
        [leaves.id, 'well', 'differs', 'failed'],
        [loses.id, 'well', 'differs', 'differs'],
        [noWayBack.id, 'well', 'irreversible', 'skipped'],
        [takesRows.id, 'well', 'differs', 'differs'],
        [fine.id, 'well', 'well', 'well'],
      ])
      const path = (script: Script) => app.pathOf(script)
      expect(findingsOf(told)).toEqual([
        `error not-restored ${leaves.id} ${path(leaves)}:23`,
        `  column refund.reason came ${path(leaves)}:20`,
        `error not-restored ${loses.id} ${path(loses)}:21`,
        `  index credit.ix_credit_code went ${path(loses)}:23`,
        `warn irreversible ${noWayBack.id} ${path(noWayBack)}:22`,
        `error data-not-restored ${takesRows.id} ${path(takesRows)}:21`,
        `  invoice: 1 1 0`,
      ])
      expect([app.database.describe(), copiesOf(world, app)]).toEqual([before, []])
      const { stdout } = rehearse(app)
      expect(stdout).toMatch(/✔ {4}✖ {5}✖ {6}a1b2c3d4e5f6|ok: {2}x {5}x {6}a1b2c3d4e5f6/)
      expect(stdout).toContain('left behind  column refund.reason: VARCHAR(20)')
      expect(stdout).toMatch(/so upgrade\(\) fails when it runs again/)
    })

    it('begins with an empty database where there is none yet, and with --empty', async () => {
      const app = await behindByTwo(world, server)
      const empty = rehearseJson(app, '--empty')
      expect(empty).toMatchObject({ exitCode: 0, source: 'empty', because: null, isUntouched: true })
      expect(empty.revisions.map(({ revision }: { revision: string }) => revision)).toEqual([
        invoice.id,
        dueDate.id,
        refund.id,
      ])
      const nowhere = server === 'sqlite' ? `${app.database.url}.not` : `${app.database.url}_not`
      const { stdout, status } = app.repository.onehead(['rehearse'], { env: { ...app.env, DATABASE_URL: nowhere } })
      expect(status, stdout).toBe(0)
      expect(stdout).toMatch(/an empty database instead of/)
      expect(stdout).toMatch(/there is no database|is not there yet/)
      expect(copiesOf(world, app)).toEqual([])
    })

    it('an upgrade that fails stops there, says why and where, and what has run before is fine', async () => {
      const app = await behindByTwo(world, server)
      app.write({ ...refund, upgrade: ["op.execute('SELECT nonsense FROM invoice')"] })
      const told = rehearseJson(app)
      expect(told).toMatchObject({
        exitCode: 1,
        refusal: null,
        revisions: [
          { revision: dueDate.id, up: 'well', down: 'well', upAgain: 'well' },
          { revision: refund.id, up: 'failed', down: 'skipped', upAgain: 'skipped' },
        ],
        findings: [
          { kind: 'fails', step: 'up', revision: refund.id, line: 18, statement: 'SELECT nonsense FROM invoice' },
        ],
      })
      expect(told.findings[0].message).toMatch(/nonsense/)
      expect(copiesOf(world, app)).toEqual([])
    })
  })
}
