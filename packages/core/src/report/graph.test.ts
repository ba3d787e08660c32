import { describe, expect, it } from 'vitest'
import type { GraphRow } from '../rules/rule.js'
import { ASCII, UNICODE } from './glyphs.js'
import { drawGraph } from './graph.js'
import { createPaint } from './paint.js'

/** `d < b, c` is a row with two parents; `d << a` an indirect one; a row without children is a head. */
function rows(text: string): GraphRow[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
  const parents = new Set<string>()
  const parsed = lines.map((line) => {
    const [revision = '', , list = ''] = line.split(/\s*(<<?)\s*/)
    const ids = list
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '')
    for (const id of ids) parents.add(id)
    return { revision, parents: ids.map((id) => ({ revision: id, indirect: line.includes('<<') })) }
  })
  return parsed.map((row) => ({ ...row, message: '', tags: [], isHead: !parents.has(row.revision) }))
}

function draw(text: string, glyphs = UNICODE, width = 100): string {
  return `\n${drawGraph(rows(text), { glyphs, width, paint: createPaint(false) }).join('\n')}\n`
}

describe('drawn shapes', () => {
  it('line', () => {
    expect(draw('c < b\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  c
      ○  b
      ○  a
      "
    `)
  })
  it('fork', () => {
    expect(draw('c < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  c
      │ ◆  b
      ├─╯
      ○  a
      "
    `)
  })
  it('fork of three, one line longer', () => {
    expect(draw('d < a\nc2 < c1\nc1 < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  d
      │ ◆  c2
      │ ○  c1
      ├─╯
      │ ◆  b
      ├─╯
      ○  a
      "
    `)
  })
  it('fork and merge', () => {
    expect(draw('e < d\nd < c, b\nc < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  e
      ○  d
      ├─╮
      ○ │  c
      │ ○  b
      ├─╯
      ○  a
      "
    `)
  })
  it('criss-cross merges', () => {
    expect(draw('m2 < c, b\nm1 < b, c\nc < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  m2
      ├─╮
      │ │ ◆  m1
      ├─┼─╯
      ○ │  c
      │ ○  b
      ├─╯
      ○  a
      "
    `)
  })
  it('octopus merge', () => {
    expect(draw('m < b, c, d, e\ne < a\nd < a\nc < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  m
      ├─┬─┬─╮
      │ │ │ ○  e
      │ │ ○ │  d
      │ │ ├─╯
      │ ○ │  c
      │ ├─╯
      ○ │  b
      ├─╯
      ○  a
      "
    `)
  })
  it('octopus merge that also joins lines on both sides', () => {
    expect(draw('x < b\ny < c\nm < b, d, c\nd < a\nc < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  x
      │ ◆  y
      │ │ ◆  m
      ├─┼─┤
      │ │ ○  d
      │ ○ │  c
      │ ├─╯
      ○ │  b
      ├─╯
      ○  a
      "
    `)
  })
  it('several roots', () => {
    expect(draw('m < b, c\nc < root2\nroot2\nb < root1\nroot1\nlone')).toMatchInlineSnapshot(`
      "
      ◆  m
      ├─╮
      │ ○  c
      │ ○  root2
      ○  b
      ○  root1

      ◆  lone
      "
    `)
  })
  it('a connection that crosses a line without meeting it', () => {
    expect(draw('d < a\nc < b\nm < a, e\ne < a\nb < a\na')).toMatchInlineSnapshot(`
      "
      ◆  d
      │ ◆  c
      │ │ ◆  m
      ├─│─┤
      │ │ ○  e
      ├─│─╯
      │ ○  b
      ├─╯
      ○  a
      "
    `)
  })
  it('indirect edges', () => {
    expect(draw('c << a\nb << a\na')).toMatchInlineSnapshot(`
      "
      ◆  c
      ╎
      ╎ ◆  b
      ├─╯
      ○  a
      "
    `)
    expect(draw('b << a\na')).toMatchInlineSnapshot(`
      "
      ◆  b
      ╎
      ○  a
      "
    `)
  })
  it('a parent that is not drawn', () => {
    expect(draw('c < b\nb < gone')).toMatchInlineSnapshot(`
      "
      ◆  c
      ○  b
      ~
      "
    `)
  })
  it('ASCII', () => {
    expect(draw('e < d\nd < c, b\nc < a\nb << a\nx < a\na', ASCII)).toMatchInlineSnapshot(`
      "
      *  e
      o  d
      +-.
      o |  c
      | o  b
      +-'
      | *  x
      +-'
      o  a
      "
    `)
  })
  it('more lanes than fit', () => {
    const many = Array.from({ length: 12 }, (_, index) => `h${index} < p${index}`)
    const bases = Array.from({ length: 12 }, (_, index) => `p${index}`)
    expect(draw([...many, ...bases].join('\n'), UNICODE, 20)).toMatchInlineSnapshot(`
      "
      ◆  h0
      │ ◆  h1
      │ │ ◆  h2
      │ │ │ ◆  h3
      │ │ │ │ …◆  h4
      │ │ │ │ …◆  h5
      │ │ │ │ …◆  h6
      │ │ │ │ …◆  h7
      │ │ │ │ …◆  h8
      │ │ │ │ …◆  h9
      │ │ │ │ …◆  h10
      │ │ │ │ …◆  h11
      ○ │ │ │ …  p0
        ○ │ │ …  p1
          ○ │ …  p2
            ○ …  p3
              …○  p4
              …○  p5
              …○  p6
              …○  p7
              …○  p8
              …○  p9
              …○  p10
              …○  p11
      "
    `)
  })
})

describe('texts beside the drawing', () => {
  const options = { glyphs: UNICODE, width: 100, paint: createPaint(false) }
  const fork: GraphRow[] = [
    {
      revision: '8b1f2c7d90aa',
      message: 'add invoice due date',
      parents: [{ revision: '3c9e51a7b204', indirect: false }],
      tags: ['head', 'yours'],
      isHead: true,
    },
    {
      revision: 'f04d6e2b713c',
      message: 'add refund table',
      parents: [{ revision: '3c9e51a7b204', indirect: false }],
      tags: ['head', 'on origin/main'],
      isHead: true,
    },
    { revision: '3c9e51a7b204', message: 'create invoice table', parents: [], tags: ['branch point'], isHead: false },
  ]
  it('lines tags up', () => {
    expect(`\n${drawGraph(fork, options).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ◆  8b1f2c7d90aa  add invoice due date   head, yours
      │ ◆  f04d6e2b713c  add refund table     head, on origin/main
      ├─╯
      ○  3c9e51a7b204  create invoice table   branch point
      "
    `)
  })
  it('stays within the width and shows hidden characters', () => {
    const hostile: GraphRow[] = [
      { revision: 'a\u202e\x1b[31m', message: 'x'.repeat(300), parents: [], tags: ['head'], isHead: true },
    ]
    const [line] = drawGraph(hostile, { ...options, width: 60 })
    expect(line).toMatchInlineSnapshot(`"◆  a\\u202e\\x1b[31m  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…   head"`)
    expect(line!.length).toBeLessThanOrEqual(60)
  })
  it('draws 10,000 heads and a line of 10,000', () => {
    const heads = Array.from({ length: 10_000 }, (_, index) => ({ ...fork[0]!, revision: `h${index}` }))
    expect(drawGraph([...heads, fork[2]!], options)).toHaveLength(20_000)
    const line = Array.from({ length: 10_000 }, (_, index) => ({
      ...fork[2]!,
      revision: `r${index}`,
      parents: [{ revision: `r${index + 1}`, indirect: false }],
    }))
    expect(drawGraph(line, options)).toHaveLength(10_001)
  })
})
