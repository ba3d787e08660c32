import { describe, expect, test } from 'vitest'
import { inShort, readScriptOperations, upgradeOf } from '../../../../../test/support/operations.js'

/** What `upgrade()` of a whole script does, in short. */
const upgrade = (lines: readonly string[]) => readScriptOperations(lines.join('\n')).upgrade.operations.map(inShort)

describe('Alembic’s `op` is known under any name', () => {
  test.each([
    [['from alembic import op as o', 'def upgrade():', '    o.drop_table("a")']],
    [['import alembic', 'def upgrade():', '    alembic.op.drop_table("a")']],
    [['import alembic.op', 'def upgrade():', '    alembic.op.drop_table("a")']],
    [['import alembic.op as o', 'def upgrade():', '    o.drop_table("a")']],
    [['import alembic as al', 'def upgrade():', '    al.op.drop_table("a")']],
    [['from alembic.op import drop_table', 'def upgrade():', '    drop_table("a")']],
    [['from alembic.op import drop_table as drop', 'def upgrade():', '    drop("a")']],
    [['from alembic.op import *', 'def upgrade():', '    drop_table("a")']],
    [['from alembic import *', 'def upgrade():', '    op.drop_table("a")']],
    [['def upgrade():', '    from alembic import op', '    op.drop_table("a")']],
    [['def upgrade(op, tables, tester):', '    op.drop_table("a")']],
    [['from alembic import op', 'def upgrade():', '    run = op.drop_table', '    run("a")']],
    [['from alembic import op', 'def upgrade():', '    getattr(op, "drop_table")("a")']],
    [
      [
        'from alembic import op',
        'def upgrade():',
        '    op.invoke(ops.DropTableOp("a"))',
        'from alembic.operations import ops',
      ],
    ],
    [
      [
        'from alembic import op as real',
        'from shop import Wrapper',
        'def upgrade():',
        '    op = Wrapper(real)',
        '    op.drop_table("a")',
      ],
    ],
    [['from alembic import op', 'def upgrade():', '    helper(op)', 'def helper(o):', '    o.drop_table("a")']],
  ])('%j', (lines) => {
    expect(upgrade(lines)).toEqual(['drop_table a'])
  })

  test('and a batch too', () => {
    const lines = [
      'with op.batch_alter_table("a") as b, op.batch_alter_table("c") as d:',
      '    b.drop_column("x")',
      '    d.drop_column("y")',
      'def change(batch):',
      '    batch.drop_column("z")',
      'with op.batch_alter_table(table_name="e", schema="s") as b:',
      '    change(b)',
    ]
    expect(upgradeOf(lines.join('\n'))).toEqual([
      'drop_column a x batch',
      'drop_column c y batch',
      'drop_column s.e z batch',
    ])
  })
})

describe('functions of the file are followed', () => {
  test.each([
    [
      'with arguments',
      'def drop(a, b="x"):\n    op.drop_column(a, b)',
      'drop("t")\ndrop("t", "y")\ndrop(b="z", a="t")',
      ['t x', 't y', 't z'],
    ],
    [
      'with any number of them',
      'def drop(t, *cs, **more):\n    for c in cs:\n        op.drop_column(t, c)\n    for c in more:\n        op.drop_column(t, c)',
      'drop("t", "x", "y", z=1)',
      ['t x', 't y', 't z'],
    ],
    ['with what they return', 'def name(n):\n    return "c_" + n', 'op.drop_column("t", name("x"))', ['t c_x']],
    ['through one another', 'def a(c):\n    b(c)\ndef b(c):\n    op.drop_column("t", c)', 'a("x")', ['t x']],
    ['inside the function itself', '', 'def drop(c):\n    op.drop_column(t, c)\nt = "t"\ndrop("x")', ['t x']],
    ['as lambdas', 'drop = lambda c: op.drop_column("t", c)', 'drop("x")', ['t x']],
    [
      'when async',
      'async def drop(c):\n    op.drop_column("t", c)',
      'import asyncio\nop.run_async(lambda bind: drop("x"))',
      ['t x'],
    ],
    [
      'returning early',
      'def drop(c):\n    if c == "x":\n        return\n    op.drop_column("t", c)',
      'drop("x")\ndrop("y")',
      ['t y'],
    ],
    [
      'as methods without a self',
      'class Columns:\n    def drop(c):\n        op.drop_column("t", c)',
      'Columns.drop("x")',
      ['t x'],
    ],
    ['with keyword-only arguments', 'def drop(*, c, t="t"):\n    op.drop_column(t, c)', 'drop(c="x")', ['t x']],
  ])('%s', (_, above, lines, expected) => {
    expect(upgradeOf(lines, above)).toEqual(expected.map((columns) => `drop_column ${columns}`))
  })

  test('but not from within themselves', () => {
    const above = 'def drop(n):\n    op.drop_table("t%d" % n)\n    drop(n - 1)\n'
    expect(upgradeOf('drop(3)', above)).toEqual(['drop_table t3', 'opaque calls drop() from within itself'])
  })

  test('and the call in upgrade() is kept beside the one that does it', () => {
    const text =
      'from alembic import op\ndef drop(t):\n    op.drop_table(t)\ndef upgrade():\n    drop("a")\n    op.drop_table("b")\n'
    const cut = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
    const { operations } = readScriptOperations(text).upgrade
    expect(operations.map(({ span, callSite }) => [cut(span), cut(callSite)])).toEqual([
      ['op.drop_table(t)', 'drop("a")'],
      ['op.drop_table("b")', 'op.drop_table("b")'],
    ])
  })
})

