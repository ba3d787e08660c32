import { afterEach, describe, expect, it } from 'vitest'
import type { Script } from '../support/database-scripts.js'
import { textOf } from '../support/database-scripts.js'
import { type DatabaseWorld, databaseWorld, reasonAgainst, type Server, servers } from '../support/database-world.js'
import { bytes, runExample } from '../support/rule-examples.js'

/** What a rule says of a script, with everything else left out. */
function fires(rule: string, script: Script, ...below: readonly Script[]): boolean {
  const files = new Map([...below, script].map((one) => [`migrations/versions/${one.id}.py`, bytes(textOf(one))]))
  return runExample({ files, setting: {} }).some((found) => found.rule === rule)
}

const ID = "sa.Column('id', sa.Integer(), primary_key=True)"
const invoice: Script = {
  id: '3c9e51a7b204',
  parents: null,
  upgrade: [`op.create_table('invoice', ${ID}, sa.Column('number', sa.String(20)), sa.Column('total', sa.Integer()))`],
  downgrade: ["op.drop_table('invoice')"],
}
const above = (upgrade: readonly string[], downgrade: readonly string[]): Script => ({
  id: '8b1f2c7d90aa',
  parents: invoice.id,
  upgrade,
  downgrade,
})

interface Row {
  readonly title: string
  /** Where it is another one than the group's. */
  readonly rule?: string
  readonly flagged: Script
  readonly right: Script
  /** Where it is tried: everywhere when left out. */
  readonly on?: readonly Server[]
}

let world: DatabaseWorld
afterEach(() => world.remove())

function onDatabases(on: readonly Server[], prove: (server: Server) => void): void {
  for (const server of on) {
    const reason = reasonAgainst(server)
    it.skipIf(reason)(`on ${server}${reason ? ` (${reason})` : ''}`, () => {
      world = databaseWorld()
      prove(server)
    })
  }
}

describe('downgrade-drops-foreign-objects: what was there before is lost', () => {
  const reminder = `op.create_table('reminder', ${ID})`
  const rows: readonly Row[] = [
    {
      title: 'a table',
      flagged: above([reminder], ["op.drop_table('reminder')", "op.drop_table('invoice')"]),
      right: above([reminder], ["op.drop_table('reminder')"]),
    },
    {
      title: 'a column',
      flagged: above([reminder], ["op.drop_table('reminder')", "op.drop_column('invoice', 'total')"]),
      right: above([reminder], ["op.drop_table('reminder')"]),
      on: ['postgresql'],
    },
  ]
  describe.each(rows)('$title', ({ flagged, right, on = servers }) => {
    onDatabases(on, (server) => {
      expect(fires('downgrade-drops-foreign-objects', flagged, invoice)).toBe(true)
      expect(fires('downgrade-drops-foreign-objects', right, invoice)).toBe(false)
      const thereAndBack = (script: Script) =>
        world
          .app({ server, scripts: [invoice, script] })
          .observe('upgrade 3c9e', { fill: 1 }, { describe: true }, 'upgrade head', 'downgrade -1')
      const [before, after] = thereAndBack(right)
      expect(after).toEqual(before)
      const [had, has] = thereAndBack(flagged)
      expect(had).toEqual(before)
      expect(has).not.toEqual(before)
    })
  })
})

