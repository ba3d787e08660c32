import { distinct, type Edges, reachedFrom } from '../graph/edges.js'
import { Reachability } from '../graph/reachability.js'
import type { AlembicError } from '../script/script.js'
import { predictBuildError } from './build-error.js'
import { findReservedCharacters } from './construction.js'
import { findCycles, findDuplicates, type RevisionCycle } from './cycles.js'
import { joinEdges, normalizeDependencies } from './dependencies.js'
import { type AlembicEnds, findEnds } from './heads.js'
import { Identifiers, type Resolved } from './identifiers.js'
import { EffectiveLabels, findLabelClashes, type LabelClash } from './labels.js'
import type { Revision } from './revision.js'
import { buildStructure, type MissingReference, type Structure } from './structure.js'
import { type HistoryWalk, walkHistory } from './walk-history.js'

export { constructionError, firstConstructionError } from './construction.js'
export type { RevisionCycle } from './cycles.js'
export type { Resolved } from './identifiers.js'
export type { LabelClash } from './labels.js'
export type { MissingReference } from './structure.js'
export type { HistoryWalk } from './walk-history.js'

/**
 * Alembic's `RevisionMap`, built whole and without throwing: missing parents, duplicates and cycles are recorded as
 * facts. All lists are in load order unless said otherwise, each id once.
 */
export interface RevisionMapFacts<R extends Revision> {
  /** Missing `down_revision` and `depends_on` references, all of them, each once per revision. */
  readonly missing: readonly MissingReference<R>[]
  /** Ids declared by more than one revision, with all of them in load order (the last wins in Alembic). */
  readonly duplicates: ReadonlyMap<string, readonly R[]>
  /** Real cycles, also those that Alembic does not notice; those closed by `depends_on` after the others. */
  readonly cycles: readonly RevisionCycle[]
  /** Labels used twice, or equal to an id: the earlier user, then the later. */
  readonly labelClashes: readonly LabelClash<R>[]
  /** Revisions whose id contains `+`, `-`, `:` or `@`, with those characters. */
  readonly reservedCharacters: readonly { readonly revision: R; readonly characters: readonly string[] }[]
  /** What Alembic 1.20 raises when it builds this map, or null. */
  readonly error: AlembicError | null
}

export interface RevisionMapOptions {
  /**
   * Ids (or labels) of revisions that live in another package. A reference to one that is not here either makes no edge
   * and is not missing; for Alembic's test for cycles it is as good as a base below.
   */
  readonly external?: ReadonlySet<string>
}

export interface TraversalOptions {
  /** Whether `depends_on` counts (Alembic's normalized dependencies). Default true. */
  readonly dependencies?: boolean
}

/**
 * A history as Alembic 1.20 sees it. Never throws, never recurses; building is linear in revisions and references. Edges
 * are those that exist: the facts about heads and parents hold even where `error` says that Alembic would refuse.
 */
export class RevisionMap<R extends Revision> implements RevisionMapFacts<R> {
  readonly missing: readonly MissingReference<R>[]
  readonly duplicates: ReadonlyMap<string, readonly R[]>
  readonly cycles: readonly RevisionCycle[]
  readonly labelClashes: readonly LabelClash<R>[]
  readonly reservedCharacters: readonly { readonly revision: R; readonly characters: readonly string[] }[]
  readonly error: AlembicError | null
  /** What Alembic's map holds, in its order: an id has the place of its first revision and is the last one. */
  readonly revisions: readonly R[]
  /**
   * What `alembic heads` prints. Of an id that is declared twice Alembic lists the replaced revision for ever, children or
   * not: `isHead` tells those.
   */
  readonly heads: readonly string[]
  /** Alembic's real heads: heads on which nothing depends either. What `upgrade heads` goes to. */
  readonly resolvedHeads: readonly string[]
  /** Revisions without `down_revision`; missing and external parents count as parents. */
  readonly bases: readonly string[]
  /** Bases without `depends_on`. */
  readonly resolvedBases: readonly string[]
  /** Revisions with more than one child. */
  readonly branchPoints: readonly string[]
  /** Revisions that declare more than one `down_revision`. */
  readonly mergePoints: readonly string[]
  readonly #structure: Structure<R>
  readonly #ends: AlembicEnds
  #labels: EffectiveLabels | null = null
  #normalized: Edges | null = null
  #up: Edges | null = null
  #reachability: Reachability | null = null
  #history: HistoryWalk | null = null
  #identifiers: Identifiers<R> | null = null

