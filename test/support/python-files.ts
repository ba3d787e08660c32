import * as fc from 'fast-check'

/** Scripts as templates and people write them; mutants of these cover the rest. */
export const seeds = [
  `"""add invoices\n\nRevision ID: 1a2b3c4d5e6f\nRevises: 0f0e0d0c0b0a\nCreate Date: 2024-01-01 10:00:00\n\n"""\nfrom typing import Sequence, Union\n\nfrom alembic import op\nimport sqlalchemy as sa\n\n\n# revision identifiers, used by Alembic.\nrevision: str = '1a2b3c4d5e6f'\ndown_revision: Union[str, Sequence[str], None] = '0f0e0d0c0b0a'\nbranch_labels: Union[str, Sequence[str], None] = None\ndepends_on: Union[str, Sequence[str], None] = None\n\n\ndef upgrade() -> None:\n    """Upgrade schema."""\n    op.create_table('invoices', sa.Column('id', sa.Integer(), nullable=False))\n\n\ndef downgrade() -> None:\n    op.drop_table('invoices')\n`,
  `'''merge billing and users\n'''\nrevision = "ffeeddccbbaa"\ndown_revision = ("aaaaaaaaaaaa", 'bbbbbbbbbbbb',)  # both\nbranch_labels = ("billing",)\ndepends_on = ["cccccccccccc"]\nimport os\nimport sqlalchemy as sa; from alembic import op\n\ndef upgrade():\n    if os.environ.get("X"):\n        op.execute("select 1 -- revision")\n    else:\n        pass\n\n\nclass Invoice:\n    revision = 1\n    def total(self, x=(1, 2)):\n        return f"{self.revision!r:>{10}}" % x\n`,
  `# -*- coding: utf-8 -*-\nu"""caf\u00e9"""\nrevision = down_revision = branch_labels = None\nrevision = 'a' "b" \\\n  r'\\c'\ndown_revision = (\n    'x'  # one\n    'y'\n)\ntry:\n    import psycopg2\nexcept ImportError:\n    psycopg2 = None\nwith open("x") as handle:\n    depends_on = None\nfor name in ('users', "invoices"):\n    print(name)\nX = {'revision': [1, 2.5, 0x1f, 1_000], "a": b'c'}\nif X: depends_on = 'q'\n@decorated(revision='x')\ndef upgrade(a, *b, c: int = 3, **d) -> "x":\n    global other\n    other = [y for revision in range(3) if (z := revision)]\n    lambda revision: revision\n`,
  `revision, down_revision = 'r1', None\nrevision += 'x'\ndepends_on: set = {'a', 'b'}\nbranch_labels = {'k': 'v', 'l': -1}\nmatch = 1\nmatch revision:\n    case 'a' | "b":\n        pass\n    case {"x": y, **rest}:\n        pass\ntype = 5\nassert revision != down_revision, """long\ntext"""\ndel type\nwhile False:\n\trevision = 2\n\tbreak\nasync def upgrade():\n    await x\n    async with a as b, c: yield\n`,
]

const splices = [
  "'",
  '"',
  '"""',
  "'''",
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ';',
  '=',
  ':=',
  '+=',
  '\\',
  '\\\n',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '    ',
  ' ',
  '#',
  'f',
  'r',
  'b',
  'u',
  'rb',
  'f"',
  "f'{",
  '}',
  '*',
  '**',
  '@',
  '.',
  '-',
  '0',
  '7',
  '1_',
  'e5',
  'j',
  'None',
  'True',
  'if ',
  'else:',
  'def ',
  'class ',
  'lambda: ',
  'import ',
  'from x import ',
  'as ',
  'global revision',
  'del ',
  'revision',
  'down_revision',
  'depends_on = ',
  "revision = 'new'",
  '\\x4',
  '\\x41',
  '\\u00e9',
  '\\N{DASH}',
  '\u00e9',
  '\ufeff',
  '\f',
  '\0',
  '\u00a0',
  '<<<<<<< HEAD\n',
  '=======\n',
  '>>>>>>> x\n',
  'print "x"',
  '...',
  '->',
  '!',
  '$',
  '?',
  '`',
  'async ',
  'await ',
  'yield ',
  'not ',
  'in ',
  'type ',
  'match ',
] as const

export const mutation = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'swap', 'duplicate', 'cut'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 12 }),
  splice: fc.constantFrom(...splices),
})
export type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never

export function mutate(text: string, change: Mutation): string {
  const at = Math.floor(change.at * text.length)
  const end = at + change.length
  switch (change.kind) {
    case 'insert':
      return text.slice(0, at) + change.splice + text.slice(at)
    case 'delete':
      return text.slice(0, at) + text.slice(end)
    case 'swap':
      return text.slice(0, at) + change.splice + text.slice(end)
    case 'duplicate':
      return text.slice(0, end) + text.slice(at)
    default:
      return text.slice(0, at)
  }
}

export const mutant = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([seed, changes, lineEnd]) => {
    const text = changes.reduce(mutate, seed)
    return new TextEncoder().encode(lineEnd === '\n' ? text : text.replaceAll('\n', lineEnd))
  })
