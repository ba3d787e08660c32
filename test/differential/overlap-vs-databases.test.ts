import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareSides } from '../../packages/core/src/overlap/index.js'
import { adds, creates, type Script, textOf } from '../support/database-scripts.js'
import {
  type DatabaseApp,
  type DatabaseWorld,
  databaseWorld,
  reasonAgainst,
  type Server,
  type Step,
  servers,
} from '../support/database-world.js'
import { sideScript } from '../support/sides.js'

/** What two people do, each without the other; and what the comparison says of it, per server where they differ. */
interface Pair {
  readonly name: string
  readonly mine: Pick<Script, 'upgrade' | 'downgrade'>
  readonly theirs: Pick<Script, 'upgrade' | 'downgrade'>
  readonly says: string | Partial<Record<Server, string>>
}

const does = (...upgrade: readonly string[]): Pick<Script, 'upgrade'> => ({ upgrade })
const lookFirst = "op.create_index('ix_number', 'invoice', ['number'], if_not_exists=True)"
const inspect = [
  "if 'refund' not in sa.inspect(op.get_bind()).get_table_names():",
  "    op.create_table('refund', sa.Column('id', sa.Integer(), primary_key=True))",
]
const dropNumber = does("with op.batch_alter_table('invoice') as batch:", "    batch.drop_column('number')")
const ofStatus = (table: string) => creates(table, "sa.Column('status', sa.Enum('open', 'paid', name='refund_status'))")

const pairs: readonly Pair[] = [
  { name: 'one table', mine: creates('refund'), theirs: creates('refund'), says: 'block created-twice' },
  { name: 'one column', mine: adds('invoice', 'due'), theirs: adds('invoice', 'due'), says: 'block created-twice' },
  {
    name: 'one column under another name',
    mine: adds('invoice', 'due'),
    theirs: does(
      "with op.batch_alter_table('invoice') as batch:",
      "    batch.alter_column('number', new_column_name='due', existing_type=sa.Integer())",
    ),
    says: 'block created-twice',
  },
  {
    name: 'one index',
    mine: does("op.create_index('ix_number', 'invoice', ['number'])"),
    theirs: does("op.create_index('ix_number', 'invoice', ['number', 'total'])"),
    says: 'block created-twice',
  },
  {
    name: 'one index name on two tables',
    mine: does("op.create_index('ix_number', 'invoice', ['number'])"),
    theirs: does("op.create_index('ix_number', 'customer', ['number'])"),
    says: { sqlite: 'block created-twice', postgresql: 'block created-twice', mariadb: 'disjoint' },
  },
  {
    name: 'one name for an index and a table',
    mine: does("op.create_index('refund', 'invoice', ['number'])"),
    theirs: creates('refund'),
    says: { sqlite: 'block created-twice', postgresql: 'block created-twice', mariadb: 'disjoint' },
  },
  {
    name: 'one constraint',
    mine: does("op.create_unique_constraint('uq_number', 'invoice', ['number'])"),
    theirs: does("op.create_unique_constraint('uq_number', 'invoice', ['number'])"),
    // SQLite has no such statement.
    says: { postgresql: 'block created-twice', mariadb: 'block created-twice' },
  },
  {
    name: 'one name for foreign keys of two tables',
    mine: does("op.create_foreign_key('fk_parent', 'invoice', 'customer', ['number'], ['id'])"),
    theirs: does("op.create_foreign_key('fk_parent', 'customer', 'invoice', ['number'], ['id'])"),
    says: { postgresql: 'disjoint', mariadb: 'block created-twice' },
  },
  {
    name: 'two primary keys',
    mine: does("op.create_primary_key('pk_a', 'log', ['number'])"),
    theirs: does("op.create_primary_key('pk_b', 'log', ['total'])"),
    says: { postgresql: 'block created-twice', mariadb: 'block created-twice' },
  },
  {
    name: 'the type of two tables',
    mine: ofStatus('refund'),
    theirs: ofStatus('credit'),
    says: { postgresql: 'block created-twice' },
  },
  {
    name: 'one value of a type',
    mine: does('op.execute("ALTER TYPE kind ADD VALUE \'late\'")'),
    theirs: does('op.execute("ALTER TYPE kind ADD VALUE \'late\'")'),
    says: { postgresql: 'block created-twice' },
  },
  {
    name: 'one table taken away',
    mine: does("op.drop_table('log')"),
    theirs: does("op.drop_table('log')"),
    says: 'block dropped-twice',
  },
  { name: 'one column taken away', mine: dropNumber, theirs: dropNumber, says: 'block dropped-twice' },
  {
    name: 'a column taken away, and an index over it',
    mine: dropNumber,
    theirs: does("op.create_index('ix_number', 'invoice', ['number'])"),
    says: 'block dropped-or-renamed-while-used',
  },
  {
    name: 'a table under another name, and a column in it',
    mine: does("op.rename_table('log', 'journal')"),
    theirs: adds('log', 'due'),
    says: 'block dropped-or-renamed-while-used',
  },
  { name: 'an index, looking first', mine: does(lookFirst), theirs: does(lookFirst), says: 'warn created-twice' },
  { name: 'a table, asking first', mine: does(...inspect), theirs: does(...inspect), says: 'warn created-twice' },
  { name: 'two columns', mine: adds('invoice', 'due'), theirs: adds('invoice', 'paid'), says: 'warn same-table' },
  { name: 'two tables', mine: creates('refund'), theirs: creates('credit'), says: 'disjoint' },
  {
    name: 'a table of a moment on both sides',
    mine: does("op.create_table('tmp', sa.Column('id', sa.Integer()))", "op.drop_table('tmp')"),
    theirs: does("op.create_table('tmp', sa.Column('id', sa.Integer()))", "op.drop_table('tmp')"),
    says: 'disjoint',
  },
]

