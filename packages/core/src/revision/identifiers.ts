import { distinct, invertEdges, reachedFrom } from '../graph/edges.js'
import type { AlembicError } from '../script/script.js'
import { assertionError, multipleHeads, Raised, resolutionError, revisionError } from './errors.js'
import type { AlembicEnds } from './heads.js'
import type { Revision } from './revision.js'
import { resolveEdges, type Structure } from './structure.js'
import { stepDown, stepUp } from './walk-steps.js'

/** `candidates`: what an ambiguous argument could mean: ids, or labels for a partial id. */
export type Resolved<R> =
  | { readonly revisions: readonly R[] }
  | { readonly error: AlembicError; readonly candidates?: readonly string[] }

/** Python's `int()` of a negative number. */
const negative = /^\s*-(\d+)(?:_\d+)*\s*$/
/** Alembic's relative targets: `label@symbol+N`. A match at the beginning is enough. */
const relative = /^(?:(.+?)@)?([\p{L}\p{N}_]+)?([+-]\d+)/u

/**
 * Alembic's look-up of identifiers, for a map without errors. A *vertex* is a slot, or (only for labels) an overridden
 * revision, numbered after the slots.
 */
export class Identifiers<R extends Revision> {
  readonly #structure: Structure<R>
  readonly #ends: AlembicEnds
  readonly #labelsOf: (id: string) => readonly string[]
  /** Ids, then labels: the keys of Alembic's map. */
  readonly #keys: ReadonlyMap<string, number>