describe('downgrade-leaves-objects: the next upgrade stops', () => {
  const rows: readonly Row[] = [
    {
      title: 'an index',
      flagged: above(
        [
          "op.add_column('invoice', sa.Column('paid', sa.Date()))",
          "op.create_index('ix_number', 'invoice', ['number'])",
        ],
        ["op.drop_column('invoice', 'paid')"],
      ),
      right: above(
        [
          "op.add_column('invoice', sa.Column('paid', sa.Date()))",
          "op.create_index('ix_number', 'invoice', ['number'])",
        ],
        ["op.drop_index('ix_number', table_name='invoice')", "op.drop_column('invoice', 'paid')"],
      ),
    },
    {
      title: 'a new name',
      flagged: above(
        [
          `op.create_table('refund', ${ID})`,
          "op.alter_column('invoice', 'total', new_column_name='sum', existing_type=sa.Integer())",
        ],
        ["op.drop_table('refund')"],
      ),
      right: above(
        [
          `op.create_table('refund', ${ID})`,
          "op.alter_column('invoice', 'total', new_column_name='sum', existing_type=sa.Integer())",
        ],
        [
          "op.alter_column('invoice', 'sum', new_column_name='total', existing_type=sa.Integer())",
          "op.drop_table('refund')",
        ],
      ),
      on: ['sqlite'],
    },
  ]
  describe.each(rows)('$title', ({ flagged, right, on = servers }) => {
    onDatabases(on, (server) => {
      expect(fires('downgrade-leaves-objects', flagged, invoice)).toBe(true)
      expect(fires('downgrade-leaves-objects', right, invoice)).toBe(false)
      const again = (script: Script) =>
        world
          .app({ server, scripts: [invoice, script] })
          .try('upgrade head', 'downgrade -1', 'upgrade head')
          .map(({ status }) => status === 0)
      expect(again(flagged)).toEqual([true, true, false])
      expect(again(right)).toEqual([true, true, true])
    })
  })
})

describe('downgrade-order and drop-index-before-foreign-key: the downgrade stops', () => {
  const refers = "sa.Column('invoice_id', sa.Integer(), sa.ForeignKey('reminder.id'))"
  const pair = [`op.create_table('reminder', ${ID})`, `op.create_table('letter', ${ID}, ${refers})`]
  const typed = [
    "sa.Enum('open', 'paid', name='state').create(op.get_bind())",
    "op.add_column('invoice', sa.Column('state', sa.Enum(name='state', create_type=False)))",
  ]
  const indexed = [
    "op.add_column('invoice', sa.Column('paid', sa.Date()))",
    "op.create_index('ix_paid', 'invoice', ['paid'])",
  ]
  const both = (upgrade: readonly string[], ...downgrade: readonly string[]) => ({
    flagged: above(upgrade, downgrade),
    right: above(upgrade, downgrade.toReversed()),
  })
  const rows: readonly Row[] = [
    {
      title: 'a table before its index',
      ...both(
        [
          `op.create_table('reminder', ${ID}, sa.Column('due', sa.Date()))`,
          "op.create_index('ix_due', 'reminder', ['due'])",
        ],
        "op.drop_table('reminder')",
        "op.drop_index('ix_due', table_name='reminder')",
      ),
    },
    {
      title: 'a column before its index',
      ...both(indexed, "op.drop_column('invoice', 'paid')", "op.drop_index('ix_paid', table_name='invoice')"),
      on: ['postgresql'],
    },
    {
      title: 'a table that another one points to',
      ...both(pair, "op.drop_table('reminder')", "op.drop_table('letter')"),
      on: ['postgresql', 'mariadb'],
    },
    {
      title: 'an index before the foreign key that needs it',
      rule: 'drop-index-before-foreign-key',
      ...both(
        [
          `op.create_table('reminder', ${ID})`,
          "op.add_column('invoice', sa.Column('reminder_id', sa.Integer()))",
          "op.create_index('ix_reminder', 'invoice', ['reminder_id'])",
          "op.create_foreign_key('fk_reminder', 'invoice', 'reminder', ['reminder_id'], ['id'])",
        ],
        "op.drop_index('ix_reminder', table_name='invoice')",
        "op.drop_constraint('fk_reminder', 'invoice', type_='foreignkey')",
      ),
      on: ['mariadb'],
    },
    {
      title: 'an enum before its column',
      ...both(typed, "sa.Enum(name='state').drop(op.get_bind())", "op.drop_column('invoice', 'state')"),
      on: ['postgresql'],
    },
  ]
  describe.each(rows)('$title', ({ rule = 'downgrade-order', flagged, right, on = servers }) => {
    onDatabases(on, (server) => {
      expect(fires(rule, flagged, invoice)).toBe(true)
      expect(fires(rule, right, invoice)).toBe(false)
      const back = (script: Script) =>
        world
          .app({ server, scripts: [invoice, script] })
          .try('upgrade head', 'downgrade -1')
          .map(({ status }) => status === 0)
      expect(back(flagged)).toEqual([true, false])
      expect(back(right)).toEqual([true, true])
    })
  })
})
