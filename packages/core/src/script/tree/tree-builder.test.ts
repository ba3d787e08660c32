import { parse } from 'py-ast'
import { describe, expect, it } from 'vitest'
import { openSource } from '../source.js'
import { checkTokens } from '../strict.js'

/** The tree of a text; null where it is left to the library. */
function build(text: string): object | null {
  return checkTokens(openSource(new TextEncoder().encode(text)).source).module
}

/** Places, and how literals are written. */
const layout = new Set([
  'start',
  'end',
  'lineno',
  'col_offset',
  'end_lineno',
  'end_col_offset',
  'comments',
  'quote_style',
])

/** A tree without layout, its fields in their order: what walks it looks at them in turn. */
const bare = (tree: object | null) =>
  JSON.stringify(tree, (name, value) =>
    layout.has(name) ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  )

describe('trees built line by line', () => {
  it.each([
    [
      'a script',
      `"""add users"""\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision: str = 'a1'\ndown_revision = ('b1', "b2",)\n\n\ndef upgrade() -> None:\n    op.create_table(\n        'users',  # the table\n        sa.Column('id', sa.Integer(), nullable=False),\n        **options,\n    )\n\n\ndef downgrade():\n    pass\n`,
    ],
    [
      'blocks',
      'if a:\n  b\nelif c: d\nelse:\n  for e in f, g:\n    while h: break\n    else: continue\n  else: pass\ni\n',
    ],
    [
      'a try with all clauses',
      'try:\n  a\nexcept (B, C) as d: raise E from d\nexcept:\n  raise\nelse: f\nfinally:\n  g\n',
    ],
    [
      'functions',
      '@a.b(1)\n@c\ndef f(a, /, b: int = 1, *c, d, e=2, **g) -> h:\n  global i, j\n  return i, *j\n\nasync def k(*, l): await m(n)\n',
    ],
    ['classes', 'class A: pass\nclass B(A, metaclass=C):\n  """B"""\n  x: int\n'],
    [
      'comprehensions',
      '[a for a in b if c if d]\n{a: b for a, b in c}\n[a async for a in b]\nf(a for a in b)\n(a for (a, *b) in c)\n',
    ],
    [
      'operators',
      'a + b * -c ** d // e\na | b ^ c & d << e\nnot a and b or c\na < b <= c is not d not in e\na if b else lambda: c\n',
    ],
    [
      'assignments',
      'a = b, *c = d\na.b += 1\na[1:2, ::3, ...] **= x\na[b]: int = 2\n(a := 1)\na = yield\ndel a, b[0]\nassert a, b\n',
    ],
    [
      'literals',
      `1, 1_0, 0x1f, 2.5, 12345678901234567890, None, True, ...\n'a' "b", u'c', b'\\xff', r'\\d', '''e\nf'''\n`,
    ],
    ['f-strings', `f'{a}', f'a{{b}}c{d!r}', 'e' f'{g.h(1, "i")}' 'j', f"""{k\n}\\n""", f''\n`],
    ['imports', 'import a.b as c, d\nfrom . import e\nfrom ...f.g import (h as i, j,)\nfrom k import *\n'],
    ['with', 'with a as b, c() as (d, e): pass\nasync with f: pass\n'],
    ['names that are words elsewhere', 'match = type = case = 1\nmatch(x)\nprint(type[case])\n'],
    ['other line ends, and a file that ends early', 'if a:\r\n\tb = (1,\r\n\t2)\r\n\tc; d;'],
    ['nothing', ''],
  ])('reads %s as the library does', (_, text) => {
    expect(build(text)).not.toBeNull()
    expect(bare(build(text))).toBe(bare(parse(text)))
  })

  it.each([
    'match a:\n  case 1: pass\n',
    'type A = int\n',
    'def f[T](a): pass\n',
    'with (a, b): pass\n',
    'try: pass\nexcept* A: pass\n',
    "f'{a:>10}'\n",
    "f'{a=}'\n",
    'f"{\'\\\\n\'.join(a)}"\n',
    "t'{a}'\n",
    "'\\N{DASH}'\n",
    '3j\n',
    'caf\u00e9 = 1\n',
    '(a): int = 1\n',
    'a = *b\n',
  ])('leaves %j to the library', (text) => expect(build(text)).toBeNull())

  it.each([
    'if a:\nb\n',
    'a\n  b\n',
    'if a:\n',
    'else: pass\n',
    'if a: pass\nelse: pass\nelse: pass\n',
    'try: pass\n',
    'try: pass\nelse: pass\nfinally: pass\n',
    '@a\nb\n',
    '@a\n',
    'f() = 1\n',
    'None = 1\n',
    'a + b += 1\n',
    'a, b: int\n',
    'for f() in a: pass\n',
    'del f()\n',
    'f(a=1, b)\n',
    'f(**a, *b)\n',
    'f(a, b for b in c)\n',
    'class A(b for b in c): pass\n',
    'def f(a=1, b): pass\n',
    'def f(*): pass\n',
    'def f(a, **b, c): pass\n',
    '[*a for a in b]\n',
    '{**a for a in b}\n',
    '(*a)\n',
    'from a import b,\n',
    'from a import ()\n',
    'import a.\n',
    'print "a"\n',
    'a b\n',
    ';\n',
    'a = 0b12\n',
    'a = 0o8\n',
    'if a: if b: pass\n',
    "'a' b'b'\n",
    "f'{a b}'\n",
    "f'{}'\n",
    "f'}'\n",
    "f'{a!x}'\n",
    "f'{007}'\n",
    "f'{a}' b'b'\n",
  ])('builds nothing of %j, which is wrong', (text) => expect(build(text)).toBeNull())

  it.each([
    ["'a'", "'"],
    ['u"""a"""', 'u"""'],
    ["rb'a'", "rb'"],
    ['...', undefined],
  ])('tells text, bytes and `...` apart: %s', (text, style) => {
    expect(JSON.parse(bare(build(text)))).toMatchObject({ body: [{ value: { nodeType: 'Constant' } }] })
    expect(JSON.stringify(build(text)).includes('quote_style')).toBe(style !== undefined)
    if (style !== undefined) expect(build(text)).toMatchObject({ body: [{ value: { quote_style: style } }] })
  })

  it('gives every node the bytes of the file that it stands for', () => {
    const text = "\ufeff# caf\u00e9\nif (a): b = ('\u00e9' + c)\n"
    const bytes = new TextEncoder().encode(text)
    const seen = new Map<string, string>()
    JSON.stringify(build(text), (_, value) => {
      if (value?.start === undefined) return value
      seen.set(value.nodeType, new TextDecoder().decode(bytes.subarray(value.start, value.end)))
      return value
    })
    expect(Object.fromEntries(seen)).toEqual({
      If: "if (a): b = ('\u00e9' + c)",
      Assign: "b = ('\u00e9' + c)",
      BinOp: "'\u00e9' + c",
      Constant: "'\u00e9'",
      Name: 'c',
    })
  })
})