  constructor(structure: Structure<R>, ends: AlembicEnds, labelsOf: (id: string) => readonly string[]) {
    this.#structure = structure
    this.#ends = ends
    this.#labelsOf = labelsOf
    const keys = new Map(structure.slots)
    for (const [label, owner] of structure.labelOwners) keys.set(label, this.#vertexOf(owner))
    this.#keys = keys
  }

  resolve(identifier: string): Resolved<R> {
    try {
      return { revisions: distinct(this.#find(identifier)).map((vertex) => this.#revision(vertex)) }
    } catch (raised) {
      if (!(raised instanceof Raised)) throw raised
      const { error, candidates } = raised
      return candidates === null ? { error } : { error, candidates }
    }
  }

  /** As `show` reads it; what that cannot locate may be relative to a revision, as `history` and `upgrade` read it. */
  #find(identifier: string): readonly number[] {
    try {
      return this.#getRevisions(identifier)
    } catch (raised) {
      const match =
        raised instanceof Raised && raised.error.kind === 'ResolutionError' ? relative.exec(identifier) : null
      if (match === null) throw raised
      return this.#relative(match[1] ?? null, match[2] ?? null, match[3]!)
    }
  }

  #getRevisions(identifier: string): readonly number[] {
    const { ids, label } = this.#resolveNumber(identifier)
    const steps = ids.length === 1 ? negative.exec(ids[0]!) : null
    if (steps === null || Number(steps[1]) === 0) return ids.map((id) => this.#forIdentifier(id, label))
    return this.#downFromHeads(-Number.parseInt(ids[0]!.replaceAll('_', ''), 10), label)
  }

  #downFromHeads(steps: number, label: string | null): readonly number[] {
    const heads = this.#ends.resolvedHeads.filter((id) => label === null || this.#labelsOf(id).includes(label))
    return heads.flatMap((id) =>
      this.#walkDown(this.#keys.get(id)!, steps, `Relative revision -${steps} didn't produce ${steps} migrations`),
    )
  }

  #relative(label: string | null, symbol: string | null, text: string): readonly number[] {
    const steps = Math.abs(Number(text))
    const tooFar = `Relative revision ${text} didn't produce ${steps} migrations`
    if (text.startsWith('-') || steps === 0) {
      if (symbol === null) throw new Raised(revisionError([], tooFar))
      const start = this.#getRevision(label === null ? symbol : `${label}@${symbol}`)
      return this.#walkDown(start, steps, 'Walked too far')
    }
    const start = symbol === null ? null : this.#getRevision(symbol)
    const isOnBranch = (ids: readonly string[]) => (label === null ? ids : this.#filterForLineage(ids, label))
    const end = stepUp(this.#structure, start, steps, this.#ends.bases, isOnBranch)
    if (end === null) throw new Raised(revisionError([], tooFar))
    return [end]
  }

  /** No revision at all stands for `base`. Going past that is an error, never a shorter way. */
  #walkDown(start: number | null, steps: number, tooFar: string): readonly number[] {
    const end = stepDown(this.#structure, start, steps, this.#ends.heads)
    if (end === null) throw new Raised(revisionError([], tooFar))
    return end === 'base' ? [] : [end]
  }

  #getRevision(identifier: string): number | null {
    const { ids, label } = this.#resolveNumber(identifier)
    if (ids.length > 1) throw new Raised(multipleHeads(ids, identifier), ids)
    return ids.length === 0 ? null : this.#forIdentifier(ids[0]!, label)
  }

  /** Splits the label off and replaces symbols by ids. */
  #resolveNumber(identifier: string): { readonly ids: readonly string[]; readonly label: string | null } {
    const at = identifier.indexOf('@')
    const label = at === -1 ? null : identifier.slice(0, at)
    const rest = identifier.slice(at + 1)
    if (rest === 'base') return { ids: [], label }
    if (rest === 'head') return { ids: this.#currentHead(label), label }
    if (rest !== 'heads') return { ids: [rest], label }
    return { ids: label ? this.#filterForLineage(this.#ends.heads, label) : this.#ends.resolvedHeads, label }
  }

  #currentHead(label: string | null): readonly string[] {
    const heads = label ? this.#filterForLineage(this.#ends.heads, label) : this.#ends.heads
    if (heads.length > 1) throw new Raised(multipleHeads(heads, label ? `${label}@head` : 'head'), heads)
    return heads
  }

  /** Those keys that are ancestors or descendants (by `down_revision`) of what `against` means. */
  #filterForLineage(keys: readonly string[], against: string): readonly string[] {
    const { ids, label } = this.#resolveNumber(against)
    const shares = label ? [label, ...ids] : ids
    if (keys.length === 0 || shares.length === 0) return keys
    const related = this.#lineage(shares.map((share) => this.#forIdentifier(share, null)))
    return keys.filter((key) => related(this.#forIdentifier(key, null)))
  }

  #lineage(vertices: readonly number[]): (vertex: number) => boolean {
    const { parents, children, overridden } = this.#structure
    const slots = vertices.filter((vertex) => vertex < parents.length)
    // Alembic walks from the other end. That differs where an overridden revision is a child without being a parent's.
    const isUsual = overridden.length === 0
    const above = reachedFrom(slots, isUsual ? parents : invertEdges(children))
    const below = reachedFrom(slots, isUsual ? children : invertEdges(parents))
    // Nothing leads to an overridden revision, but its own parents do lead on.
    const lone = (vertex: number) => resolveEdges(this.#revision(vertex), this.#structure).parents
    return (vertex) =>
      vertices.includes(vertex) ||
      (vertex < parents.length
        ? above[vertex] === 1 || below[vertex] === 1
        : lone(vertex).some((parent) => below[parent] === 1))
  }

  #forIdentifier(id: string, branch: string | null): number {
    const branchVertex = branch ? this.#resolveBranch(branch) : null
    const vertex = this.#keys.get(id) ?? this.#forPartial(id, branch)
    if (branchVertex === null) return vertex
    const [own, other] = [this.#revision(vertex).revision, this.#revision(branchVertex).revision]
    if (other === '' || this.#lineage([this.#keys.get(other)!])(this.#keys.get(own)!)) return vertex
    throw new Raised(resolutionError(id, `Revision ${own} is not a member of branch '${branch}'`))
  }

  #forPartial(id: string, branch: string | null): number {
    if (id === '') throw new Raised(assertionError([]))
    const starting = [...this.#keys.keys()].filter((key) => key.startsWith(id) && isLong(key))
    const keys = branch ? this.#filterForLineage(starting, branch) : starting
    if (keys.length === 1) return this.#keys.get(keys[0]!)!
    if (keys.length > 1) {
      const first = keys.slice(0, 3).map((key) => `'${key}'`)
      throw new Raised(resolutionError(id, `Multiple revisions start with '${id}': ${first.join(', ')}...`), keys)
    }
    const hint = '; please ensure at least four characters are present for partial revision identifier matches'
    throw new Raised(resolutionError(id, `No such revision or branch '${id}'${[...id].length < 4 ? hint : ''}`))
  }

  /** A label, or any revision whose lineage is meant. */
  #resolveBranch(label: string): number {
    const vertex = this.#keys.get(label)
    if (vertex !== undefined) return vertex
    try {
      return this.#forIdentifier(label, null)
    } catch (raised) {
      if (!(raised instanceof Raised) || raised.error.kind !== 'ResolutionError') throw raised
      throw new Raised(resolutionError(label, `No such branch: '${label}'`), raised.candidates)
    }
  }

  #vertexOf(position: number): number {
    const { slotOf, overridden, ids } = this.#structure
    const index = overridden.indexOf(position)
    return index === -1 ? slotOf[position]! : ids.length + index
  }

  #revision(vertex: number): R {
    const { revisions, overridden, loaded } = this.#structure
    return revisions[vertex] ?? loaded[overridden[vertex - revisions.length]!]!
  }
}

/** Only keys of four characters and more are found by their beginning. */
function isLong(key: string): boolean {
  return key.length > 7 || [...key].length > 3
}
