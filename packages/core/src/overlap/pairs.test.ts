import { describe, expect, test } from 'vitest'
import { side } from '../../../../test/support/sides.js'
import { compareSides } from './compare-sides.js'
import type { Overlap } from './overlap.js'

/** What the other side does, and my side; the grade, and what is found: `severity kind object`. */
type Pair = readonly [
  name: string,
  mine: string | readonly string[],
  theirs: string | readonly string[],
  grade: string,
  ...found: readonly string[],
]

const due = "op.add_column('invoice', sa.Column('due', sa.Date()))"
const refund = "op.create_table('refund', sa.Column('id', sa.Integer(), primary_key=True))"
const ixDue = "op.create_index('ix_due', 'invoice', ['due'])"
const uqNumber = "op.create_unique_constraint('uq_number', 'invoice', ['number'])"
const status = "postgresql.ENUM('open', 'paid', name='status').create(op.get_bind(), checkfirst=False)"
const dropDue = "op.drop_column('invoice', 'due')"
const dropInvoice = "op.drop_table('invoice')"

const created: readonly Pair[] = [
  ['a table', refund, refund, 'overlap', 'block created-twice table refund'],
  [
    'a table with other columns',
    refund,
    "op.create_table('refund', sa.Column('amount', sa.Integer()))",
    'overlap',
    'block created-twice table refund',
  ],
  ['two tables', refund, "op.create_table('credit', sa.Column('id', sa.Integer()))", 'disjoint'],
  [
    'a table in two schemas',
    "op.create_table('refund', schema='billing')",
    "op.create_table('refund', schema='shop')",
    'disjoint',
  ],
  [
    'a table in the default schema, named and not',
    "op.create_table('refund', schema='public')",
    "op.create_table('refund')",
    'overlap',
    'block created-twice table refund',
  ],
  [
    'a table, looking first on both sides',
    "op.create_table('refund', if_not_exists=True)",
    "op.create_table('refund', if_not_exists=True)",
    'overlap',
    'warn created-twice table refund',
  ],
  [
    'a table, looking first on one side',
    "op.create_table('refund', if_not_exists=True)",
    "op.create_table('refund')",
    'overlap',
    'block created-twice table refund',
  ],
  [
    'a table and its index, where only the table is looked for',
    ["op.create_table('refund', if_not_exists=True)", "op.create_index('ix_refund', 'refund', ['id'])"],
    ["op.create_table('refund', if_not_exists=True)", "op.create_index('ix_refund', 'refund', ['id'])"],
    'overlap',
    'warn created-twice table refund',
    'block created-twice index ix_refund',
  ],
  [
    'a table by SQL',
    'op.execute("CREATE TABLE refund (id integer)")',
    refund,
    'overlap',
    'block created-twice table refund',
  ],
  [
    'a table by another name',
    ["op.rename_table('credit', 'refund')"],
    refund,
    'overlap',
    'block created-twice table refund',
  ],
  [
    'a table in upper and lower case',
    refund,
    "op.create_table('Refund')",
    'overlap',
    'warn created-twice table refund',
  ],
  ['a column', due, due, 'overlap', 'block created-twice column due'],
  [
    'a column of another type',
    due,
    "op.add_column('invoice', sa.Column('due', sa.DateTime()))",
    'overlap',
    'block created-twice column due',
  ],
  ['a column of two tables', due, "op.add_column('refund', sa.Column('due', sa.Date()))", 'disjoint'],
  [
    'a column, in a batch',
    ["with op.batch_alter_table('invoice') as batch:", "    batch.add_column(sa.Column('due', sa.Date()))"],
    due,
    'overlap',
    'block created-twice column due',
  ],
  [
    'a column in two schemas',
    "op.add_column('invoice', sa.Column('due', sa.Date()), schema='a')",
    "op.add_column('invoice', sa.Column('due', sa.Date()), schema='b')",
    'disjoint',
  ],
  [
    'a column, looking first on both sides',
    "op.add_column('invoice', sa.Column('due', sa.Date()), if_not_exists=True)",
    "op.add_column('invoice', sa.Column('due', sa.Date()), if_not_exists=True)",
    'overlap',
    'warn created-twice column due',
  ],
  [
    'a column that the other renames into',
    due,
    "op.alter_column('invoice', 'until', new_column_name='due')",
    'overlap',
    'block created-twice column due',
  ],
  [
    'a column by SQL',
    'op.execute("ALTER TABLE invoice ADD COLUMN due date")',
    due,
    'overlap',
    'block created-twice column due',
  ],
  [
    'a column in upper and lower case',
    due,
    "op.add_column('invoice', sa.Column('Due', sa.Date()))",
    'overlap',
    'warn created-twice column due',
  ],
  [
    'a column in a loop',
    ["for name in ('due', 'paid'):", "    op.add_column('invoice', sa.Column(name, sa.Date()))"],
    due,
    'overlap',
    'block created-twice column due',
  ],
  ['an index', ixDue, ixDue, 'overlap', 'block created-twice index ix_due'],
  [
    'an index of one name on two tables',
    ixDue,
    "op.create_index('ix_due', 'refund', ['due'])",
    'overlap',
    'block created-twice index ix_due',
  ],
  [
    'two indexes of one table',
    ixDue,
    "op.create_index('ix_paid', 'invoice', ['paid'])",
    'same-table',
    'warn same-table table invoice',
  ],
  [
    'an index, looking first on both sides',
    "op.create_index('ix_due', 'invoice', ['due'], if_not_exists=True)",
    "op.create_index('ix_due', 'invoice', ['due'], if_not_exists=True)",
    'overlap',
    'warn created-twice index ix_due',
  ],
  [
    'an index under op.f',
    "op.create_index(op.f('ix_due'), 'invoice', ['due'])",
    ixDue,
    'overlap',
    'block created-twice index ix_due',
  ],
  [
    'an index within a table and beside it',
    "op.create_table('refund', sa.Column('due', sa.Date()), sa.Index('ix_due', 'due'))",
    ixDue,
    'overlap',
    'block created-twice index ix_due',
  ],
  [
    'an index and a table of one name',
    "op.create_index('refund', 'invoice', ['id'])",
    refund,
    'overlap',
    'block created-twice index refund',
  ],
  ['a constraint', uqNumber, uqNumber, 'overlap', 'block created-twice constraint uq_number'],
  [
    'a constraint and an index of one name',
    uqNumber,
    "op.create_index('uq_number', 'invoice', ['number'], unique=True)",
    'overlap',
    'block created-twice constraint uq_number',
  ],
  [
    'a unique constraint of one name on two tables',
    uqNumber,
    "op.create_unique_constraint('uq_number', 'refund', ['number'])",
    'overlap',
    'block created-twice constraint uq_number',
  ],
  [
    'a check of one name on two tables',
    "op.create_check_constraint('positive', 'invoice', 'total > 0')",
    "op.create_check_constraint('positive', 'refund', 'total > 0')",
    'disjoint',
  ],
  [
    'a foreign key',
    "op.create_foreign_key('fk_customer', 'invoice', 'customer', ['customer_id'], ['id'])",
    "op.create_foreign_key('fk_customer', 'invoice', 'customer', ['customer_id'], ['id'])",
    'overlap',
    'block created-twice constraint fk_customer',
  ],
  [
    'the primary key',
    "op.create_primary_key('pk_one', 'invoice', ['id'])",
    "op.create_primary_key('pk_other', 'invoice', ['id', 'year'])",
    'overlap',
    'block created-twice constraint pk_one',
  ],
  [
    'unnamed constraints',
    "op.create_unique_constraint(None, 'invoice', ['a'])",
    "op.create_unique_constraint(None, 'invoice', ['b'])",
    'same-table',
    'warn same-table table invoice',
  ],
  ['an enum', status, status, 'overlap', 'block created-twice enum status'],
  [
    'an enum with two tables',
    "op.create_table('refund', sa.Column('status', sa.Enum('open', 'paid', name='status')))",
    "op.create_table('credit', sa.Column('status', sa.Enum('open', 'paid', name='status')))",
    'overlap',
    'block created-twice enum status',
  ],
  [
    'an enum that neither creates',
    "op.add_column('refund', sa.Column('status', sa.Enum('open', name='status')))",
    "op.add_column('credit', sa.Column('status', sa.Enum('open', name='status')))",
    'disjoint',
  ],
  [
    'an enum by SQL',
    'op.execute("CREATE TYPE status AS ENUM (\'open\')")',
    status,
    'overlap',
    'block created-twice enum status',
  ],
  [
    'a value of an enum',
    'op.execute("ALTER TYPE status ADD VALUE \'late\'")',
    'op.execute("ALTER TYPE status ADD VALUE \'late\'")',
    'overlap',
    'block created-twice enum value late',
  ],
  [
    'two values of an enum',
    'op.execute("ALTER TYPE status ADD VALUE \'late\'")',
    'op.execute("ALTER TYPE status ADD VALUE \'lost\'")',
    'disjoint',
  ],
]

