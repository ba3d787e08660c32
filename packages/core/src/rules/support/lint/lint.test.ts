import { describe, expect, test } from 'vitest'
import { readHistory } from '../../../../../../test/support/read-history.js'
import { applyEdits, bytes, editsOf, runExample } from '../../../../../../test/support/rule-examples.js'
import type { Environment } from '../../../history/history.js'
import { loadOperationsReader } from '../../../operations/load.js'
import { judgeHistory } from '../../judge.js'

const PATH = 'migrations/versions/3c9e51a7b204.py'
const HEAD =
  "import sqlalchemy as sa\nfrom alembic import context, op\n\nrevision = '3c9e51a7b204'\ndown_revision = None\n"
const readOperations = await loadOperationsReader()

function script(body: string, head = ''): Uint8Array {
  const lines = body.split('\n').map((line) => (line === '' ? '' : `    ${line}`))
  return bytes(`${head}${HEAD}\n\ndef upgrade():\n${lines.join('\n')}\n`)
}

/** Names of the rules that find something in a script, sorted. */
function found(body: string, head = ''): string[] {
  const told = runExample({ files: new Map([[PATH, script(body, head)]]), setting: {} })
  return [...new Set(told.map(({ rule }) => rule))].sort()
}

const COLUMN = "sa.Column('paid', sa.Boolean(), nullable=False)"

describe('what people write every day is no finding', () => {
  test.each([
    [
      'a table with everything',
      "op.create_table('invoice', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('paid', sa.Boolean(), nullable=False), sa.UniqueConstraint('id', name=op.f('uq_invoice_id')))",
    ],
    [
      'a column of it, in a batch',
      `op.create_table('invoice', sa.Column('id', sa.Integer(), primary_key=True))\nwith op.batch_alter_table('invoice', schema=None) as batch_op:\n    batch_op.add_column(${COLUMN})`,
    ],
    [
      'its name in a constant',
      `TABLE = 'invoice'\nop.create_table(TABLE, sa.Column('id', sa.Integer(), primary_key=True))\nop.add_column(TABLE, ${COLUMN})`,
    ],
    [
      'under another name',
      `op.create_table('bill', sa.Column('id', sa.Integer(), primary_key=True))\nop.rename_table('bill', 'invoice')\nop.add_column('invoice', ${COLUMN})`,
    ],
    [
      'columns in a loop',
      "for name in ('net', 'tax'):\n    op.add_column('invoice', sa.Column(name, sa.Integer(), server_default='0', nullable=False))",
    ],
    [
      'a default from a constant',
      "ZERO = '0'\nop.add_column('invoice', sa.Column('net', sa.Integer(), nullable=False, server_default=ZERO))",
    ],
    [
      'a default that only Python knows',
      "import os\nop.add_column('invoice', sa.Column('net', sa.Integer(), nullable=False, server_default=os.environ['NET']))",
    ],
    [
      'arguments that only Python knows',
      "options = load()\nop.add_column('invoice', sa.Column('net', sa.Integer(), **options))",
    ],
    ['NULL or not, who knows', "op.add_column('invoice', sa.Column('net', sa.Integer(), nullable=is_old()))"],
    [
      'a comment for a column',
      "op.alter_column('invoice', 'net', existing_type=sa.Integer(), existing_nullable=False, comment='without tax')",
    ],
    ['NULL allowed again', "op.alter_column('invoice', 'net', existing_type=sa.Integer(), nullable=True)"],
    [
      'filled by a session',
      "op.add_column('invoice', sa.Column('paid', sa.Boolean()))\nfill(op.get_bind())\nop.alter_column('invoice', 'paid', existing_type=sa.Boolean(), nullable=False)",
    ],
    ['an empty script', 'pass'],
  ])('%s', (_, body) => {
    const lint = found(body).filter((rule) => /nullable|boolean|default/.test(rule))
    expect(lint).toEqual([])
  })
})

describe('a table that is not new', () => {
  test.each([
    ['dropped in between', `op.create_table('invoice')\nop.drop_table('invoice')\nop.add_column('invoice', ${COLUMN})`],
    [
      'made only where it is not there',
      `op.create_table('invoice', if_not_exists=True)\nop.add_column('invoice', ${COLUMN})`,
    ],
    [
      'of that name, in another schema',
      `op.create_table('invoice', schema='archive')\nop.add_column('invoice', ${COLUMN})`,
    ],
    ['made only behind it', `op.add_column('invoice', ${COLUMN})\nop.create_table('invoice')`],
  ])('%s', (_, body) => {
    expect(found(body)).toContain('not-null-without-server-default')
  })
})

