/** A directed graph over the numbers 0 … n - 1: `edges[from]` lists where `from` points, each once. */
export type Edges = readonly (readonly number[])[]

/** Shared by every vertex that points nowhere: one array instead of a hundred thousand. */
export const NONE: readonly number[] = Object.freeze([])

/** The first occurrence of each value, in order. The same array comes back when nothing repeats. */
export function distinct<T>(values: readonly T[]): readonly T[] {
  if (values.length < 2) return values
  if (values.length > 8) {
    const set = new Set(values)
    return set.size === values.length ? values : [...set]
  }
  let repeats = false
  for (let i = 1; i < values.length && !repeats; i++) repeats = values.indexOf(values[i]!) < i
  return repeats ? [...new Set(values)] : values
}

/** Which vertices are reached from `starts`, which are reached themselves. 1 = reached. */
export function reachedFrom(starts: Iterable<number>, edges: Edges): Uint8Array {
  const reached = new Uint8Array(edges.length)
  const stack: number[] = []
  for (const start of starts) {
    if (reached[start] === 1) continue
    reached[start] = 1
    stack.push(start)
  }
  while (stack.length > 0) {
    for (const next of edges[stack.pop()!]!) {
      if (reached[next] === 1) continue
      reached[next] = 1
      stack.push(next)
    }
  }
  return reached
}

/** The same edges, each the other way round. */
export function invertEdges(edges: Edges): Edges {
  const inverted: (readonly number[])[] = new Array(edges.length).fill(NONE)
  for (let from = 0; from < edges.length; from++) {
    for (const to of edges[from]!) {
      if (inverted[to] === NONE) inverted[to] = [from]
      else (inverted[to] as number[]).push(from)
    }
  }
  return inverted
}
