import { describe, expect, test } from 'vitest'
import { upgradeOf } from '../../../../../test/support/operations.js'

describe('every operation of Alembic is read, by position and by keyword', () => {
  test.each([
    [
      "op.create_table('user', sa.Column('id', sa.Integer()), sa.Column('name', sa.Text))",
      'create_table user (id, name)',
    ],
    ["op.create_table('user', schema='crm')", 'create_table crm.user ()'],
    ["op.create_table(table_name='user')", 'create_table user ()'],
    ["op.create_table(name='user')", 'create_table user ()'],
    ["op.create_table('user', if_not_exists=True)", 'create_table user () if exists'],
    ["op.create_table('user', if_not_exists=None)", 'create_table user ()'],
    ["op.drop_table('user')", 'drop_table user'],
    ["op.drop_table('user', schema='crm', if_exists=True)", 'drop_table crm.user if exists'],
    ["op.rename_table('user', 'person', schema='crm')", 'rename_table crm.user to person'],
    ["op.rename_table(old_table_name='user', new_table_name='person')", 'rename_table user to person'],
    ["op.add_column('user', sa.Column('age', sa.Integer()))", 'add_column user age sa.Integer()'],
    ["op.add_column('user', sa.Column('age', sa.Integer), 'crm')", 'add_column crm.user age sa.Integer'],
    ["op.add_column('user', column=sa.Column(type_=sa.Date(), name='born'))", 'add_column user born sa.Date()'],
    ["op.add_column('user', sa.Column('a', sa.Text()), if_not_exists=True)", 'add_column user a sa.Text() if exists'],
    ["op.drop_column('user', 'age')", 'drop_column user age'],
    ["op.drop_column(table_name='user', column_name='age', schema='crm')", 'drop_column crm.user age'],
    ["op.alter_column('user', 'age', nullable=False)", 'alter_column user age not null'],
    ["op.alter_column('user', 'age', existing_type=sa.Integer(), nullable=True)", 'alter_column user age null'],
    ["op.alter_column('user', 'age', new_column_name='years')", 'alter_column user age to years'],
    ["op.alter_column('user', 'age', name='years')", 'alter_column user age to years'],
    ["op.alter_column('user', 'age', type_=sa.BigInteger())", 'alter_column user age sa.BigInteger()'],
    ["op.alter_column('user', 'age', server_default=None)", 'alter_column user age = None'],
    ["op.alter_column('user', 'age', server_default=False)", 'alter_column user age'],
    ["op.alter_column('user', 'age', server_default=sa.text('0'))", "alter_column user age = sa.text('0')"],
    ["op.create_index('ix', 'user', ['a', 'b'], unique=True)", 'create_index user unique ix (a, b)'],
    ["op.create_index('ix', 'user', [sa.text('lower(a)'), sa.desc('b')])", 'create_index user ix (…, b)'],
    ["op.create_index('ix', 'user', [sa.text('a DESC')], schema='crm')", 'create_index crm.user ix (a)'],
    ["op.create_index(op.f('ix'), tablename='user', columns=['a'])", 'create_index user ix (a)'],
    ["op.create_index(None, 'user', ['a'])", 'create_index user (a)'],
    ["op.create_index('ix', 'user', ['a'], postgresql_concurrently=True)", 'create_index user ix (a) concurrently'],
    ["op.create_index('ix', 'user', [sa.func.lower(sa.column('a'))])", 'create_index user ix (…)'],
    ["op.drop_index('ix')", 'drop_index … ix'],
    ["op.drop_index('ix', 'user')", 'drop_index user ix'],
    ["op.drop_index('ix', table_name='user', postgresql_concurrently=True)", 'drop_index user ix concurrently'],
    ["op.create_unique_constraint('uq', 'user', ['a'])", 'create_constraint user unique uq (a)'],
    ["op.create_unique_constraint(None, 'user', columns=['a'], schema='crm')", 'create_constraint crm.user unique (a)'],
    ["op.create_unique_constraint(name='uq', source='user', local_cols=['a'])", 'create_constraint user unique uq (a)'],
    ["op.create_primary_key('pk', 'user', ['id'])", 'create_constraint user primary pk (id)'],
    ["op.create_check_constraint('ck', 'user', 'age > 0')", 'create_constraint user check ck ()'],
    [
      "op.create_check_constraint('ck', 'user', sa.text('a'), postgresql_not_valid=True)",
      'create_constraint user check ck () not valid',
    ],
    ["op.create_foreign_key('fk', 'user', 'firm', ['a'], ['id'])", 'create_constraint user foreign fk (a) → firm (id)'],
    [
      "op.create_foreign_key(None, 'user', 'firm', ['a'], ['id'], source_schema='crm', referent_schema='erp')",
      'create_constraint crm.user foreign (a) → erp.firm (id)',
    ],
    [
      "op.create_foreign_key(name='fk', source='user', referent='firm', local_cols=['a'], remote_cols=['id'])",
      'create_constraint user foreign fk (a) → firm (id)',
    ],
    [
      "op.create_exclude_constraint('ex', 'room', ('span', '&&'), ('no', '='))",
      'create_constraint room exclude ex (span, no)',
    ],
    ["op.drop_constraint('uq', 'user', 'unique')", 'drop_constraint user unique uq'],
    ["op.drop_constraint('uq', 'user', type_='unique', schema='crm')", 'drop_constraint crm.user unique uq'],
    [
      "op.drop_constraint(constraint_name='uq', table_name='user', if_exists=True)",
      'drop_constraint user uq if exists',
    ],
    ["op.create_table_comment('user', 'People', existing_comment=None)", 'table_comment user'],
    ["op.drop_table_comment('user', schema='crm')", 'table_comment crm.user'],
    ["op.bulk_insert(sa.table('user', sa.column('id')), [{'id': 1}])", 'bulk_insert user'],
    ["op.bulk_insert(sa.table('user', schema='crm'), rows=[])", 'bulk_insert crm.user'],
    ["op.execute('UPDATE user SET a = 1')", 'execute data on user'],
    ["op.execute(sqltext=sa.text('SELECT 1'))", 'execute none'],
  ])('%s', (call, expected) => {
    expect(upgradeOf(call)).toEqual([expected])
  })
})