  /** @param revisions in Alembic's load order */
  constructor(revisions: Iterable<R>, options: RevisionMapOptions = {}) {
    const structure = buildStructure(revisions, options.external ?? new Set())
    const { ids, children, loaded } = structure
    this.#structure = structure
    this.revisions = structure.revisions
    this.missing = structure.missing
    this.duplicates = findDuplicates(structure)
    this.cycles = findCycles(structure)
    this.labelClashes = findLabelClashes(structure)
    this.reservedCharacters = loaded.flatMap((revision) => {
      const characters = findReservedCharacters(revision.revision)
      return characters.length === 0 ? [] : [{ revision, characters }]
    })
    this.error = predictBuildError(structure, { labelClashes: this.labelClashes, hasCycles: this.cycles.length > 0 })
    this.#ends = findEnds(structure)
    this.heads = distinct(this.#ends.heads)
    this.resolvedHeads = distinct(this.#ends.resolvedHeads)
    this.bases = distinct(this.#ends.bases)
    this.resolvedBases = distinct(this.#ends.resolvedBases)
    this.branchPoints = ids.filter((_, slot) => children[slot]!.length > 1)
    this.mergePoints = ids.filter((_, slot) => this.revisions[slot]!.downRevisions.length > 1)
  }

  /** How many ids there are. */
  get size(): number {
    return this.revisions.length
  }

  /** The revision with exactly this id: no labels, no partial ids. */
  get(id: string): R | undefined {
    const slot = this.#structure.slots.get(id)
    return slot === undefined ? undefined : this.revisions[slot]
  }

  has(id: string): boolean {
    return this.#structure.slots.has(id)
  }

  /** Parents that exist, each once, as declared. Empty for an unknown id, as are all lists below. */
  parents(id: string): readonly string[] {
    return this.#neighbours(id, this.#structure.parents)
  }

  /** Those that have this revision as a parent. */
  children(id: string): readonly string[] {
    return this.#neighbours(id, this.#structure.children)
  }

  /** Revisions named by `depends_on`, labels resolved. */
  dependencies(id: string): readonly string[] {
    return this.#neighbours(id, this.#structure.dependencies)
  }

  /** Dependencies without those that an ancestor (by `down_revision`) has too: what Alembic shows and follows. */
  normalizedDependencies(id: string): readonly string[] {
    return this.#neighbours(id, this.#normalizedEdges())
  }

  /** Branch labels as Alembic shows them, those from other revisions included; sorted. */
  labels(id: string): readonly string[] {
    const slot = this.#structure.slots.get(id)
    if (slot === undefined) return []
    this.#labels ??= new EffectiveLabels(this.#structure)
    return this.#labels.of(slot)
  }

  /** True when nothing has this revision as a parent. */
  isHead(id: string): boolean {
    const slot = this.#structure.slots.get(id)
    return slot !== undefined && this.#structure.children[slot]!.length === 0
  }

  /** A head that another revision depends on: `alembic heads` calls it "effective head". */
  isEffectiveHead(id: string): boolean {
    const slot = this.#structure.slots.get(id)
    return slot !== undefined && this.isHead(id) && this.#structure.allChildren[slot]!.length > 0
  }

  /** Everything below `ids`, those themselves included (where they exist). */
  ancestors(ids: Iterable<string>, { dependencies = true }: TraversalOptions = {}): ReadonlySet<string> {
    return this.#reach(ids, dependencies ? this.#upEdges() : this.#structure.parents)
  }

  /** True where `ancestors([other])` has `id`: one question, however long the history, instead of a walk. */
  isAncestor(id: string, other: string): boolean {
    const { slots } = this.#structure
    const [to, from] = [slots.get(id), slots.get(other)]
    if (to === undefined || from === undefined) return false
    this.#reachability ??= new Reachability(this.#upEdges())
    return this.#reachability.reaches(from, to)
  }

  /** Everything above `ids`, those themselves included (where they exist). */
  descendants(ids: Iterable<string>, { dependencies = true }: TraversalOptions = {}): ReadonlySet<string> {
    return this.#reach(ids, dependencies ? this.#structure.allChildren : this.#structure.children)
  }

  /**
   * The ids in exactly the order of `alembic history`, newest first; or how Alembic fails: `error`, ids declared twice that
   * overlap, a symbol as an id. Where Alembic would never end (a cycle that it misses), a `CycleDetected` with the cycle.
   */
  history(): HistoryWalk {
    this.#history ??= this.#walk()
    return this.#history
  }

  /**
   * What an argument of `alembic show` means: an id, the beginning of one, a label, `head`, `heads`, `base`, `label@…`,
   * `-N` (down from every head); and as in `alembic history -r :…` also `id+N`, `id-N`, `+N`. `base` is no revision at all.
   */
  resolve(identifier: string): Resolved<R> {
    if (this.error !== null) return { error: this.error }
    this.#identifiers ??= new Identifiers(this.#structure, this.#ends, (id) => this.labels(id))
    return this.#identifiers.resolve(identifier)
  }

  #walk(): HistoryWalk {
    if (this.error !== null) return { error: this.error }
    return walkHistory(this.#structure, {
      ends: this.#ends,
      up: this.#upEdges(),
      normalized: this.#normalizedEdges(),
      cycle: this.cycles[0]?.revisions ?? null,
    })
  }

  #normalizedEdges(): Edges {
    const { dependencies, parents, children } = this.#structure
    this.#normalized ??= normalizeDependencies(dependencies, parents, children)
    return this.#normalized
  }

  #upEdges(): Edges {
    this.#up ??= joinEdges(this.#structure.parents, this.#normalizedEdges())
    return this.#up
  }

  #neighbours(id: string, edges: Edges): readonly string[] {
    const slot = this.#structure.slots.get(id)
    if (slot === undefined) return []
    return edges[slot]!.map((neighbour) => this.#structure.ids[neighbour]!)
  }

  #reach(from: Iterable<string>, edges: Edges): ReadonlySet<string> {
    const { slots, ids } = this.#structure
    const starts: number[] = []
    for (const id of from) if (slots.has(id)) starts.push(slots.get(id)!)
    const reached = reachedFrom(starts, edges)
    const found = new Set<string>()
    for (let slot = 0; slot < reached.length; slot++) if (reached[slot] === 1) found.add(ids[slot]!)
    return found
  }
}
