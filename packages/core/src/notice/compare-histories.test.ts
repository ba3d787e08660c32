import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HistorySetting, readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import type { History } from '../history/history.js'
import { judgeHistory } from '../rules/judge.js'
import { compareHistories, type Moment } from './compare-histories.js'
import type { HistoryChange, WayBack } from './notice.js'

/** Drawn as `child < parent, parent; …`; `!id` is a script that nobody can read. */
function drawn(graph: string, setting: HistorySetting = {}): History {
  const files = graph.split(';').flatMap((part) => {
    const [, broken, id, parents] = /^\s*(!?)(\w+)(?:\s*<\s*([\w,\s]+?))?\s*$/.exec(part) ?? []
    if (id === undefined) return []
    const down = `(${parents?.split(/\s*,\s*/).map((parent) => `'${parent}', `) ?? ''})`
    const text = `"""say ${id}"""\nrevision = ${broken ? 'made()' : `'${id}'`}\ndown_revision = ${parents ? down.replaceAll(', ,', ',') : 'None'}\n`
    return [[`migrations/versions/${id}.py`, bytes(text)] as const]
  })
  return readHistory(new Map(files), setting)
}

function moment(history: History): Moment {
  const { diagnostics } = judgeHistory(history, {
    levels: (_rule, _environment, byDefault) => byDefault,
    isPublished: () => null,
    baseline: new Set(),
    scripts: 'none',
    source: () => new Uint8Array(),
  })
  return { history, diagnostics }
}

function compare(before: string | null, after: string | null, setting: HistorySetting = {}): HistoryChange | null {
  const at = (graph: string | null) => (graph === null ? null : moment(drawn(graph, setting)))
  return compareHistories(at(before), at(after))
}

const ids = (revisions: readonly { readonly revision: string }[] | null | undefined) =>
  revisions?.map(({ revision }) => revision).join(' ') ?? null

describe('what came in, what left, and the heads now', () => {
  test.each([
    ['one more', 'a', 'a; b < a', 'b', '', 'b'],
    ['parents first, whatever the names', 'a', 'a; c < a; b < c', 'c b', '', 'b'],
    ['two sides come together', 'a; b < a', 'a; b < a; c < a', 'c', '', 'b c'],
    ['a merge revision', 'a; b < a; c < a', 'a; b < a; c < a; m < b, c', 'm', '', 'm'],
    ['one less', 'a; b < a', 'a', '', 'b', 'a'],
    ['another line instead', 'a; b < a; c < b', 'a; d < a', 'd', 'b c', 'd'],
  ])('%s', (_, before, after, cameIn, left, heads) => {
    const change = compare(before, after)
    expect([ids(change?.cameIn), ids(change?.left), ids(change?.heads)]).toEqual([cameIn, left, heads])
  })

  test('nothing, when only text changed', () => expect(compare('a; b < a', 'a; b < a')).toBeNull())

  test('a whole environment', () => {
    expect(compare(null, 'a; b < a')).toMatchObject({ kind: 'appeared', size: 2, left: [], headsBefore: null })
    expect(compare('a; b < a', null)).toMatchObject({ kind: 'disappeared', size: 2, cameIn: [], heads: null })
  })

  test('a script that became unreadable is not gone', () => {
    expect(compare('a; b < a', 'a; !b < a')).toMatchObject({ left: [], heads: null, headsBefore: [{ revision: 'b' }] })
  })

  test('a script that became readable did not come in', () => {
    expect(ids(compare('a; !b < a', 'a; b < a')?.cameIn)).toBe('')
  })
})

describe('a history that is wrong now', () => {
  test('two heads are told with what joins them', () => {
    const change = compare('a; b < a', 'a; b < a; c < a')
    expect(change?.split?.fix?.command).toBe('onehead fix billing')
    expect(change?.newErrors).toEqual([])
  })

  test('a parent that is missing is new, an old one is not', () => {
    expect(compare('a', 'a; b < z')?.newErrors.map(({ rule }) => rule)).toEqual(['missing-down-revision'])
    expect(compare('a; b < z', 'a; b < z; c < b')?.newErrors).toEqual([])
  })

  test('two heads that are expected are no split, and `upgrade` goes to both', () => {
    const change = compare('a; b < a', 'a; b < a; c < a', { expectedHeads: 2 })
    expect(change?.split).toBeNull()
    expect(change?.upgrade).toBe('alembic upgrade heads')
  })
})

describe('where a database has to go down to', () => {
  test.each([
    ['below one revision', 'a; b < a', 'a', 'a', 'b'],
    ['below a chain', 'a; b < a; c < b', 'a', 'a', 'c'],
    ['below two lines from one place', 'a; b < a; c < a', 'a', 'a', 'b c'],
    ['below the lowest of two places', 'a; b < a; x < a; y < b', 'a; b < a', 'a', 'x y'],
    ['all the way', 'a; b < a', 'z', 'base', 'b'],
    ['to no single place', 'a; b; x < a; y < b', 'a; b', null, 'x y'],
    ['below a merge revision, its whole fork', 'a; b < a; c < a; m < b, c', 'a; b < a; c < a', null, 'm'],
  ])('%s', (_, before, after, downTo, leftHeads) => {
    const change = compare(before, after)
    expect([change?.downTo, change?.leftHeads.join(' ')]).toEqual([downTo, leftHeads])
    expect(change?.goDown).toBe(downTo === null ? null : `alembic downgrade ${downTo}`)
  })
})

