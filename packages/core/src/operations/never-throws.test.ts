import { describe, expect, test } from 'vitest'
import { isSyntaxFailure, loadParser } from '../script/parse.js'
import type { ScriptOperations } from './operation.js'
import { readOperations } from './read-operations.js'

const parser = await loadParser()

/** Null where Python would refuse the file. */
function read(bytes: Uint8Array): ScriptOperations | null {
  const parsed = parser.parse(bytes)
  return isSyntaxFailure(parsed) ? null : readOperations(parsed)
}

const script = `"""Bills get a state."""
from alembic import context, op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

STATES = ("open", "paid")
state = sa.Enum(*STATES, name="bill_state")

def _has(table, column):
    return column in [c["name"] for c in sa.inspect(op.get_bind()).get_columns(table)]

def stamps(*names, nullable=True):
    return [sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=nullable) for name in names]

def upgrade():
    bind = op.get_bind()
    state.create(bind, checkfirst=True)
    op.create_table("bill", sa.Column("id", sa.Integer(), primary_key=True), *stamps("made", "paid"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_bill_user")), schema=None)
    if not context.is_offline_mode() and not _has("bill", "state"):
        op.add_column("bill", sa.Column("state", state, server_default=sa.text("'open'"), nullable=False))
    with op.batch_alter_table("user", schema="crm") as batch_op:
        batch_op.create_index(batch_op.f("ix_%s" % "email"), [sa.text("lower(email)")], unique=True)
        batch_op.alter_column("name", existing_type=sa.String(length=50), type_=sa.Text())
    for i, (table, column) in enumerate(zip(["a", "b"], {"c": 1, "d": 2}.items())):
        op.execute("UPDATE {} SET {} = '{}'".format(table, column[0], i))
    try:
        with op.get_context().autocommit_block():
            op.execute(sa.text("ALTER TYPE bill_state ADD VALUE IF NOT EXISTS 'late'; DROP INDEX IF EXISTS x"))
    except Exception as error:
        print(f"no {error!r:>10}")
    while bind.dialect.name == "postgresql":
        rows = bind.execute(sa.select(sa.column("id"))).fetchall()
        names = [row["name"] for row in rows if row and True or None]
        if rows: break
    else:
        return

def downgrade():
    drop = lambda name, *rest: op.drop_table(name)
    drop("bill"); op.drop_constraint("fk", "user", type_="foreignkey")
    op.get_bind().execute("DELETE FROM bill WHERE id IN (SELECT id FROM user)")
`

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Mutation = (text: string, next: (below: number) => number) => string

/** Tokens out of their places: most of it is still Python. */
const byWords: Mutation = (text, next) => {
  const words = text.split(/(\b|(?=\n))/)
  for (let left = 1 + next(5); left > 0; left--) {
    const [at, to] = [next(words.length), next(words.length)]
    const how = next(4)
    if (how === 0) words.splice(at, 1 + next(3))
    else if (how === 1) words.splice(to, 0, words[at] ?? '')
    else if (how === 2) words[at] = words[to] ?? ''
    else words[at] = ['None', '*x', '[]', 'op', '"%s"', '{}', 'bind', 'lambda: op', 'f"{op}"', '10**99'][next(10)]!
  }
  return words.join('')
}

/** Lines taken out, repeated, put elsewhere. */
const byLines: Mutation = (text, next) => {
  const lines = text.split('\n')
  for (let left = 1 + next(3); left > 0; left--) {
    const [at, to] = [next(lines.length), next(lines.length)]
    if (next(2) === 0) lines.splice(at, 1)
    else lines.splice(to, 0, lines[at]!)
  }
  return lines.join('\n')
}

test('no mutilated script stops it, and what is not empty says so', () => {
  const next = numbers(20_261_120)
  let parsed = 0
  for (let round = 0; round < 3_000; round++) {
    const text = (round % 3 === 0 ? byLines : byWords)(script, next)
    const operations = read(Buffer.from(text))
    if (operations === null) continue
    parsed++
    for (const { span, operations: found } of [operations.upgrade, operations.downgrade]) {
      if (span === null) continue
      for (const one of found) expect([one.span.start < one.span.end, round]).toEqual([true, round])
    }
  }
  expect(parsed).toBeGreaterThan(500)
})