const altered: readonly Pair[] = [
  [
    'a column, differently',
    "op.alter_column('invoice', 'due', nullable=False)",
    "op.alter_column('invoice', 'due', type_=sa.DateTime())",
    'overlap',
    'block altered-twice column due',
  ],
  [
    'a column, alike',
    "op.alter_column('invoice', 'due', nullable=False)",
    "op.alter_column('invoice', 'due', nullable=False)",
    'overlap',
    'warn altered-twice column due',
  ],
  [
    'a column, alike, by an expression',
    "op.alter_column('invoice', 'n', type_=sa.Integer(), postgresql_using='n::int * 100')",
    "op.alter_column('invoice', 'n', type_=sa.Integer(), postgresql_using='n::int * 100')",
    'overlap',
    'block altered-twice column n',
  ],
  [
    'two columns of a table',
    "op.alter_column('invoice', 'due', nullable=False)",
    "op.alter_column('invoice', 'paid', nullable=False)",
    'same-table',
    'warn same-table table invoice',
  ],
  [
    'two columns of two tables',
    "op.alter_column('invoice', 'due', nullable=False)",
    "op.alter_column('refund', 'due', nullable=False)",
    'disjoint',
  ],
  [
    'a column that the other makes anew',
    "op.alter_column('invoice', 'due', nullable=False)",
    [dropDue, due],
    'overlap',
    'block altered-twice column due',
  ],
]

