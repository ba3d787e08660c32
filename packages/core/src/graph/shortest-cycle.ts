import type { Edges } from './edges.js'

/** Edges looked at before the search is content with the shortest cycle so far. */
const BUDGET = 500_000

/**
 * A short cycle inside one strongly connected component, as a path along the edges (closed implicitly): the shortest one,
 * unless the component is so large that only some of its vertices could be tried.
 *
 * @param members the component, at least two vertices; tried in this order, so the order settles ties
 */
export function findShortCycle(members: readonly number[], edges: Edges): readonly number[] {
  const inside = new Set(members)
  let best: readonly number[] | null = null
  let spent = 0
  for (const start of members) {
    const { cycle, looked } = shortestThrough(start, inside, edges, best?.length ?? Number.POSITIVE_INFINITY)
    if (cycle !== null) best = cycle
    spent += looked
    if (best !== null && (best.length === 2 || spent > BUDGET)) break
  }
  return best ?? members
}

/** Breadth first from `start` back to `start`; only a cycle shorter than `limit` counts. */
function shortestThrough(start: number, inside: ReadonlySet<number>, edges: Edges, limit: number) {
  const cameFrom = new Map<number, number>()
  let looked = 0
  let ring = [start]
  for (let length = 1; ring.length > 0 && length < limit; length++) {
    const nextRing: number[] = []
    for (const vertex of ring) {
      for (const next of edges[vertex]!) {
        looked++
        if (next === start && vertex !== start) return { cycle: pathTo(vertex, start, cameFrom), looked }
        if (next === start || !inside.has(next) || cameFrom.has(next)) continue
        cameFrom.set(next, vertex)
        nextRing.push(next)
      }
    }
    ring = nextRing
  }
  return { cycle: null, looked }
}

function pathTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const path = [end]
  for (let vertex = end; vertex !== start; ) {
    vertex = cameFrom.get(vertex)!
    path.push(vertex)
  }
  return path.reverse()
}
