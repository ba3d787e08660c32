import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findComponents } from './components.js'
import { type Edges, reachedFrom } from './edges.js'
import { Reachability } from './reachability.js'
import { findShortCycle } from './shortest-cycle.js'

const graphs = (isAcyclic: boolean) =>
  fc.array(fc.array(fc.nat(59), { maxLength: 3 }), { minLength: 1, maxLength: 60 }).map(
    (rows): Edges =>
      rows.map((targets, from) => {
        const limit = isAcyclic ? from : rows.length
        return limit === 0 ? [] : [...new Set(targets.map((target) => target % limit))]
      }),
  )

test.each([true, false])('reachability answers as a plain walk does (acyclic: %s)', (isAcyclic) => {
  fc.assert(
    fc.property(graphs(isAcyclic), (edges) => {
      const reachability = new Reachability(edges)
      edges.forEach((_, from) => {
        const reached = [...reachedFrom([from], edges)]
        expect(edges.map((_, to) => (reachability.reaches(from, to) ? 1 : 0))).toEqual(reached)
      })
    }),
  )
})

test('components are what reaches one another, numbered against the edges', () => {
  fc.assert(
    fc.property(graphs(false), (edges) => {
      const { of } = findComponents(edges)
      const reached = edges.map((_, from) => reachedFrom([from], edges))
      edges.forEach((targets, a) => {
        edges.forEach((_, b) => {
          expect(of[a] === of[b]).toBe(reached[a]![b] === 1 && reached[b]![a] === 1)
        })
        for (const target of targets) expect(of[target]!).toBeLessThanOrEqual(of[a]!)
      })
    }),
  )
})

test('the shortest cycle of a ring with a short cut goes by the short cut', () => {
  const ring: Edges = [[1], [2], [3, 0], [4], [0]]
  expect(findShortCycle([0, 1, 2, 3, 4], ring)).toEqual([0, 1, 2])
})