const used: readonly Pair[] = [
  ['a table that gets a column', dropInvoice, due, 'overlap', 'block dropped-or-renamed-while-used table invoice'],
  ['a table that gets an index', ixDue, dropInvoice, 'overlap', 'block dropped-or-renamed-while-used table invoice'],
  [
    'a table that gets rows',
    dropInvoice,
    'op.execute("UPDATE invoice SET total = 0")',
    'overlap',
    'block dropped-or-renamed-while-used table invoice',
  ],
  [
    'a table that a new one points to',
    dropInvoice,
    "op.create_table('refund', sa.Column('invoice_id', sa.Integer(), sa.ForeignKey('invoice.id')))",
    'overlap',
    'block dropped-or-renamed-while-used table invoice',
  ],
  [
    'a table that a constraint points to',
    dropInvoice,
    "op.create_foreign_key('fk', 'refund', 'invoice', ['invoice_id'], ['id'])",
    'overlap',
    'block dropped-or-renamed-while-used table invoice',
  ],
  [
    'a table under another name',
    "op.rename_table('invoice', 'bill')",
    due,
    'overlap',
    'block dropped-or-renamed-while-used table invoice',
  ],
  [
    'a table under two other names',
    "op.rename_table('invoice', 'bill')",
    "op.rename_table('invoice', 'note')",
    'overlap',
    'block dropped-twice table invoice',
  ],
  [
    'a table under one other name',
    "op.rename_table('invoice', 'bill')",
    "op.rename_table('invoice', 'bill')",
    'overlap',
    'block dropped-twice table invoice',
  ],
  ['a table, twice', dropInvoice, dropInvoice, 'overlap', 'block dropped-twice table invoice'],
  [
    'a table, twice, looking first',
    "op.drop_table('invoice', if_exists=True)",
    "op.drop_table('invoice', if_exists=True)",
    'overlap',
    'warn dropped-twice table invoice',
  ],
  ['a column that gets an index', dropDue, ixDue, 'overlap', 'block dropped-or-renamed-while-used column due'],
  [
    'a column that is altered',
    "op.alter_column('invoice', 'due', nullable=False)",
    dropDue,
    'overlap',
    'block dropped-or-renamed-while-used column due',
  ],
  [
    'a column under another name',
    "op.alter_column('invoice', 'due', new_column_name='until')",
    ixDue,
    'overlap',
    'block dropped-or-renamed-while-used column due',
  ],
  [
    'a column that another table points to',
    "op.drop_column('invoice', 'id')",
    "op.create_foreign_key('fk', 'refund', 'invoice', ['invoice_id'], ['id'])",
    'overlap',
    'block dropped-or-renamed-while-used column id',
  ],
  ['a column, twice', dropDue, dropDue, 'overlap', 'block dropped-twice column due'],
  [
    'a column beside another',
    dropDue,
    "op.drop_column('invoice', 'paid')",
    'same-table',
    'warn same-table table invoice',
  ],
  [
    'an index, twice',
    "op.drop_index('ix_due', 'invoice')",
    "op.drop_index('ix_due', table_name='invoice')",
    'overlap',
    'block dropped-twice index ix_due',
  ],
  [
    'a constraint, twice',
    "op.drop_constraint('uq_number', 'invoice', type_='unique')",
    "op.drop_constraint('uq_number', 'invoice')",
    'overlap',
    'block dropped-twice constraint uq_number',
  ],
  [
    'an enum that a column gets',
    "op.execute('DROP TYPE status')",
    "op.add_column('refund', sa.Column('status', sa.Enum('open', name='status')))",
    'overlap',
    'block dropped-or-renamed-while-used enum status',
  ],
  ['a column that only the other makes', due, ixDue, 'overlap', 'block created-while-used column due'],
  [
    'a table that only the other makes',
    "op.add_column('refund', sa.Column('due', sa.Date()))",
    refund,
    'overlap',
    'block created-while-used table refund',
  ],
]

