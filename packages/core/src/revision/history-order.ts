import type { Edges } from '../graph/edges.js'
import { Reachability } from '../graph/reachability.js'

/**
 * The order of Alembic's `_topological_sort`, for a graph without cycles: along one branch as far as possible, every
 * revision before its parents and dependencies.
 *
 * Alembic keeps a list of current heads and, for each, the set of its ancestors. The same decisions are taken here without
 * those sets: a candidate is an ancestor of another current head exactly when one of its children has not been emitted.
 *
 * @param todo 1 for each vertex to emit; everything that those reach must be in it too
 * @param heads where to start, ascending; none reaches another
 * @param up normalized parents
 * @returns vertices, newest first
 */
export function sortHistory(todo: Uint8Array, heads: readonly number[], up: Edges): readonly number[] {
  const down = invertWithin(todo, up)
  const waitingFor = Int32Array.from(down, (children) => children.length)
  const current = new CurrentHeads(up.length, heads)
  const emitted = new Uint8Array(up.length)
  const findDependent = dependentFinder(current, up, down, emitted)
  const order: number[] = []
  let candidate = current.first
  while (candidate !== -1) {
    if (waitingFor[candidate]! > 0) {
      candidate = findDependent(candidate)
      continue
    }
    order.push(candidate)
    emitted[candidate] = 1
    const add: number[] = []
    for (const parent of up[candidate]!) {
      waitingFor[parent]!--
      if (emitted[parent] === 0 && !current.has(parent)) add.push(parent)
    }
    candidate = add.length === 0 ? current.remove(candidate) : current.replace(candidate, add)
  }
  return order
}

function invertWithin(todo: Uint8Array, up: Edges): Edges {
  const down: number[][] = up.map(() => [])
  for (let vertex = 0; vertex < up.length; vertex++) {
    if (todo[vertex] === 1) for (const parent of up[vertex]!) down[parent]!.push(vertex)
  }
  return down
}

/** Alembic's list of current heads, as a linked list: removing from the middle of a list of 50,000 must not cost 50,000. */
class CurrentHeads {
  first = -1
  #last = -1
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #place: Float64Array
  #places = 0

  constructor(size: number, heads: readonly number[]) {
    this.#next = new Int32Array(size).fill(-1)
    this.#previous = new Int32Array(size).fill(-1)
    this.#place = new Float64Array(size)
    for (const head of heads) this.#append(head)
  }

  /** Grows along the list; 0 for what is not in it. */
  placeOf(vertex: number): number {
    return this.#place[vertex]!
  }

  has(vertex: number): boolean {
    return this.#place[vertex]! > 0
  }

  after(vertex: number): number {
    return this.#next[vertex]!
  }

  #append(vertex: number): void {
    this.#place[vertex] = ++this.#places
    this.#previous[vertex] = this.#last
    if (this.#last === -1) this.first = vertex
    else this.#next[this.#last] = vertex
    this.#last = vertex
  }

  /** Takes a head out; returns the one that Alembic looks at next: the one before, else the new first; -1 when empty. */
  remove(vertex: number): number {
    const previous = this.#previous[vertex]!
    const next = this.#next[vertex]!
    if (previous === -1) this.first = next
    else this.#next[previous] = next
    if (next === -1) this.#last = previous
    else this.#previous[next] = previous
    this.#forget(vertex)
    return previous === -1 ? next : previous
  }

  /** Puts the first of `by` in the place of a head and the others at the end; returns the first. */
  replace(vertex: number, by: readonly number[]): number {
    const heir = by[0]!
    const previous = this.#previous[vertex]!
    const next = this.#next[vertex]!
    this.#place[heir] = this.#place[vertex]!
    this.#previous[heir] = previous
    this.#next[heir] = next
    if (previous === -1) this.first = heir
    else this.#next[previous] = heir
    if (next === -1) this.#last = heir
    else this.#previous[next] = heir
    this.#forget(vertex)
    for (let i = 1; i < by.length; i++) this.#append(by[i]!)
    return heir
  }

