import { describe, expect, test } from 'vitest'
import { type HistorySetting, readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import { judgeHistory } from './judge.js'

interface Given extends HistorySetting {
  /** Ids that are published; `'unknown'` when nobody can tell. */
  readonly published?: readonly string[] | 'unknown'
  readonly messages?: Readonly<Record<string, string>>
}

/** Alembic's own notation: `child < parent, parent`, one revision per part. */
function heads(graph: string, { published = [], messages = {}, ...setting }: Given = {}) {
  const files = new Map(
    graph.split(';').map((part) => {
      const [, id, parents, label] = /^\s*(\w+)(?:\s*<\s*([\w,\s]+?))?(?:\s*=\s*(\w+))?\s*$/.exec(part)!
      const downs = parents?.split(/\s*,\s*/).map((parent) => `'${parent}'`) ?? []
      const value = downs.length > 1 ? `(${downs.join(', ')})` : (downs[0] ?? 'None')
      const labels = label === undefined ? '' : `branch_labels = ('${label}',)\n`
      const doc = messages[id!] === undefined ? '' : `"""${messages[id!]}"""\n`
      return [`migrations/versions/${id}.py`, bytes(`${doc}revision = '${id}'\ndown_revision = ${value}\n${labels}`)]
    }),
  )
  const isPublished = (_: unknown, id: string) => (published === 'unknown' ? null : published.includes(id))
  const { diagnostics } = judgeHistory(readHistory(files, setting), {
    levels: (_rule, _environment, byDefault) => byDefault,
    isPublished,
    baseline: new Set(),
    scripts: 'all',
    only: ['multiple-heads'],
    source: (path) => files.get(path)!,
  })
  return diagnostics
}

const drawn = (graph: string, given: Given = {}) =>
  heads(graph, given)[0]!.graph.map(({ revision, parents }) => {
    const lines = parents.map((parent) => `${parent.indirect ? '~' : ''}${parent.revision}`)
    return lines.length === 0 ? revision : `${revision} -> ${lines.join(', ')}`
  })

/** What is proposed: edits as `file: text`; without any the command. */
const proposed = (graph: string, given: Given = {}) => {
  const fix = heads(graph, given)[0]!.fix
  if (fix === null) return null
  return fix.edits.length > 0 ? fix.edits.map(({ path, text }) => `${path.split('/').at(-1)}: ${text}`) : fix.command
}

describe('how many heads are right', () => {
  test.each([
    ['one by default', 'a; b < a; c < a', 1, ['this history has 2 heads']],
    ['more than expected', 'a; b < a; c < a; d < a', 2, ['this history has 3 heads, 2 expected']],
    ['as many as expected', 'a; b < a; c < a', 2, []],
    ['fewer than expected', 'a; b < a', 2, ['this history has 1 head, 2 expected']],
    ['one for each label', 'a; b < a = x; c < a = y', ['x', 'y'], []],
    ['two for one label', 'a; b < a = x; c < b; d < b; e < a = y', ['x', 'y'], ['branch "x" has 2 heads']],
    ['none for a label', 'a; b < a = x', ['x', 'y'], ['branch "y" has no head, 1 expected']],
    ['one beside the labels', 'a; b < a = x; c < a', ['x'], ['1 head is on no expected branch']],
  ])('%s', (_, graph, expectedHeads, messages) => {
    expect(heads(graph, { expectedHeads }).map(({ message }) => message)).toEqual(messages)
  })
})

describe('what is drawn', () => {
  test('a fork: both heads, then where they meet', () => {
    expect(drawn('a; b < a; c < a')).toEqual(['b -> a', 'c -> a', 'a'])
  })

  test('short lines whole, long ones with a gap', () => {
    expect(drawn('a; b < a; c < b; d < a; e < d; f < e; g < f; h < g')).toEqual(['c -> b', 'b -> a', 'h -> ~a', 'a'])
  })

  test('what lies below the fork is left out', () => {
    expect(drawn('a; b < a; c < b; d < b')).toEqual(['c -> b', 'd -> b', 'b'])
  })

  test('two forks', () => {
    expect(drawn('a; b < a; c < b; d < b; e < a')).toEqual(['c -> b', 'd -> b', 'b -> a', 'e -> a', 'a'])
  })

  test('lines that never meet, down to their bases', () => {
    expect(drawn('a; b < a; x; y < x')).toEqual(['b -> a', 'a', 'y -> x', 'x'])
  })

  test('across a merge on one side', () => {
    expect(drawn('a; b < a; c < a; m < b, c; n < b')).toEqual(['m -> b', 'n -> b', 'b'])
  })

  test('without a line to what another line leads to anyway', () => {
    const graph = 'k; j < k; p1 < j; p2 < p1; p3 < p2; q1 < k; q2 < q1; q3 < q2; h1 < p3, q3; h2 < j; h3 < k'
    expect(drawn(graph)).toEqual(['h1 -> ~j', 'h2 -> j', 'j -> k', 'h3 -> k', 'k'])
  })

  test('never more than twelve rows, every parent below its child', () => {
    const forks = Array.from({ length: 30 }, (_, index) => `h${index} < t${index}; t${index + 1} < t${index}`)
    const rows = heads(`t0; ${forks.join('; ')}`)[0]!.graph
    expect(rows.length).toBeLessThanOrEqual(12)
    rows.forEach(({ parents }, index) => {
      for (const { revision } of parents)
        expect(rows.findIndex((row) => row.revision === revision)).toBeGreaterThan(index)
    })
  })

  test('a history of 20,000 revisions', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => `r${index + 1} < r${index}`)
    expect(drawn(`r0; ${chain.join('; ')}; x < r0`)).toEqual(['r20000 -> ~r0', 'x -> r0', 'r0'])
  })
})

describe('what is proposed', () => {
  test('mine goes on top of what is published', () => {
    expect(proposed('a; b < a; c < b; d < a', { published: ['a', 'd'] })).toEqual(["b.py: 'd'"])
  })

  test('the published one is never touched, whichever comes last', () => {
    expect(proposed('a; d < a; e < a', { published: ['a', 'e'] })).toEqual(["d.py: 'e'"])
    expect(proposed('a; d < a; e < a', { published: ['a', 'd'] })).toEqual(["e.py: 'd'"])
  })

  test('a line of which a part is published is merged', () => {
    expect(proposed('a; b < a; c < b; d < a', { published: ['a', 'b', 'd'] })).toBe('onehead fix billing')
  })

  test('where nobody can tell nothing is rewritten', () => {
    expect(proposed('a; b < a; c < a', { published: 'unknown' })).toBe('onehead fix billing')
  })

  test('a new base gets a parent', () => {
    expect(proposed('a; b < a; x', { published: ['a', 'b'] })).toEqual(["x.py: 'b'"])
  })

  test('a line that hangs on two parents is merged', () => {
    const graph = 'a; b < a; c < a; m < b, c; x < b; y < x, c'
    expect(proposed(graph, { published: ['a', 'b', 'c', 'm'] })).toBe('onehead fix billing')
  })

  test('three heads are merged at once, by id', () => {
    expect(proposed('a; b < a; c < a; d < a')).toBe('onehead fix billing')
  })

  test('several expected heads: nobody knows which belong together', () => {
    expect(proposed('a; b < a; c < a; d < a', { expectedHeads: 2 })).toBeNull()
  })

  test('the command names the environment, safe to paste', () => {
    expect(heads('a; b < a; c < a')[0]!.fix?.command).toBe('onehead fix billing')
  })
})