const apart: readonly Pair[] = [
  ['nothing at all', 'pass', due, 'disjoint'],
  [
    'two columns',
    due,
    "op.add_column('invoice', sa.Column('paid', sa.Date()))",
    'same-table',
    'warn same-table table invoice',
  ],
  [
    'two tables that point to one',
    "op.create_foreign_key('fk_a', 'refund', 'customer', ['c'], ['id'])",
    "op.create_foreign_key('fk_b', 'credit', 'customer', ['c'], ['id'])",
    'disjoint',
  ],
  [
    'rows of one table',
    'op.execute("UPDATE invoice SET a = 1")',
    "op.bulk_insert(sa.table('invoice', sa.column('a')), [{'a': 1}])",
    'same-table',
    'warn same-table table invoice',
  ],
  ['a question', 'op.execute("SELECT 1")', due, 'disjoint'],
  [
    'a table made and taken away on both sides',
    ["op.create_table('tmp')", "op.drop_table('tmp')"],
    ["op.create_table('tmp')", "op.drop_table('tmp')"],
    'disjoint',
  ],
  [
    'a table made and taken away here, kept there',
    ["op.create_table('tmp')", "op.drop_table('tmp')"],
    "op.create_table('tmp')",
    'overlap',
    'block created-twice table tmp',
  ],
  [
    'the index of a table that is taken away again',
    ["op.create_table('tmp')", "op.create_index('ix_due', 'tmp', ['a'])", "op.drop_table('tmp')"],
    ["op.create_table('other')", "op.create_index('ix_due', 'other', ['a'])", "op.drop_table('other')"],
    'disjoint',
  ],
  [
    'a table rebuilt here, altered there',
    [
      "op.create_table('new')",
      "op.execute('INSERT INTO new SELECT * FROM invoice')",
      dropInvoice,
      "op.rename_table('new', 'invoice')",
    ],
    due,
    'overlap',
    'block dropped-or-renamed-while-used table invoice',
  ],
  [
    'each on a database of its own',
    ["if op.get_bind().dialect.name == 'postgresql':", `    ${due}`],
    ["if op.get_bind().dialect.name == 'mysql':", `    ${due}`],
    'disjoint',
  ],
  [
    'both on one database',
    ["if op.get_bind().dialect.name == 'postgresql':", `    ${due}`],
    ["if op.get_bind().dialect.name == 'postgresql':", `    ${due}`],
    'overlap',
    'block created-twice column due',
  ],
]