describe('a revision that changed its parent', () => {
  const moved = (before: string, after: string, setting?: HistorySetting) => compare(before, after, setting)!.reparented

  test('is told with what a database skips that has run it, and both ways back', () => {
    const [one, ...others] = moved('b; m < b; x < m', 'b; y < b; z < y; m < z; x < m')
    expect(others).toEqual([])
    expect(one).toMatchObject({ revision: 'm', from: ['b'], to: ['z'], goDown: 'alembic downgrade b' })
    expect(ids(one?.skipped)).toBe('y z')
    expect(one?.wayBack).toEqual({
      from: 'b',
      to: 'z',
      last: 'x',
      catchUp: 'alembic stamp b && alembic upgrade z && alembic stamp x',
      stepBack: 'alembic downgrade z && alembic stamp b && alembic upgrade head',
    })
  })

  test('in the words of Flask-Migrate, where it is run', () => {
    const [one] = moved('b; m < b', 'b; y < b; m < y', { kind: 'flask-migrate', path: 'services/users/migrations' })
    expect(one?.wayBack?.catchUp).toBe(
      'cd services/users && flask db stamp b && flask db upgrade y && flask db stamp m',
    )
  })

  test('from the base', () => {
    expect(moved('m', 'y; m < y')[0]?.wayBack).toMatchObject({ from: 'base', to: 'y', last: 'm' })
  })

  test('the order in which parents are named is no change', () => {
    expect(compare('a; b < a; c < a; m < b, c', 'a; b < a; c < a; m < c, b')).toBeNull()
  })

  test.each([
    ['nothing is skipped', 'b; y < b; m < y', 'b; y < b; m < b', ''],
    ['the old parent is gone', 'b; m < b', 'y; m < y', 'y'],
    ['the line ends in two heads', 'b; m < b; x < m; w < m', 'b; y < b; m < y; x < m; w < m', 'y'],
    ['a second one of its line moved too', 'b; m < b; n < m', 'b; n < b; y < n; m < y', 'n y'],
    ['the new parent lies beside the old one', 'r; b < r; y < r; m < b', 'r; b < r; y < r; m < y', 'y'],
    ['it became a merge', 'b; y < b; m < b', 'b; y < b; m < b, y', 'y'],
  ])('no short way back is certain where %s', (_, before, after, skipped) => {
    const one = moved(before, after).find(({ revision }) => revision === 'm')
    expect([ids(one?.skipped), one?.wayBack]).toEqual([skipped, null])
  })

  test('a database that walks either way back has run everything once, whatever the histories', () => {
    fc.assert(
      fc.property(anyMove(), ([before, after]) => {
        for (const { wayBack } of moved(before, after))
          if (wayBack !== null) walkBack(drawn(before), drawn(after), wayBack)
      }),
      { numRuns: 300 },
    )
  })

  test('and there are such histories among them', () => {
    expect(
      fc
        .sample(anyMove(), { numRuns: 200, seed: 7 })
        .some(([before, after]) => (compare(before, after)?.reparented ?? []).some(({ wayBack }) => wayBack !== null)),
    ).toBe(true)
  })
})

/** A history, and the same with some revisions added and some moved onto others. */
function anyMove() {
  const row = fc.record({
    parent: fc.nat(9),
    second: fc.option(fc.nat(9), { freq: 6 }),
    moves: fc.boolean(),
    to: fc.nat(9),
  })
  return fc.array(row, { minLength: 2, maxLength: 8 }).map((rows): [string, string] => {
    const before: string[] = []
    const after: string[] = []
    rows.forEach(({ parent, second, moves, to }, i) => {
      const parents = i === 0 ? [] : [`r${parent % i}`, ...(second === null ? [] : [`r${second % i}`])]
      const now = moves && i > 0 ? [`n${to % i}`] : parents
      const text = (list: readonly string[]) => (list.length === 0 ? '' : ` < ${[...new Set(list)].join(', ')}`)
      before.push(`r${i}${text(parents)}`)
      after.push(`r${i}${text(now)}`, `n${i} < r${i}`)
    })
    return [before.join('; '), after.join('; ')]
  })
}

/** What Alembic would do to a database that stands at the end of the moved line. */
function walkBack(before: History, after: History, { from, to, last }: WayBack): void {
  const below = (id: string) => after.map.ancestors([id])
  const had = before.map.ancestors([last])
  const due = below(last)
  const upgrades = (start: ReadonlySet<string>, end: ReadonlySet<string>) => [...end].filter((id) => !start.has(id))
  // Catch up: stamp from, upgrade to, stamp last.
  const caughtUp = [...had, ...upgrades(below(from), below(to))]
  expect(caughtUp.sort()).toEqual([...due].sort())
  // Step back: downgrade to, stamp from, upgrade to the end of the line.
  const steppedDown = [...had].filter((id) => !upgrades(below(to), due).includes(id))
  expect([...steppedDown, ...upgrades(below(from), due)].sort()).toEqual([...due].sort())
}