describe('the templates for several databases', () => {
  const both = ['drop_table a on engine1', 'drop_table b on engine2']
  const functions = [
    'def upgrade_engine1():',
    '    op.drop_table("a")',
    'def upgrade_engine2():',
    '    op.drop_table("b")',
  ]
  test.each([
    'globals()["upgrade_%s" % engine_name]()',
    'globals()[f"upgrade_{engine_name}"]()',
    'eval("upgrade_%s" % engine_name)()',
    'globals()["upgrade_{}".format(engine_name)]()',
  ])('run each of their functions: %s', (call) => {
    expect(upgrade(['from alembic import op', 'def upgrade(engine_name):', `    ${call}`, ...functions])).toEqual(both)
  })

  test.each([
    ['globals()["upgrade_engine1"]()', ['drop_table a']],
    ['globals()[names[0]]()', ['opaque calls …()']],
    ['eval(names[0])()', ['opaque calls eval()()']],
  ])('run nothing that is not known: %s', (call, expected) => {
    expect(upgrade(['from alembic import op', 'def upgrade(names):', `    ${call}`, ...functions])).toEqual(expected)
  })

  test('are all conditions on their name where they ask for it', () => {
    const lines = ['if engine_name == "one":', '    op.drop_table("a")']
    expect(
      upgrade(['from alembic import op', 'def upgrade(engine_name):', ...lines.map((line) => `    ${line}`)]),
    ).toEqual(['drop_table a if condition'])
  })
})

describe('what a function does at all', () => {
  const read = (body: string) => readScriptOperations(`from alembic import op\ndef upgrade():\n    ${body}\n`).upgrade
  test.each(['pass', '...', '"""Nothing to do."""', 'return', 'return None', '"""Nothing."""\n    pass'])(
    'nothing: %j',
    (body) => {
      expect(read(body)).toMatchObject({ isEmpty: true, operations: [], raises: false })
    },
  )

  test.each(['raise NotImplementedError()', '"""No way back."""\n    raise Exception("no")'])(
    'it raises: %j',
    (body) => {
      expect(read(body)).toMatchObject({ isEmpty: false, operations: [], raises: true })
    },
  )

  test.each(['op.drop_table("a")', 'print("x")', 'x = 1'])('something: %j', (body) => {
    expect(read(body)).toMatchObject({ isEmpty: false, raises: false })
  })

  test('there is none', () => {
    expect(readScriptOperations('x = 1\n').upgrade).toEqual({
      span: null,
      operations: [],
      isEmpty: true,
      raises: false,
    })
  })

  test.each([
    'from shop.base import upgrade',
    'from shop.base import *',
    'exec(open("other.py").read())',
    'upgrade = make_upgrade()',
    'if today:\n    def upgrade():\n        pass',
  ])('it comes from elsewhere, and may do anything: %s', (text) => {
    const { upgrade } = readScriptOperations(`${text}\n`)
    expect([upgrade.isEmpty, upgrade.operations.map(({ kind }) => kind)]).toEqual([false, ['opaque']])
  })

  test('it is a lambda, or has another name of its own', () => {
    expect(upgrade(['from alembic import op', 'upgrade = lambda: op.drop_table("a")'])).toEqual(['drop_table a'])
    expect(upgrade(['from alembic import op', 'def _up():', '    op.drop_table("a")', 'upgrade = _up'])).toEqual([
      'drop_table a',
    ])
  })

  test('only what runs counts', () => {
    const lines = ['if False:', '    op.drop_table("a")', 'op.drop_table("b")', 'return', 'op.drop_table("c")']
    expect(upgradeOf(lines.join('\n'))).toEqual(['drop_table b'])
    expect(upgradeOf('def never():\n    op.drop_table("a")')).toEqual([])
  })
})
