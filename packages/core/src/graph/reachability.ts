import { type Components, findComponents } from './components.js'
import { type Edges, invertEdges } from './edges.js'

/** One depth-first pass over the components: `low ≤ last` bound the numbers of everything that can be reached. */
interface Intervals {
  readonly low: Int32Array
  readonly last: Int32Array
}

/**
 * Answers "does `from` reach `to`?" quickly, for many questions about one graph. Cycles are fine.
 *
 * Two interval labellings (one with the edges in order, one reversed) refute most questions at once, the tree of nearest
 * targets confirms most others; what is left is a search that both of them prune. Building is linear.
 */
export class Reachability {
  readonly #components: Components
  readonly #edges: Edges
  readonly #forward: Intervals
  readonly #backward: Intervals
  readonly #tree: Intervals
  readonly #seen: Int32Array
  #reverse: Edges | null = null
  #round = 0

  constructor(edges: Edges) {
    this.#components = findComponents(edges)
    this.#edges = this.#components.acyclic ? renumber(edges, this.#components) : condense(edges, this.#components)
    this.#forward = label(this.#edges, false)
    this.#backward = label(this.#edges, true)
    this.#tree = labelTree(this.#edges)
    this.#seen = new Int32Array(this.#components.count)
  }

  get acyclic(): boolean {
    return this.#components.acyclic
  }

  /** True when a path of any length leads from `from` to `to`; every vertex reaches itself. */
  reaches(from: number, to: number): boolean {
    const start = this.#components.of[from]!
    const goal = this.#components.of[to]!
    const quick = this.#guess(start, goal)
    return quick ?? this.#search(start, goal)
  }

  #guess(start: number, goal: number): boolean | null {
    if (start === goal) return true
    if (start < goal || !covers(this.#forward, start, goal) || !covers(this.#backward, start, goal)) return false
    return covers(this.#tree, start, goal) ? true : null
  }

  /** Forwards from `start` and backwards from `goal` in turns, with growing budgets: where one is slow, the other is not. */
  #search(start: number, goal: number): boolean {
    this.#reverse ??= invertEdges(this.#edges)
    for (let budget = 32; ; budget *= 4) {
      const back = this.#explore(goal, this.#reverse, budget, (vertex) => this.#guess(start, vertex))
      if (back !== null) return back
      const forth = this.#explore(start, this.#edges, budget, (vertex) => this.#guess(vertex, goal))
      if (forth !== null) return forth
    }
  }

  /** Null when the budget is spent before the answer is known. */
  #explore(from: number, edges: Edges, budget: number, guess: (vertex: number) => boolean | null): boolean | null {
    const round = ++this.#round
    const stack = [from]
    let looked = 0
    while (stack.length > 0) {
      for (const next of edges[stack.pop()!]!) {
        if (++looked > budget) return null
        if (this.#seen[next] === round) continue
        this.#seen[next] = round
        const quick = guess(next)
        if (quick === true) return true
        if (quick === null) stack.push(next)
      }
    }
    return false
  }
}

function covers({ low, last }: Intervals, outer: number, inner: number): boolean {
  return low[outer]! <= low[inner]! && last[inner]! <= last[outer]!
}

/** The same graph with the topological numbers of its components: edges go from high to low. */
function renumber(edges: Edges, { of, count }: Components): Edges {
  const result: (readonly number[])[] = new Array(count)
  for (let vertex = 0; vertex < edges.length; vertex++) {
    const targets = edges[vertex]!
    result[of[vertex]!] =
      targets.length === 0 ? targets : targets.map((target) => of[target]!).filter((target) => target !== of[vertex])
  }
  return result
}

function condense(edges: Edges, { of, count }: Components): Edges {
  const result: Set<number>[] = Array.from({ length: count }, () => new Set<number>())
  for (let vertex = 0; vertex < edges.length; vertex++) {
    for (const target of edges[vertex]!) {
      if (of[target] !== of[vertex]) result[of[vertex]!]!.add(of[target]!)
    }
  }
  return result.map((targets) => [...targets])
}

/**
 * Numbers vertices as a depth-first walk from the sources leaves them; `low` is the least number reachable. The reversed
 * walk takes sources and edges the other way round, so that two branches are not mistaken for one twice.
 */
function label(edges: Edges, reversed: boolean): Intervals {
  const size = edges.length
  const low = new Int32Array(size)
  const last = new Int32Array(size).fill(-1)
  const nextEdge = new Int32Array(size)
  const entered = new Uint8Array(size)
  const stack = new Int32Array(size)
  const sources = findSources(edges)
  if (!reversed) sources.reverse()
  let clock = 0
  for (const source of sources) {
    let depth = 0
    stack[0] = source
    entered[source] = 1
    while (depth >= 0) {
      const vertex = stack[depth]!
      const targets = edges[vertex]!
      const at = nextEdge[vertex]!++
      if (at < targets.length) {
        const next = targets[reversed ? targets.length - 1 - at : at]!
        if (entered[next] === 0) {
          entered[next] = 1
          stack[++depth] = next
        }
        continue
      }
      let least = clock
      for (const target of targets) if (low[target]! < least) least = low[target]!
      low[vertex] = least
      last[vertex] = clock++
      depth--
    }
  }
  return { low, last }
}

function findSources(edges: Edges): number[] {
  const pointedAt = new Uint8Array(edges.length)
  for (const targets of edges) for (const target of targets) pointedAt[target] = 1
  const sources: number[] = []
  for (let vertex = 0; vertex < edges.length; vertex++) if (pointedAt[vertex] === 0) sources.push(vertex)
  return sources
}

/**
 * The tree in which each vertex hangs below the nearest one it points to, as intervals: a vertex lies inside the intervals
 * of those above it, all of which it reaches. `low` is the end and `last` the begin, so that `covers` asks just that.
 */
function labelTree(edges: Edges): Intervals {
  const size = edges.length
  const begin = new Int32Array(size)
  const end = new Int32Array(size)
  const free = new Int32Array(size)
  const sizes = new Int32Array(size).fill(1)
  // A vertex points to lower numbers only: sizes add up from high to low, places are given from low to high.
  for (let vertex = size - 1; vertex >= 0; vertex--) {
    const above = nearest(edges[vertex]!)
    if (above !== -1) sizes[above]! += sizes[vertex]!
  }
  let roots = 0
  for (let vertex = 0; vertex < size; vertex++) {
    const above = nearest(edges[vertex]!)
    begin[vertex] = above === -1 ? roots : free[above]!
    end[vertex] = begin[vertex]! + sizes[vertex]!
    if (above === -1) roots = end[vertex]!
    else free[above] = end[vertex]!
    free[vertex] = begin[vertex]! + 1
  }
  return { low: end, last: begin }
}

/** The highest target: the tree is deepest, and confirms most, when every vertex hangs as low as it can. */
function nearest(targets: readonly number[]): number {
  let highest = -1
  for (const target of targets) if (target > highest) highest = target
  return highest
}