const begin: Script = {
  id: '3c9e51a7b204',
  parents: null,
  upgrade: [
    "for name in ('customer', 'invoice'):",
    "    op.create_table(name, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('number', sa.Integer()), sa.Column('total', sa.Integer()))",
    "op.create_table('log', sa.Column('number', sa.Integer()), sa.Column('total', sa.Integer()))",
    "if op.get_bind().dialect.name == 'postgresql':",
    '    op.execute("CREATE TYPE kind AS ENUM (\'plain\')")',
  ],
}
const [mine, theirs] = ['8b1f2c7d90aa', 'f04d6e2b713c'] as const

describe.each(servers)('what is said of two sides, as %s sees it', (server) => {
  const reason = reasonAgainst(server)
  const own = pairs.flatMap((pair) => {
    const says = typeof pair.says === 'string' ? pair.says : pair.says[server]
    return says === undefined ? [] : [{ ...pair, says }]
  })
  let world: DatabaseWorld
  let outcomes: readonly (readonly number[])[] = []

  beforeAll(() => {
    if (reason !== null) return
    world = databaseWorld()
    const app = world.app({ server, scripts: [begin] })
    outcomes = own.map((pair) => inBothOrders(app, pair))
  })
  afterAll(() => world?.remove())

  test.skipIf(reason !== null).each(own.map((pair, index) => [pair.name, pair, index] as const))(
    `%s${reason === null ? '' : ` (${reason})`}`,
    (_, pair, index) => {
      const side = (id: string, body: Pair['mine']) => [sideScript(id, textOf({ id, parents: begin.id, ...body }))]
      const dialects = [server === 'mariadb' ? 'mysql' : server]
      const { grade, overlaps } = compareSides(side(mine, pair.mine), side(theirs, pair.theirs), { dialects })
      const [first] = overlaps
      expect(first === undefined ? grade : `${first.severity} ${first.kind}`).toBe(pair.says)
      const failed = outcomes[index]!.filter((status) => status !== 0).length
      // Where only one order works, it is one that fails; where neither does, both do.
      if (/^block (created|dropped)-twice/.test(pair.says)) expect(failed).toBe(2)
      else if (pair.says.startsWith('block')) expect(failed).toBeGreaterThan(0)
      else expect(failed).toBe(0)
    },
  )
})

/** Exit codes where theirs runs behind mine, and mine behind theirs, each in an upgrade of its own, as databases get them. */
function inBothOrders(app: DatabaseApp, pair: Pair): readonly number[] {
  const chain = (ids: readonly [string, string]): Step => ({
    write: ids.map((id, index) => ({
      id,
      parents: index === 0 ? begin.id : ids[0],
      ...(id === mine ? pair.mine : pair.theirs),
    })),
  })
  const orders = [[mine, theirs] as const, [theirs, mine] as const]
  const ran = app.try(...orders.flatMap((ids) => [...emptied(app), chain(ids), `upgrade ${ids[0]}`, 'upgrade head']))
  const alone = ran.filter((_, index) => index % 2 === 0)
  for (const { status, output } of alone)
    if (status !== 0) throw new Error(`${pair.name}: one side fails alone: ${output}`)
  return ran.filter((_, index) => index % 2 === 1).map(({ status }) => status ?? -1)
}

/** Types stay behind in PostgreSQL when tables go. */
function emptied({ database }: DatabaseApp): readonly Step[] {
  return database.server === 'postgresql'
    ? [{ sql: 'DROP SCHEMA public CASCADE' }, { sql: 'CREATE SCHEMA public' }]
    : [{ empty: true }]
}