describe('a batch knows its table', () => {
  test.each([
    ["batch_op.add_column(sa.Column('age', sa.Integer()))", 'add_column crm.user age sa.Integer() batch'],
    ["batch_op.drop_column('age')", 'drop_column crm.user age batch'],
    ["batch_op.alter_column('age', nullable=False)", 'alter_column crm.user age not null batch'],
    ["batch_op.create_index('ix', ['a'], unique=True)", 'create_index crm.user unique ix (a) batch'],
    ["batch_op.create_index(batch_op.f('ix'), columns=['a'])", 'create_index crm.user ix (a) batch'],
    ["batch_op.drop_index('ix')", 'drop_index crm.user ix batch'],
    ["batch_op.create_unique_constraint('uq', ['a'])", 'create_constraint crm.user unique uq (a) batch'],
    ["batch_op.create_primary_key('pk', ['id'])", 'create_constraint crm.user primary pk (id) batch'],
    ["batch_op.create_check_constraint('ck', 'age > 0')", 'create_constraint crm.user check ck () batch'],
    [
      "batch_op.create_foreign_key('fk', 'firm', ['a'], ['id'])",
      'create_constraint crm.user foreign fk (a) → firm (id) batch',
    ],
    ["batch_op.create_exclude_constraint('ex', ('a', '='))", 'create_constraint crm.user exclude ex (a) batch'],
    ["batch_op.drop_constraint('uq', type_='unique')", 'drop_constraint crm.user unique uq batch'],
    ["batch_op.create_table_comment('People')", 'table_comment crm.user batch'],
    ['batch_op.drop_table_comment()', 'table_comment crm.user batch'],
    ["batch_op.execute('DELETE FROM user')", 'execute data on user batch'],
  ])('%s', (call, expected) => {
    expect(upgradeOf(`with op.batch_alter_table('user', schema='crm') as batch_op:\n    ${call}`)).toEqual([expected])
  })
})