describe('which databases are meant', () => {
  const text = "op.add_column('invoice', sa.Column('paid', sa.Boolean(), nullable=False, server_default=sa.text('0')))"
  /** True where a number for a boolean is found: PostgreSQL alone refuses it. */
  function isFound(body: string, head = '', more: Partial<Environment> = {}, dialects: string[] = []): boolean {
    const content = script(body, head)
    const history = readHistory(new Map([[PATH, content]]), { dialects })
    const { diagnostics } = judgeHistory(
      { ...history, environment: { ...history.environment, ...more } },
      {
        levels: (_rule, _environment, byDefault) => byDefault,
        isPublished: () => false,
        baseline: new Set(),
        scripts: 'new',
        source: () => content,
        operations: () => readOperations(content),
      },
    )
    return diagnostics.some(({ rule }) => rule === 'text-boolean-default')
  }
  const mysql = 'from sqlalchemy.dialects import mysql\n'
  const postgresql = 'from sqlalchemy.dialects.postgresql import UUID\n'
  const when = (test: string) => `if op.get_bind().dialect.name ${test}:\n    ${text}`

  test('any, where nobody says', () => expect(isFound(text)).toBe(true))
  test('what onehead.json says, whatever else is said', () => {
    expect(isFound(text, postgresql, { addressDialect: 'postgresql' }, ['mariadb'])).toBe(false)
    expect(isFound(text, mysql, { addressDialect: 'mysql' }, ['sqlite', 'postgresql'])).toBe(true)
  })
  test('else what the script imports', () => {
    expect(isFound(text, mysql)).toBe(false)
    expect(isFound(text, postgresql, { addressDialect: 'sqlite' })).toBe(true)
    expect(isFound(text, 'import sqlalchemy.dialects.mysql\n')).toBe(false)
  })
  test('else what alembic.ini addresses', () => {
    expect(isFound(text, '', { addressDialect: 'sqlite' })).toBe(false)
    expect(isFound(text, '', { addressDialect: 'postgresql' })).toBe(true)
  })
  test('of these, those that the condition lets through', () => {
    expect(isFound(when("== 'sqlite'"))).toBe(false)
    expect(isFound(when("== 'postgresql'"))).toBe(true)
    expect(isFound(when("!= 'postgresql'"))).toBe(false)
    expect(isFound(when("== 'sqlite'"), '', {}, ['postgresql'])).toBe(false)
  })
})

describe('an argument that is added', () => {
  test.each([
    ['to a call on one line', "op.add_column('invoice', sa.Column('paid', sa.Boolean()))"],
    ['behind a comma', "op.add_column('invoice', sa.Column('paid', sa.Boolean(),))"],
    ['behind a comma and a line', "op.add_column('invoice', sa.Column(\n    'paid',\n    sa.Boolean(),\n))"],
    ['behind a constraint', "op.add_column('invoice', sa.Column('paid', sa.Boolean(), sa.ForeignKey('state.paid')))"],
    [
      'behind letters of several bytes',
      "op.add_column('invoice', sa.Column('bezahlt_für_größe', sa.Boolean(), comment='é'))",
    ],
    ['where # is part of a text', "op.add_column('invoice', sa.Column('paid', sa.Boolean(), comment='#1'))"],
  ])('%s', (_, body) => {
    for (const content of [script(body), bytes(new TextDecoder().decode(script(body)).replaceAll('\n', '\r\n'))]) {
      const files = new Map([[PATH, content]])
      const edits = runExample({ files, setting: {} })
        .filter(({ rule }) => rule === 'boolean-without-server-default')
        .flatMap(editsOf)
      expect(edits).toHaveLength(1)
      const after = applyEdits(files, edits).get(PATH)!
      const [added] = readOperations(after)!.upgrade.operations
      expect(added).toMatchObject({ kind: 'add_column', column: { serverDefault: { text: 'sa.false()' } } })
      const { span, text } = edits[0]!
      expect(after.length - content.length).toBe(bytes(text).length)
      expect(after.subarray(span.start + bytes(text).length)).toEqual(content.subarray(span.end))
    }
  })

  test.each([
    [
      'where a comment stands behind the last one',
      "op.add_column('invoice', sa.Column(\n    'paid',\n    sa.Boolean() # yes\n))",
    ],
    [
      'where nobody knows what SQLAlchemy is called',
      "from sqlalchemy import Boolean, Column\nop.add_column('invoice', Column('paid', Boolean()))",
    ],
    ['in SQL', "op.execute('ALTER TABLE invoice ADD COLUMN paid boolean')"],
  ])('is not proposed %s', (_, body) => {
    const told = runExample({ files: new Map([[PATH, script(body)]]), setting: {} })
    const own = told.filter(({ rule }) => rule === 'boolean-without-server-default')
    expect(own.map(({ fix }) => fix)).toEqual([null])
  })
})

test('code to paste has the table, the column and the schema of the user, on one line', () => {
  const body =
    "op.add_column(\n    'invoice',\n    sa.Column(\n        'Paid',\n        sa.Numeric(10, 2),\n        nullable=False,\n    ),\n    schema='billing',\n)"
  const told = runExample({ files: new Map([[PATH, script(body)]]), setting: {} })
  const own = told.find(({ rule }) => rule === 'not-null-without-server-default')!
  expect(own.rewrite.flatMap(({ code }) => code)).toEqual([
    "op.add_column('invoice', sa.Column('Paid', sa.Numeric(10, 2), nullable=False, server_default='<value>'), schema='billing')",
    "op.add_column('invoice', sa.Column('Paid', sa.Numeric(10, 2), nullable=True), schema='billing')",
    `op.execute('UPDATE billing.invoice SET "Paid" = <value> WHERE "Paid" IS NULL')`,
    `op.execute('UPDATE billing.invoice SET "Paid" = <value> WHERE "Paid" IS NULL')`,
    "op.alter_column('invoice', 'Paid', existing_type=sa.Numeric(10, 2), nullable=False, schema='billing')",
  ])
})
