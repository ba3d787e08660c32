import { expect, test } from 'vitest'
import { bytes } from '../../../../../../test/support/rule-examples.js'
import { loadOperationsReader } from '../../../operations/load.js'
import { wayBack } from './way-back.js'

const read = await loadOperationsReader()

function back(...upgrade: readonly string[]): readonly string[] | null {
  const head = 'import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n'
  return wayBack(read(bytes(head + upgrade.map((line) => `    ${line}\n`).join('')))!.upgrade.operations)
}

test('takes back the last thing first', () => {
  expect(
    back(
      "op.create_table('invoice', sa.Column('id', sa.Integer()), schema='billing')",
      "op.add_column('customer', sa.Column('paid', sa.Boolean()))",
      "op.create_index(op.f('ix_customer_paid'), 'customer', ['paid'])",
      "op.create_foreign_key('fk_customer', 'invoice', 'customer', ['customer_id'], ['id'])",
      "op.rename_table('bill', 'receipt')",
    ),
  ).toEqual([
    "op.rename_table('receipt', 'bill')",
    "op.drop_constraint('fk_customer', 'invoice', type_='foreignkey')",
    "op.drop_index('ix_customer_paid', table_name='customer')",
    "op.drop_column('customer', 'paid')",
    "op.drop_table('invoice', schema='billing')",
  ])
})

test('in batches what was done in batches', () => {
  expect(
    back(
      "with op.batch_alter_table('invoice') as b:",
      "    b.create_unique_constraint('uq_invoice_number', ['number'])",
    ),
  ).toEqual([
    "with op.batch_alter_table('invoice') as batch_op:",
    "    batch_op.drop_constraint('uq_invoice_number', type_='unique')",
  ])
})

test('columns get back name, type and whether they may be empty', () => {
  expect(back("op.alter_column('invoice', 'sum', new_column_name='total')")).toEqual([
    "op.alter_column('invoice', 'total', new_column_name='sum')",
  ])
  expect(
    back("op.alter_column('invoice', 'sum', existing_type=sa.Integer(), type_=sa.BigInteger(), nullable=False)"),
  ).toEqual(["op.alter_column('invoice', 'sum', type_=sa.Integer(), existing_type=sa.BigInteger(), nullable=True)"])
})

test.each([
  ["op.drop_table('invoice')"],
  ["op.drop_column('invoice', 'sum')"],
  ["op.alter_column('invoice', 'sum', server_default='0')"],
  ["op.alter_column('invoice', 'sum', type_=sa.BigInteger())"],
  ["op.create_unique_constraint(None, 'invoice', ['number'])"],
  ["op.create_index(name_of('invoice'), 'invoice', ['number'])"],
  ["op.execute('CREATE INDEX ix_invoice ON invoice (number)')"],
  ["op.execute('UPDATE invoice SET number = 1')"],
])('there is none for %s', (line) => {
  expect(back(line)).toBeNull()
})