const opaque: readonly Pair[] = [
  ['SQL that is put together', 'op.execute(build())', due, 'opaque'],
  ['a helper of somebody', 'helpers.backfill(op)', due, 'opaque'],
  ['a helper of somebody, and nothing on the other side', 'helpers.backfill(op)', 'pass', 'disjoint'],
  [
    'SQL beside one table',
    ['op.execute(build())', ixDue],
    "op.drop_index('ix_paid', 'invoice')",
    'opaque',
    'warn same-table table invoice',
  ],
  ['SQL beside one column', ['op.execute(build())', due], due, 'overlap', 'block created-twice column due'],
  ['a table whose name nobody knows', "op.add_column(table_name(), sa.Column('due', sa.Date()))", due, 'opaque'],
]

describe.each([
  ['create', created],
  ['alter', altered],
  ['drop or rename', used],
  ['do', apart],
  ['hide', opaque],
])('two sides %s', (_, pairs) => {
  test.each(pairs.map((pair) => [pair[0], pair] as const))('%s', (_, [, mine, theirs, grade, ...found]) => {
    const comparison = compareSides(side('mine', mine), side('theirs', theirs))
    expect([comparison.grade, ...comparison.overlaps.map(told)]).toEqual([grade, ...found])
    const turned = compareSides(side('theirs', theirs), side('mine', mine))
    expect([turned.grade, turned.overlaps.length]).toEqual([grade, found.length])
  })
})

function told({ severity, kind, object }: Overlap): string {
  return `${severity} ${kind} ${object.type} ${object.name}`
}

describe('dialects that are meant', () => {
  const index = (table: string) => `op.create_index('ix_due', '${table}', ['due'])`
  const foreign = (table: string) => `op.create_foreign_key('fk_x', '${table}', 'customer', ['x'], ['id'])`
  const onSqlite = ["if op.get_bind().dialect.name == 'sqlite':", `    ${due}`]
  test.each<readonly [string, string | readonly string[], string | readonly string[], readonly string[], string]>([
    ['an index name on two tables', index('invoice'), index('refund'), ['mysql'], 'disjoint'],
    ['an index name on two tables', index('invoice'), index('refund'), ['mysql', 'postgresql'], 'overlap'],
    ['a foreign key of one name on two tables', foreign('invoice'), foreign('refund'), ['mariadb'], 'overlap'],
    ['a foreign key of one name on two tables', foreign('invoice'), foreign('refund'), [], 'disjoint'],
    ['a column in upper and lower case', due, due.replace('due', 'Due'), ['postgresql'], 'same-table'],
    ['a column on another database', onSqlite, onSqlite, ['postgresql'], 'disjoint'],
    ['a column on that database', onSqlite, onSqlite, ['sqlite'], 'overlap'],
  ])('%s', (_, mine, theirs, dialects, grade) => {
    expect(compareSides(side('mine', mine), side('theirs', theirs), { dialects }).grade).toBe(grade)
  })
})

test('there are pairs enough', () => {
  expect(
    new Set([...created, ...altered, ...used, ...apart, ...opaque].map((pair) => JSON.stringify(pair))).size,
  ).toBeGreaterThan(60)
})