  #forget(vertex: number): void {
    this.#place[vertex] = 0
    this.#next[vertex] = -1
    this.#previous[vertex] = -1
  }
}

/**
 * Finds the first current head that has a given one among its ancestors. Two ways, each slow where the other is fast: go
 * through the list and ask, or climb from the candidate to the heads above it. They take turns with growing budgets.
 */
function dependentFinder(current: CurrentHeads, up: Edges, down: Edges, emitted: Uint8Array) {
  let reachability: Reachability | null = null

  function alongList(candidate: number, budget: number): number {
    reachability ??= new Reachability(up)
    let head = current.first
    for (let i = 0; i < budget && head !== -1; i++) {
      if (head !== candidate && reachability.reaches(head, candidate)) return head
      head = current.after(head)
    }
    return -1
  }

  function byClimbing(candidate: number, budget: number): number {
    const seen = new Set([candidate])
    const stack = [candidate]
    let best = -1
    let looked = 0
    while (stack.length > 0) {
      for (const child of down[stack.pop()!]!) {
        if (++looked > budget) return -1
        if (emitted[child] === 1 || seen.has(child)) continue
        seen.add(child)
        stack.push(child)
        if (current.has(child) && (best === -1 || current.placeOf(child) < current.placeOf(best))) best = child
      }
    }
    return best
  }

  return (candidate: number): number => {
    for (let budget = 16; budget < 8 * (up.length + 2); budget *= 4) {
      const found = byClimbing(candidate, budget)
      if (found !== -1) return found
      const listed = alongList(candidate, budget)
      if (listed !== -1) return listed
    }
    throw new Error('sortHistory was given a graph with cycles, or heads that do not reach everything')
  }
}

/** Steps that the literal sort may take before it gives up: some seconds of work. */
const LITERAL_BUDGET = 30_000_000

/**
 * Alembic's algorithm as it is, for graphs with cycles, where its result depends on the ancestor sets that it keeps.
 *
 * @param isPlain tells a vertex with one parent and no dependency
 * @returns vertices, newest first; `null` where Alembic never ends (or takes too long to find out)
 */
export function sortLiterally(
  todo: Uint8Array,
  heads: readonly number[],
  up: Edges,
  isPlain: (vertex: number) => boolean,
): readonly number[] | null {
  const left = new Uint8Array(todo)
  let spent = 0
  const ancestorsOf = (start: number) => {
    const found = new Set([start])
    for (const vertex of found) for (const parent of up[vertex]!) found.add(parent)
    spent += found.size
    return found
  }
  const current = [...heads]
  const ancestors = current.map(ancestorsOf)
  const order: number[] = []
  let at = 0
  let jumps = 0
  while (current.length > 0) {
    spent += current.length
    if (spent > LITERAL_BUDGET) return null
    const candidate = current[at]!
    const above = ancestors.findIndex((set, i) => i !== at && set.has(candidate))
    if (above !== -1) {
      // Nothing changes by a jump but the place: more jumps than places come round for ever.
      if (++jumps > current.length) return null
      at = above
      continue
    }
    jumps = 0
    if (left[candidate] === 1) order.push(candidate)
    left[candidate] = 0
    const add = up[candidate]!.filter((parent) => left[parent] === 1 && !current.includes(parent))
    if (add.length === 0) {
      current.splice(at, 1)
      ancestors.splice(at, 1)
      at = Math.max(at - 1, 0)
      continue
    }
    current[at] = add[0]!
    if (isPlain(candidate)) {
      ancestors[at]!.delete(candidate)
      continue
    }
    ancestors[at] = ancestorsOf(add[0]!)
    for (const extra of add.slice(1)) {
      current.push(extra)
      ancestors.push(ancestorsOf(extra))
    }
  }
  return order
}
