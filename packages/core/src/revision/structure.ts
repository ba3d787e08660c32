import { distinct, type Edges, NONE } from '../graph/edges.js'
import type { Revision } from './revision.js'

/** A parent or dependency that no revision has. */
export interface MissingReference<R> {
  readonly from: R
  readonly id: string
  readonly via: 'down_revision' | 'depends_on'
  /** True when the id is a branch label: Alembic accepts that in `depends_on`, never in `down_revision`. */
  readonly isLabel: boolean
}

/**
 * Revisions with their references resolved to numbers. A *slot* is an id's place in Alembic's ordered map: the first
 * revision with the id gives the place, the last one is what the map holds there; the others are *overridden*.
 */
export interface Structure<R extends Revision> {
  /** Everything loaded, in load order. */
  readonly loaded: readonly R[]
  /** The slot of each loaded revision. */
  readonly slotOf: Int32Array
  /** Positions in `loaded` of revisions that a later one with the same id replaced. */
  readonly overridden: readonly number[]
  readonly slots: ReadonlyMap<string, number>
  readonly ids: readonly string[]
  /** What the map holds, by slot. */
  readonly revisions: readonly R[]
  /** Own labels → position in `loaded` of the first revision with it, in load order. No label that is also an id. */
  readonly labelOwners: ReadonlyMap<string, number>
  /** Edges by slot, overridden revisions left out; each target once, references of a revision to its own id dropped. */
  readonly parents: Edges
  /** `depends_on`, resolved from ids and labels. A label can lead back to its own revision. */
  readonly dependencies: Edges
  /** Parents, then dependencies, each once (Alembic's `_all_down_revisions`). */
  readonly allParents: Edges
  /** Alembic's `nextrev` and `_all_nextrev`. */
  readonly children: Edges
  readonly allChildren: Edges
  readonly missing: readonly MissingReference<R>[]
  /** Slots with a reference out of this package, by `down_revision` and by either kind. */
  readonly externalParents: ReadonlySet<number>
  readonly externalReferences: ReadonlySet<number>
}

/** The edges of one loaded revision. */
export interface OwnEdges {
  readonly parents: readonly number[]
  readonly dependencies: readonly number[]
  readonly all: readonly number[]
}

export function buildStructure<R extends Revision>(
  revisions: Iterable<R>,
  external: ReadonlySet<string>,
): Structure<R> {
  const loaded = [...revisions]
  const placed = placeRevisions(loaded)
  const { slots, slotOf } = placed
  const labelOwners = ownLabels(loaded, slots)
  const size = placed.ids.length
  const parents: (readonly number[])[] = new Array(size).fill(NONE)
  const dependencies: (readonly number[])[] = new Array(size).fill(NONE)
  const allParents: (readonly number[])[] = new Array(size).fill(NONE)
  const missing: MissingReference<R>[] = []
  const externalParents = new Set<number>()
  const externalReferences = new Set<number>()
  const names = { slots, slotOf, labelOwners }
  for (let i = 0; i < loaded.length; i++) {
    const revision = loaded[i]!
    const slot = slotOf[i]!
    const edges = resolveEdges(revision, names)
    if (placed.revisions[slot] === revision) {
      parents[slot] = edges.parents
      dependencies[slot] = edges.dependencies
      allParents[slot] = edges.all
    }
    for (const id of unresolved(revision.downRevisions, slots, null)) {
      if (!external.has(id)) missing.push({ from: revision, id, via: 'down_revision', isLabel: labelOwners.has(id) })
      else externalParents.add(slot)
    }
    for (const id of unresolved(revision.dependsOn, slots, labelOwners)) {
      if (isNothing(revision.dependsOn)) continue
      if (external.has(id)) externalReferences.add(slot)
      else missing.push({ from: revision, id, via: 'depends_on', isLabel: false })
    }
  }
  const structure = { loaded, ...placed, labelOwners, parents, dependencies, allParents, missing, externalParents }
  const children = invert(structure, parents, (edges) => edges.parents)
  const hasDependencies = loaded.some((revision) => revision.dependsOn.length > 0)
  const allChildren = hasDependencies ? invert(structure, allParents, (edges) => edges.all) : children
  return {
    ...structure,
    children,
    allChildren,
    externalReferences: new Set([...externalParents, ...externalReferences]),
  }
}

