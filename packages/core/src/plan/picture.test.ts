import { describe, expect, test } from 'vitest'
import { readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import type { History } from '../history/history.js'
import { UNICODE } from '../report/glyphs.js'
import { drawGraph } from '../report/graph.js'
import { createPaint } from '../report/paint.js'
import { pictureOfRepair } from './picture.js'

/** `child < parent, parent; …`, oldest first. */
function drawn(graph: string): History {
  const files = graph.split(';').map((part) => {
    const [id = '', parents] = part.trim().split(/\s*<\s*/)
    const list = parents?.split(/,\s*/).map((parent) => `'${parent}',`) ?? []
    const text = `revision = '${id}'\ndown_revision = ${list.length === 0 ? 'None' : `(${list.join(' ')})`}\n`
    return [`migrations/versions/${id}.py`, bytes(text)] as const
  })
  return readHistory(new Map(files))
}

function show(before: string, after: string, moved: readonly string[], merged: readonly string[] = []) {
  const picture = pictureOfRepair(drawn(before), drawn(after), {
    moved: new Set(moved),
    merged: merged.map((revision) => ({ revision, parents: [], path: '' })),
  })
  const draw = (rows: NonNullable<typeof picture>['before']) =>
    drawGraph(rows, { glyphs: UNICODE, paint: createPaint(false), width: 60 })
  return picture === undefined ? null : `\n${[...draw(picture.before), '', ...draw(picture.after)].join('\n')}\n`
}

describe('the history before and after a repair', () => {
  test('one revision on top of the other', () => {
    expect(show('a; b < a; c < a', 'a; b < c; c < a', ['b'])).toMatchInlineSnapshot(`
      "
      ◆  b   yours
      │ ◆  c
      ├─╯
      ○  a

      ◆  b   moved
      ○  c
      ○  a
      "
    `)
  })
  test('a long line on top of a long line, without what lies between', () => {
    const mine = 'm2 < m1; m3 < m2; m4 < m3; m5 < m4'
    const theirs = 't1 < a; t2 < t1; t3 < t2; t4 < t3; t5 < t4'
    expect(
      show(`a; m1 < a; ${mine}; ${theirs}`, `a; m1 < t5; ${mine}; ${theirs}`, ['m1', 'm2', 'm3', 'm4', 'm5']),
    ).toMatchInlineSnapshot(`
      "
      ◆  m5   yours
      ╎
      ╎ ◆  t5
      ├─╯
      ○  a

      ◆  m5   moved
      ╎
      ○  t5
      ╎
      ○  a
      "
    `)
  })
  test('a merge revision', () => {
    expect(show('a; b < a; c < a', 'a; b < a; c < a; m < b, c', [], ['m'])).toMatchInlineSnapshot(`
      "
      ◆  b
      │ ◆  c
      ├─╯
      ○  a

      ◆  m   new
      ├─╮
      │ ○  c
      ○ │  b
      ├─╯
      ○  a
      "
    `)
  })
  test('a merge revision that goes, and what stood on it', () => {
    expect(
      show('a; b < a; c < a; m < b, c; n < b, c; x < n', 'a; b < a; c < a; m < b, c; x < m', ['x']),
    ).toMatchInlineSnapshot(`
      "
      ◆  x   yours
      ○  n
      │ ◆  m
      ├─╯
      ○  b

      ◆  x   moved
      ○  m
      ○  b
      "
    `)
  })
  test('is not drawn where nothing of it has changed', () => {
    expect(show('a; b < a', 'a; b < a', [])).toBeNull()
    expect(show('a; b < a; c < a', 'a; b < a; c < a', [])).toBeNull()
  })
})
