import type { Edges } from './edges.js'

export interface Components {
  /**
   * The component of each vertex. Numbers are a topological order: an edge between components always goes from the
   * higher number to the lower.
   */
  readonly of: Int32Array
  readonly count: number
  /** True when every component is one vertex. Self-loops are not looked at. */
  readonly acyclic: boolean
}

/** Strongly connected components (Tarjan), without recursion, in time linear in vertices and edges. */
export function findComponents(edges: Edges): Components {
  const size = edges.length
  const of = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const seenAt = new Int32Array(size)
  const nextEdge = new Int32Array(size)
  const open = new Int32Array(size)
  const path = new Int32Array(size)
  let openCount = 0
  let clock = 0
  let count = 0
  for (let root = 0; root < size; root++) {
    if (seenAt[root] !== 0) continue
    let depth = 0
    path[0] = root
    open[openCount++] = root
    seenAt[root] = low[root] = ++clock
    while (depth >= 0) {
      const vertex = path[depth]!
      const next = edges[vertex]![nextEdge[vertex]!]
      if (next !== undefined) {
        nextEdge[vertex]!++
        if (seenAt[next] === 0) {
          seenAt[next] = low[next] = ++clock
          open[openCount++] = next
          path[++depth] = next
        } else if (of[next] === -1 && seenAt[next]! < low[vertex]!) {
          low[vertex] = seenAt[next]!
        }
        continue
      }
      depth--
      if (depth >= 0 && low[vertex]! < low[path[depth]!]!) low[path[depth]!] = low[vertex]!
      if (low[vertex] !== seenAt[vertex]) continue
      let member: number
      do {
        member = open[--openCount]!
        of[member] = count
      } while (member !== vertex)
      count++
    }
  }
  return { of, count, acyclic: count === size }
}

/** The vertices of each component that has more than one, ascending inside a component. */
export function componentsWithCycles({ of, count, acyclic }: Components): readonly (readonly number[])[] {
  if (acyclic) return []
  const sizes = new Int32Array(count)
  for (const component of of) sizes[component]!++
  const members = new Map<number, number[]>()
  for (let vertex = 0; vertex < of.length; vertex++) {
    const component = of[vertex]!
    if (sizes[component]! < 2) continue
    const list = members.get(component)
    if (list === undefined) members.set(component, [vertex])
    else list.push(vertex)
  }
  return [...members.values()]
}