test('no bytes stop it', () => {
  const next = numbers(4)
  for (let round = 0; round < 2_000; round++) {
    const bytes = Buffer.from(script)
    for (let left = 1 + next(4); left > 0; left--) bytes[next(bytes.length)] = next(256)
    read(bytes)
  }
})

describe('nothing makes it run for long, or out of memory', () => {
  const upgrade = (lines: string) => `from alembic import op\ndef upgrade():\n    ${lines.replaceAll('\n', '\n    ')}\n`
  test.each([
    ['a text that doubles', upgrade('x = "ab"\nfor i in range(99):\n    x = x + x\nop.execute(x)')],
    ['a list that doubles', upgrade('x = [1, 2]\nfor i in range(99):\n    x = x + x\nop.execute(x)')],
    ['a text that is repeated', upgrade('op.execute("ab" * 10**12)')],
    ['a list that is repeated', upgrade('x = [[0] * 10**9] * 10**9\nop.execute(x)')],
    [
      'loops in loops',
      upgrade(
        `${['a', 'b', 'c', 'd'].map((n, i) => `${'    '.repeat(i)}for ${n} in range(999):\n`).join('')}                op.execute(a)`,
      ),
    ],
    ['a list that grows while it is walked', upgrade('x = [1]\nfor i in x:\n    x.append(i)\n    op.execute("x")')],
    ['a function that calls itself', upgrade('def f(n):\n    f(n)\n    f(n)\nf(1)')],
    [
      'functions that call one another',
      upgrade(
        `${Array.from({ length: 25 }, (_, i) => `def f${i}():\n    f${i + 1}()\n    f${i + 1}()`).join('\n')}\nf0()`,
      ),
    ],
    ['a format that is long', upgrade('x = "{0}" * 9999\nx = x.format(x)\nx = x.format(x)\nop.execute(x)')],
    [
      'a replacement that grows',
      upgrade('x = "a" * 9999\nfor i in range(9):\n    x = x.replace("a", x)\nop.execute(x)'),
    ],
    ['a deep expression', upgrade(`x = ${'['.repeat(190)}${']'.repeat(190)}`)],
    ['a deep call', upgrade(`x = ${'op.f('.repeat(190)}1${')'.repeat(190)}`)],
    ['a long sum', upgrade(`op.execute(${Array.from({ length: 20_000 }, () => '"a"').join(' + ')})`)],
    ['a sum that is half a file', upgrade(`op.execute(${'"a" + '.repeat(700_000)}"")`)],
    ['a long chain', upgrade(`op.execute(${'a'}${'.b()'.repeat(2_000)})`)],
    ['a long choice', upgrade(`op.execute(${Array.from({ length: 5_000 }, () => 'a').join(' or ')})`)],
    [
      'deep blocks',
      `def upgrade():\n${Array.from({ length: 90 }, (_, i) => `${' '.repeat(i + 1)}if x:\n`).join('')}${' '.repeat(92)}op.f()\n`,
    ],
    ['a quote that is never closed', upgrade(`op.execute("UPDATE a SET b = '${'x'.repeat(50_000)}")`)],
    ['many parentheses in SQL', upgrade(`op.execute("CREATE TABLE a ${'('.repeat(50_000)}")`)],
    ['much SQL', upgrade(`op.execute("${'UPDATE a SET b = 1 FROM c WHERE d IN (SELECT 1 FROM e); '.repeat(5_000)}")`)],
    [
      'much SQL in a loop',
      upgrade(`x = "${'UPDATE a SET b = 1; '.repeat(5_000)}"\nfor i in range(9999):\n    op.execute(x)`),
    ],
    [
      'a long text in a loop',
      upgrade('x = "ab" * 400_000\nfor i in range(9999):\n    y = x.replace("a", "b")\n    op.execute("x")'),
    ],
    ['a long list in a loop', upgrade('x = [1] * 20_000\nfor i in range(9999):\n    y = x + []\n    op.execute("x")')],
    ['a body of semicolons', upgrade(`op.execute("CREATE TRIGGER a BEGIN ${';'.repeat(50_000)}")`)],
  ])('%s', (_, text) => {
    expect(read(Buffer.from(text))).not.toBeNull()
  })

  test('what it gives up on is opaque', () => {
    const deep = read(Buffer.from(upgrade(`x = a${'.b()'.repeat(600)}`)))
    expect(deep?.upgrade.operations.map(({ kind }) => kind)).toEqual(['opaque'])
  })
})
