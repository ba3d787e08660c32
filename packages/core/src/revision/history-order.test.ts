import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edges } from '../graph/edges.js'
import { sortHistory, sortLiterally } from './history-order.js'

test('the fast order is the one of the literal algorithm, on any graph without cycles', () => {
  const graphs = fc
    .array(fc.array(fc.nat(119), { maxLength: 3 }), { minLength: 1, maxLength: 120 })
    .map((rows) =>
      rows.map((targets, from) => (from === 0 ? [] : [...new Set(targets.map((target) => target % from))])),
    )
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), (rows, numbers) => {
      const edges = shuffled(rows, numbers)
      const pointedAt = new Set(edges.flat())
      const heads = edges.map((_, vertex) => vertex).filter((vertex) => !pointedAt.has(vertex))
      const todo = new Uint8Array(edges.length).fill(1)
      const literal = sortLiterally(todo, heads, edges, (vertex) => edges[vertex]!.length === 1)
      expect(sortHistory(todo, heads, edges)).toEqual(literal)
    }),
    { numRuns: 500 },
  )
})

/** Load order has nothing to do with parents: the same graph with other numbers. */
function shuffled(edges: Edges, numbers: Iterator<number>): Edges {
  const keys = edges.map(() => numbers.next().value as number)
  const places = edges.map((_, vertex) => vertex).sort((a, b) => keys[a]! - keys[b]! || a - b)
  const numberOf = new Map(places.map((vertex, place) => [vertex, place]))
  return places.map((vertex) => edges[vertex]!.map((target) => numberOf.get(target)!))
}
