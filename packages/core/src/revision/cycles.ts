import { componentsWithCycles, findComponents } from '../graph/components.js'
import { distinct, type Edges } from '../graph/edges.js'
import { findShortCycle } from '../graph/shortest-cycle.js'
import { compareCodePoints } from './python-text.js'
import type { Revision } from './revision.js'
import type { Structure } from './structure.js'

export interface RevisionCycle {
  /**
   * A path along parents (and dependencies), closed implicitly: the last one refers back to the first. Begins with the
   * smallest id, so that the order of files does not matter.
   */
  readonly revisions: readonly string[]
  /** True when the cycle needs at least one `depends_on`. */
  readonly throughDependency: boolean
}

/**
 * Real cycles: every self-loop, and one short cycle for every strongly connected component of `down_revision` edges. A
 * component that only `depends_on` closes gives one too, unless a cycle of the first kind is inside it.
 */
export function findCycles(structure: Structure<Revision>): readonly RevisionCycle[] {
  const cycles = findSelfLoops(structure)
  const all = componentsWithCycles(findComponents(structure.allParents))
  if (all.length === 0) return cycles
  const byParents = componentsWithCycles(findComponents(structure.parents))
  const covered = new Set(byParents.flat())
  for (const members of byParents) cycles.push(showCycle(members, structure.parents, false, structure.ids))
  for (const members of all) {
    if (!members.some((member) => covered.has(member))) {
      cycles.push(showCycle(members, structure.allParents, true, structure.ids))
    }
  }
  return cycles
}

function showCycle(members: readonly number[], edges: Edges, throughDependency: boolean, ids: readonly string[]) {
  const inside = new Set(members)
  const byId = (a: number, b: number) => compareCodePoints(ids[a]!, ids[b]!)
  const sorted = [...members].sort(byId)
  const sortedEdges: Edges = sparse(sorted, (member) =>
    edges[member]!.filter((target) => inside.has(target)).sort(byId),
  )
  const path = findShortCycle(sorted, sortedEdges)
  const first = path.indexOf([...path].sort(byId)[0]!)
  const revisions = [...path.slice(first), ...path.slice(0, first)].map((slot) => ids[slot]!)
  return { revisions, throughDependency }
}

function sparse(members: readonly number[], edgesOf: (member: number) => readonly number[]): Edges {
  const edges: (readonly number[])[] = []
  for (const member of members) edges[member] = edgesOf(member)
  return edges
}

/** Declared ones, also of overridden revisions, and dependencies on a label of the revision itself. */
function findSelfLoops({ loaded, slotOf, dependencies }: Structure<Revision>): RevisionCycle[] {
  const loops: RevisionCycle[] = []
  const known = { parent: new Set<string>(), dependency: new Set<string>() }
  const add = (id: string, throughDependency: boolean) => {
    const ids = throughDependency ? known.dependency : known.parent
    if (!ids.has(id)) loops.push({ revisions: [id], throughDependency })
    ids.add(id)
  }
  for (let i = 0; i < loaded.length; i++) {
    const { revision: id, downRevisions, dependsOn } = loaded[i]!
    if (downRevisions.length > 0 && downRevisions.includes(id) && id !== '') add(id, false)
    if (dependsOn.length > 0 && (dependsOn.includes(id) || dependencies[slotOf[i]!]!.includes(slotOf[i]!)))
      add(id, true)
  }
  return loops
}

/** Ids that several loaded revisions have: id → all of them in load order; the last one counts in Alembic. */
export function findDuplicates<R extends Revision>({ loaded, overridden, ids, slotOf }: Structure<R>) {
  const duplicates = new Map<string, R[]>()
  if (overridden.length === 0) return duplicates
  const slots = new Set(distinct(overridden.map((position) => slotOf[position]!)))
  for (let i = 0; i < loaded.length; i++) {
    const slot = slotOf[i]!
    if (!slots.has(slot)) continue
    const list = duplicates.get(ids[slot]!)
    if (list === undefined) duplicates.set(ids[slot]!, [loaded[i]!])
    else list.push(loaded[i]!)
  }
  return duplicates
}
