import { type Edges, invertEdges } from '../graph/edges.js'
import { compareCodePoints } from './python-text.js'
import type { Revision } from './revision.js'
import type { Structure } from './structure.js'

/** A label that is already the id or a label of another revision (or twice on one): the earlier user, then the later. */
export interface LabelClash<R> {
  readonly label: string
  readonly revisions: readonly [R, R]
}

/** All clashes, in load order of the later revision. */
export function findLabelClashes<R extends Revision>(structure: Structure<R>): readonly LabelClash<R>[] {
  const clashes: LabelClash<R>[] = []
  const users = new Map<string, R>()
  for (const revision of structure.loaded) {
    for (const label of revision.branchLabels) {
      const slot = structure.slots.get(label)
      const earlier = slot === undefined ? users.get(label) : structure.revisions[slot]!
      if (earlier !== undefined) clashes.push({ label, revisions: [earlier, revision] })
      else users.set(label, revision)
    }
  }
  return clashes
}

/**
 * The labels that Alembic shows for a revision. They flow down to all descendants by `down_revision`, across merges; and
 * up only along a line: where neither a fork nor a merge (nor a second dependent) stands between the labelled revision and
 * the end of its branch, everything on that line has the label, up to the first such revision exclusive.
 *
 * Nothing is copied: each slot points to the *source* from which its labels come, so that building is linear however
 * many labels there are. Reading costs as much as there are sources above.
 */
export class EffectiveLabels {
  readonly #own = new Map<number, Set<string>>()
  /** From overridden revisions: these stay where they are. */
  readonly #extra = new Map<number, Set<string>>()
  readonly #above = new Map<number, readonly number[]>()
  readonly #source: Int32Array

  constructor(structure: Structure<Revision>) {
    const size = structure.ids.length
    this.#source = new Int32Array(size).fill(-1)
    structure.revisions.forEach((revision, slot) => {
      if (revision.branchLabels.length > 0) this.#own.set(slot, new Set(revision.branchLabels))
    })
    const lone = structure.overridden.map((i) => structure.loaded[i]!).filter((one) => one.branchLabels.length > 0)
    climbFromOverridden(structure, lone, this.#extra)
    if (this.#own.size === 0) return
    climb(structure, this.#own)
    this.#flowDown(structure)
  }

  /** Sorted by code point. */
  of(slot: number): readonly string[] {
    const found = new Set<string>(this.#extra.get(slot))
    const seen = new Set<number>()
    const todo = [this.#source[slot]!]
    while (todo.length > 0) {
      const source = todo.pop()!
      if (source === -1 || seen.has(source)) continue
      seen.add(source)
      for (const label of this.#own.get(source) ?? []) found.add(label)
      for (const above of this.#above.get(source) ?? []) todo.push(above)
    }
    return found.size === 0 ? [] : [...found].sort(compareCodePoints)
  }

  /** A slot that adds nothing to the one source of its parents shares it; else it is a source itself. */
  #flowDown({ children }: Structure<Revision>): void {
    const parents = invertEdges(children)
    const { order, tangled } = parentsFirst(parents, children)
    for (const slot of tangled) this.#source[slot] = slot
    for (const slot of [...order, ...tangled]) {
      const sources = new Set<number>()
      for (const parent of parents[slot]!) if (this.#source[parent] !== -1) sources.add(this.#source[parent]!)
      const [first] = sources
      const own = this.#own.get(slot)
      const isTangled = this.#source[slot] === slot
      if (!isTangled && first === undefined && own === undefined) continue
      if (!isTangled && sources.size === 1 && (own === undefined || own === this.#own.get(first!))) {
        this.#source[slot] = first!
        continue
      }
      this.#source[slot] = slot
      this.#above.set(slot, [...sources])
    }
  }
}

/** Gives the labels of a line to all of it. */
function climb(structure: Structure<Revision>, own: Map<number, Set<string>>): void {
  const { children } = structure
  for (let last = 0; last < children.length; last++) {
    if (children[last]!.length > 0) continue
    const line = lineUp(structure, last)
    const labels = new Set<string>()
    for (const slot of line) for (const label of own.get(slot) ?? []) labels.add(label)
    // One set for the whole line: `flowDown` recognises it.
    if (labels.size > 0) for (const slot of line) own.set(slot, labels)
  }
}

/** Alembic climbs from an overridden revision with labels as well, though it is nobody's parent. */
function climbFromOverridden(
  structure: Structure<Revision>,
  lone: readonly Revision[],
  to: Map<number, Set<string>>,
): void {
  for (const revision of lone) {
    const parent = structure.slots.get(revision.downRevisions[0] ?? '')
    if (revision.downRevisions.length !== 1 || parent === undefined) continue
    for (const slot of lineUp(structure, parent))
      to.set(slot, new Set([...(to.get(slot) ?? []), ...revision.branchLabels]))
  }
}

/** From `start` up, as long as there is one parent and at most one child, dependents counted. */
function lineUp({ revisions, parents, allChildren }: Structure<Revision>, start: number): ReadonlySet<number> {
  const line = new Set<number>()
  let slot: number | undefined = start
  while (slot !== undefined && !line.has(slot)) {
    if (allChildren[slot]!.length > 1 || revisions[slot]!.downRevisions.length > 1) break
    line.add(slot)
    slot = parents[slot]![0]
  }
  return line
}

/** Every slot after its parents; those in and below cycles apart. */
function parentsFirst(parents: Edges, children: Edges) {
  const waiting = Int32Array.from(parents, (list) => list.length)
  const order: number[] = []
  for (let slot = 0; slot < parents.length; slot++) if (waiting[slot] === 0) order.push(slot)
  for (let i = 0; i < order.length; i++) {
    for (const child of children[order[i]!]!) if (--waiting[child]! === 0) order.push(child)
  }
  const tangled: number[] = []
  for (let slot = 0; slot < parents.length; slot++) if (waiting[slot]! > 0) tangled.push(slot)
  return { order, tangled }
}