describe('tables', () => {
  test('have columns, constraints and indexes', () => {
    const columns = "sa.Column('id', sa.Integer(), primary_key=True), sa.Column('firm', sa.ForeignKey('firm.id'))"
    const keys =
      "sa.PrimaryKeyConstraint('id'), sa.UniqueConstraint('a', 'b', name='uq'), sa.CheckConstraint('a > 0', name='ck')"
    const more = "sa.ForeignKeyConstraint(['a'], ['crm.firm.id'], name=op.f('fk')), sa.Index('ix', 'a', unique=True)"
    expect(upgradeOf(`op.create_table('user', ${columns}, ${keys}, ${more})`)).toEqual([
      'create_table user (id, firm) primary (id) unique uq (a, b) check ck () foreign fk (a) index ix (a)',
    ])
  })

  test('may take their columns from a list, a helper, or anywhere that is known', () => {
    const above = "def stamps():\n    return [sa.Column('made', sa.DateTime()), sa.Column('changed', sa.DateTime())]\n"
    const lines =
      "more = [sa.Column(name, sa.Text()) for name in ('a', 'b')]\nop.create_table('user', sa.Column('id'), *more, *stamps())"
    expect(upgradeOf(lines, above)).toEqual(['create_table user (id, a, b, made, changed)'])
  })

  test('say where something in them is not known', () => {
    expect(upgradeOf("op.create_table('user', sa.Column('id'), IdMixin(), *others)")).toEqual([
      'create_table user (id) ?keywords,columns',
    ])
  })

  test('that exist as objects are created, dropped and written to by name', () => {
    const lines = [
      "t = sa.Table('user', sa.MetaData(), sa.Column('id'), schema='crm')",
      't.create(op.get_bind())',
      't.drop(op.get_bind(), checkfirst=True)',
      "made = op.create_table('firm', sa.Column('id'))",
      'op.bulk_insert(made, [])',
      "op.execute(made.update().where(made.c.id == 1).values(name='x'))",
      'op.execute(sa.insert(t).values(id=1))',
      'op.execute(sa.select(t.c.id))',
    ]
    expect(upgradeOf(lines.join('\n'))).toEqual([
      'create_table crm.user (id)',
      'drop_table crm.user if exists',
      'create_table firm (id)',
      'bulk_insert firm',
      'execute data on firm',
      'execute data on user',
      'execute none on ?',
    ])
  })
})

describe('types', () => {
  test.each([
    ["sa.Enum('a', 'b', name='state').create(op.get_bind())", 'create_type state (a, b)'],
    ["sa.Enum('a', name='state').create(op.get_bind(), checkfirst=True)", 'create_type state (a) if exists'],
    [
      "postgresql.ENUM('a', name='state', schema='crm').drop(op.get_bind(), checkfirst=False)",
      'drop_type crm.state (a)',
    ],
    ["sa.Enum(name='state').drop(op.get_bind())", 'drop_type state'],
    ["postgresql.ENUM(name='state').drop(op.get_bind())", 'drop_type state if exists'],
    ["sa.Enum('a', name='state').create(op.get_bind(), sa.schema.CheckFirst.NONE)", 'create_type state (a)'],
    ["sa.Enum(*VALUES, name='state').create(op.get_bind())", 'create_type state (open, paid)'],
    ['sa.Enum(State).create(op.get_bind())', 'create_type state (OPEN, PAID)'],
    ["sa.Enum('a', name=NAME).create(op.get_bind())", 'create_type … (a) ?name'],
    ["op.sync_enum_values('crm', 'state', ['a', 'b'], [])", 'alter_type state (a, b) if exists'],
    ["op.sync_enum_values('crm', 'state', ['a', 'b'], [('deal', 'state')])", 'alter_type state (a, b) if exists'],
    ["op.sync_enum_values('crm', 'state', ['a', 'b'], ['a', 'b', 'c'])", 'alter_type state (c) if exists'],
  ])('%s', (call, expected) => {
    const above = "VALUES = ('open', 'paid')\nclass State(enum.Enum):\n    OPEN = 1\n    PAID = 2\n"
    expect(upgradeOf(call, `import enum\nfrom shop.settings import NAME\n${above}`)).toEqual([expected])
  })
})
