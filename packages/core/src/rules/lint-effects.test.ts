import { describe, expect, test } from 'vitest'
import { bytes, type ExampleSetting, runExample } from '../../../../test/support/rule-examples.js'

function judge(rule: string, body: string, setting: ExampleSetting = {}) {
  const lines = body.trim().replaceAll('\n', '\n    ')
  const script = `import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'a1'\ndown_revision = None\n\n\ndef upgrade():\n    ${lines}\n`
  const files = new Map([['migrations/versions/a1.py', bytes(script)]])
  return runExample({ files, setting }).filter((diagnostic) => diagnostic.rule === rule)
}

const addCustomer = "op.add_column('invoice', sa.Column('customer_id', sa.Integer(), nullable=True))"
const refer = "op.create_foreign_key('fk', 'invoice', 'customer', ['customer_id'], ['id'])"
const unique = "op.create_unique_constraint('uq', 'invoice', ['customer_id'])"

describe('a new column', () => {
  test.each([
    ['left empty', '', 0],
    ['filled', "op.execute('UPDATE invoice SET customer_id = 1')", 1],
    ['filled elsewhere', "op.execute('UPDATE refund SET customer_id = 1')", 0],
    ['given to a helper', 'fill(op.get_bind())', 1],
  ])('%s', (_, between, expected) => {
    expect(judge('foreign-key-validates', `${addCustomer}\n${between}\n${refer}`).length).toBe(expected)
  })

  test('that is unique, and the same in every row', () => {
    const filled = addCustomer.replace('nullable=True', "server_default='1'")
    expect(judge('unique-on-existing-data', `${filled}\n${unique}`).length).toBe(1)
    expect(judge('unique-on-existing-data', `${addCustomer}\n${unique}`).length).toBe(0)
  })
})

describe('a statement is put into a block only where it stands alone', () => {
  const make = "op.create_index('ix', 'invoice', ['due'], postgresql_concurrently=True)"
  test.each([
    ['alone', make, true],
    ['with a comment', `${make}  # slow`, true],
    ['before another one', `${make}; op.execute('SELECT 1')`, false],
    ['behind a condition', `if True: ${make}`, false],
    ['with a text of several lines', make.replace("['due']", '[sa.text("""\ndue""")]'), false],
    ['as a value', `made = ${make}`, false],
  ])('%s', (_, body, isFixed) => {
    const found = judge('concurrent-index-in-transaction', body)
    expect(found.map(({ fix }) => fix !== null)).toEqual([isFixed])
  })
})

describe('a type that changes', () => {
  const alter = (from: string, to: string) => `op.alter_column('invoice', 'memo', existing_type=${from}, type_=${to})`
  test.each([
    ['sa.String(20)', 'sa.String(20)'],
    ['sa.String(20)', 'sa.VARCHAR(40)'],
    ['sa.String(20)', 'sa.Text()'],
    ['sa.Integer()', 'sa.INTEGER()'],
    ['sa.Numeric(10, 2)', 'sa.Numeric()'],
    ['sa.Text()', 'EncryptedText()'],
  ])('%s to %s touches no row', (from, to) => {
    expect(judge('alter-type', alter(from, to))).toEqual([])
  })

  test.each([
    ['sa.String(40)', 'sa.String(20)', 'warn', false],
    ['sa.Text()', 'sa.String(20)', 'warn', false],
    ['sa.Integer()', 'sa.BigInteger()', 'warn', false],
    ['sa.Integer()', 'sa.SmallInteger()', 'warn', false],
    ['sa.Integer()', 'sa.String(20)', 'warn', false],
    ['sa.Numeric(10, 2)', 'sa.Numeric(8, 2)', 'warn', false],
    ['sa.Text()', 'sa.Integer()', 'error', true],
    ['sa.String(36)', 'postgresql.UUID()', 'error', true],
  ])('%s to %s: %s', (from, to, severity, isFixed) => {
    const found = judge('alter-type', alter(from, to), { dialects: ['postgresql'] })
    expect(found.map((one) => [one.severity, one.fix !== null])).toEqual([[severity, isFixed]])
  })
})