/** `depends_on = ''`: Alembic takes it for "none", except where it asks whether the revision is a real base. */
function isNothing(dependsOn: readonly string[]): boolean {
  return dependsOn.length === 1 && dependsOn[0] === ''
}

function placeRevisions<R extends Revision>(loaded: readonly R[]) {
  const slots = new Map<string, number>()
  const ids: string[] = []
  const revisions: R[] = []
  const holders: number[] = []
  const overridden: number[] = []
  const slotOf = new Int32Array(loaded.length)
  for (let i = 0; i < loaded.length; i++) {
    const revision = loaded[i]!
    let slot = slots.get(revision.revision)
    if (slot === undefined) {
      slot = ids.length
      slots.set(revision.revision, slot)
      ids.push(revision.revision)
    } else {
      overridden.push(holders[slot]!)
    }
    revisions[slot] = revision
    holders[slot] = i
    slotOf[i] = slot
  }
  return { slots, ids, revisions, overridden: overridden.sort((a, b) => a - b), slotOf }
}

function ownLabels(loaded: readonly Revision[], slots: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const owners = new Map<string, number>()
  for (let i = 0; i < loaded.length; i++) {
    for (const label of loaded[i]!.branchLabels) {
      if (!slots.has(label) && !owners.has(label)) owners.set(label, i)
    }
  }
  return owners
}

type Names = Pick<Structure<Revision>, 'slots' | 'slotOf' | 'labelOwners'>

/** Where the references of one revision lead; what leads nowhere is left out. */
export function resolveEdges(revision: Revision, names: Names): OwnEdges {
  const { slots, slotOf, labelOwners } = names
  const self = slots.get(revision.revision)!
  const parents = targets(revision.downRevisions, (id) => {
    const slot = slots.get(id)
    return slot === self ? undefined : slot
  })
  if (revision.dependsOn.length === 0 || isNothing(revision.dependsOn)) {
    return { parents, dependencies: NONE, all: parents }
  }
  const dependencies = targets(revision.dependsOn, (id) => {
    const slot = slots.get(id)
    if (slot !== undefined) return slot === self ? undefined : slot
    const owner = labelOwners.get(id)
    return owner === undefined ? undefined : slotOf[owner]!
  })
  const all = dependencies.length === 0 ? parents : distinct([...parents, ...dependencies])
  return { parents, dependencies, all }
}

function targets(ids: readonly string[], find: (id: string) => number | undefined): readonly number[] {
  if (ids.length === 0) return NONE
  const found: number[] = []
  for (const id of ids) {
    const slot = find(id)
    if (slot !== undefined) found.push(slot)
  }
  return found.length === 0 ? NONE : distinct(found)
}

function unresolved(
  ids: readonly string[],
  slots: ReadonlyMap<string, number>,
  labels: ReadonlyMap<string, number> | null,
): readonly string[] {
  if (ids.every((id) => slots.has(id) || labels?.has(id))) return []
  return distinct(ids.filter((id) => !slots.has(id) && !labels?.has(id)))
}

/**
 * Children in the order in which Alembic adds them. It walks the values of its map, in which labels are keys too: so an
 * overridden revision counts as a child exactly when it declares a label.
 */
function invert<R extends Revision>(
  structure: Names & Pick<Structure<R>, 'loaded' | 'overridden'>,
  up: Edges,
  pick: (edges: OwnEdges) => readonly number[],
): Edges {
  const down: (readonly number[])[] = new Array(up.length).fill(NONE)
  const add = (parent: number, child: number) => {
    if (down[parent] === NONE) down[parent] = [child]
    else (down[parent] as number[]).push(child)
  }
  for (let child = 0; child < up.length; child++) for (const parent of up[child]!) add(parent, child)
  for (const position of structure.overridden) {
    const revision = structure.loaded[position]!
    if (!revision.branchLabels.some((label) => structure.labelOwners.get(label) === position)) continue
    const child = structure.slotOf[position]!
    for (const parent of pick(resolveEdges(revision, structure))) if (!down[parent]!.includes(child)) add(parent, child)
  }
  return down
}
