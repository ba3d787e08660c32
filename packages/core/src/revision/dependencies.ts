import { distinct, type Edges, NONE, reachedFrom } from '../graph/edges.js'
import { Reachability } from '../graph/reachability.js'

/**
 * Alembic's normalized dependencies: those of a revision without those that one of its ancestors (by `down_revision`) has
 * too. In the order of declaration (Alembic's own is that of a set).
 */
export function normalizeDependencies(dependencies: Edges, parents: Edges, children: Edges): Edges {
  const redundant = new Map<number, Set<number>>()
  let reachability: Reachability | null = null
  for (const [dependency, dependents] of findShared(dependencies)) {
    const isMany = dependents.length * dependents.length > parents.length
    if (isMany) reachability ??= new Reachability(parents)
    const below = isMany && reachability!.acyclic ? findBelow(dependents, children) : null
    for (const slot of dependents) {
      reachability ??= new Reachability(parents)
      const isRedundant = below === null ? hasAncestorAmong(slot, dependents, reachability) : below[slot] === 1
      if (isRedundant) redundant.set(slot, (redundant.get(slot) ?? new Set()).add(dependency))
    }
  }
  if (redundant.size === 0) return dependencies
  return dependencies.map((own, slot) => {
    const dropped = redundant.get(slot)
    if (dropped === undefined) return own
    const kept = own.filter((dependency) => !dropped.has(dependency))
    return kept.length === 0 ? NONE : kept
  })
}

/** Only a dependency of several revisions can be one of an ancestor's: dependency → who depends on it. */
function findShared(dependencies: Edges): ReadonlyMap<number, readonly number[]> {
  const dependents = new Map<number, number[]>()
  for (let slot = 0; slot < dependencies.length; slot++) {
    for (const dependency of dependencies[slot]!) {
      const list = dependents.get(dependency)
      if (list === undefined) dependents.set(dependency, [slot])
      else list.push(slot)
    }
  }
  for (const [dependency, list] of dependents) if (list.length < 2) dependents.delete(dependency)
  return dependents
}

function hasAncestorAmong(slot: number, others: readonly number[], reachability: Reachability): boolean {
  return others.some((other) => other !== slot && reachability.reaches(slot, other))
}

/** Everything strictly below any of `slots`, which is one walk however many they are. Only right without cycles. */
function findBelow(slots: readonly number[], children: Edges): Uint8Array {
  return reachedFrom(childrenOf(slots, children), children)
}

function* childrenOf(slots: readonly number[], children: Edges): Iterable<number> {
  for (const slot of slots) yield* children[slot]!
}

/** Parents, then normalized dependencies, each once (Alembic's `_normalized_down_revisions`): what traversals follow. */
export function joinEdges(parents: Edges, dependencies: Edges): Edges {
  return parents.map((own, slot) =>
    dependencies[slot]!.length === 0 ? own : distinct([...own, ...dependencies[slot]!]),
  )
}
