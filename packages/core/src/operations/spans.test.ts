import { describe, expect, test } from 'vitest'
import { readScriptOperations } from '../../../../test/support/operations.js'
import type { Span } from '../text/span.js'
import type { ArgumentSpan, Operation } from './operation.js'

const imports = 'import sqlalchemy as sa\nfrom alembic import op\n'

/** The operations of `upgrade()` with these lines, and what stands in the file at a span. */
function read(lines: string, encode = (text: string) => Buffer.from(text)) {
  const file = encode(`${imports}def upgrade():\n    ${lines.replaceAll('\n', '\n    ')}\n`)
  const cut = ({ start, end }: Span) => file.subarray(start, end).toString('utf8')
  const [operation] = readScriptOperations(file).upgrade.operations
  return { operation: operation!, cut }
}

const texts = (spans: ReadonlyMap<string, ArgumentSpan>, cut: (span: Span) => string) =>
  Object.fromEntries([...spans].map(([name, { value, whole }]) => [name, [cut(value), cut(whole)]]))

function of<Kind extends Operation['kind']>(operation: Operation, kind: Kind): Extract<Operation, { kind: Kind }> {
  if (operation.kind !== kind) throw new Error(`expected ${kind}, not ${operation.kind}`)
  return operation as Extract<Operation, { kind: Kind }>
}

describe('every part of a call stands where it stands', () => {
  test('the call and its arguments, by position and by keyword', () => {
    const { operation, cut } = read(
      "x = 1; op.alter_column( 'user', 'age',\n  nullable = False, type_=sa.Text( ) )  # remark",
    )
    expect(cut(operation.span)).toBe("op.alter_column( 'user', 'age',\n      nullable = False, type_=sa.Text( ) )")
    expect(texts(operation.arguments, cut)).toEqual({
      table_name: ["'user'", "'user'"],
      column_name: ["'age'", "'age'"],
      nullable: ['False', 'nullable = False'],
      type_: ['sa.Text( )', 'type_=sa.Text( )'],
    })
  })

  test('a column, its arguments, its type and its default', () => {
    const { operation, cut } = read(
      "op.add_column('user', sa.Column('age', sa.Integer(), nullable=False, server_default=sa.text('0')))",
    )
    const { column } = of(operation, 'add_column')
    expect(cut(column.span)).toBe("sa.Column('age', sa.Integer(), nullable=False, server_default=sa.text('0'))")
    expect(texts(column.arguments, cut)).toEqual({
      name: ["'age'", "'age'"],
      type_: ['sa.Integer()', 'sa.Integer()'],
      nullable: ['False', 'nullable=False'],
      server_default: ["sa.text('0')", "server_default=sa.text('0')"],
    })
    expect([cut(column.type!.span), cut(column.serverDefault!.span)]).toEqual(['sa.Integer()', "sa.text('0')"])
  })

  test('the columns, constraints and indexes of a table', () => {
    const { operation, cut } = read(
      "op.create_table('user',\n  sa.Column('id'),\n  sa.UniqueConstraint('id'),\n  sa.Index('ix', 'id'))",
    )
    const { columns, constraints, indexes } = of(operation, 'create_table')
    expect([...columns, ...constraints, ...indexes].map(({ span }) => cut(span))).toEqual([
      "sa.Column('id')",
      "sa.UniqueConstraint('id')",
      "sa.Index('ix', 'id')",
    ])
  })

  test('a type that is made elsewhere stands there, and the argument here', () => {
    const { operation, cut } = read("state = sa.Enum('a', name='s')\nop.add_column('user', sa.Column('state', state))")
    const { type, arguments: passed } = of(operation, 'add_column').column
    expect([type?.text, cut(type!.span), cut(passed.get('type_')!.value)]).toEqual([
      "sa.Enum('a', name='s')",
      "sa.Enum('a', name='s')",
      'state',
    ])
  })

  test('the table of a batch stands where the batch begins', () => {
    const { operation, cut } = read("with op.batch_alter_table('user') as batch_op:\n    batch_op.drop_column('age')")
    expect(texts(operation.arguments, cut)).toEqual({
      table_name: ["'user'", "'user'"],
      column_name: ["'age'", "'age'"],
    })
  })

  test('what was read out of SQL stands where the SQL is executed', () => {
    const file = `${imports}def upgrade():\n    op.execute("DROP TABLE a")\n`
    const { operations } = readScriptOperations(file).upgrade
    expect(operations.map(({ kind, fromSql, span }) => [kind, fromSql, file.slice(span.start, span.end)])).toEqual([
      ['execute', false, 'op.execute("DROP TABLE a")'],
      ['drop_table', true, 'op.execute("DROP TABLE a")'],
    ])
  })
})

describe('spans are bytes of the file on disk', () => {
  const lines = "name = 'größe 漢字'; op.drop_column('user', 'größe')"
  test.each([
    ['after a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['with CRLF', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['with lone CR', (text: string) => Buffer.from(text.replaceAll('\n', '\r'))],
    ['with tabs', (text: string) => Buffer.from(text.replaceAll('    ', '\t'))],
    ['behind a form feed', (text: string) => Buffer.from(`\f${text}`)],
  ])('%s', (_, encode) => {
    const { operation, cut } = read(lines, encode)
    expect([cut(operation.span), of(operation, 'drop_column').column]).toEqual([
      "op.drop_column('user', 'größe')",
      'größe',
    ])
    expect(texts(operation.arguments, cut)).toMatchObject({ column_name: ["'größe'", "'größe'"] })
  })

  test('in Latin-1', () => {
    const text = `# coding: latin-1\n${imports}def upgrade():\n    x = 'é'; op.drop_column('user', 'größe')\n`
    const file = Buffer.from(text, 'latin1')
    const operation = of(readScriptOperations(file).upgrade.operations[0]!, 'drop_column')
    expect(operation.column).toBe('größe')
    expect(file.subarray(operation.span.start, operation.span.end).toString('latin1')).toBe(
      "op.drop_column('user', 'größe')",
    )
  })
})

describe('imports', () => {
  test('are listed wherever they stand', () => {
    const file = [
      'import os, alembic.op as o',
      'from shop.models import User as U, Firm',
      'try:',
      '    from . import helpers',
      'except ImportError:',
      '    from ..shop import *',
      'def upgrade():',
      '    if True:',
      '        import json',
      '',
    ].join('\n')
    const found = readScriptOperations(file).imports.map(({ module, level, name, topLevel, span }) => [
      module,
      level,
      name,
      topLevel,
      file.slice(span.start, span.end),
    ])
    expect(found).toEqual([
      ['os', 0, null, true, 'import os, alembic.op as o'],
      ['alembic.op', 0, null, true, 'import os, alembic.op as o'],
      ['shop.models', 0, 'User', true, 'from shop.models import User as U, Firm'],
      ['shop.models', 0, 'Firm', true, 'from shop.models import User as U, Firm'],
      ['', 1, 'helpers', true, 'from . import helpers'],
      ['shop', 2, '*', true, 'from ..shop import *'],
      ['json', 0, null, false, 'import json'],
    ])
  })
})
