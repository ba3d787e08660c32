import { type Edges, NONE, reachedFrom } from '../graph/edges.js'
import type { AlembicError } from '../script/script.js'
import { firstConstructionError } from './construction.js'
import { cycleError, keyError, revisionError } from './errors.js'
import { isBase } from './heads.js'
import type { LabelClash } from './labels.js'
import { compareCodePoints } from './python-text.js'
import type { Revision } from './revision.js'
import { resolveEdges, type Structure } from './structure.js'

interface BuildFacts {
  readonly labelClashes: readonly LabelClash<Revision>[]
  /** True when there is any cycle, self-loops and dependencies included. */
  readonly hasCycles: boolean
}

/**
 * What Alembic 1.20 raises when it builds the map, or null, by its own checks in its own order: each revision alone, labels,
 * dependencies, parents, normalization, cycles. Where Alembic walks a set (labels, dependencies), load order is taken.
 */
export function predictBuildError(structure: Structure<Revision>, facts: BuildFacts): AlembicError | null {
  return (
    firstConstructionError(structure.loaded)?.error ??
    labelError(facts.labelClashes) ??
    missingDependency(structure) ??
    missingParent(structure) ??
    brokenWalk(structure) ??
    (mayLookCyclic(structure, facts) ? predictCycleError(structure) : null)
  )
}

/** Without cycles Alembic's test for them passes, except after references that lead nowhere: then it is not worth running. */
function mayLookCyclic(structure: Structure<Revision>, { hasCycles }: BuildFacts): boolean {
  return hasCycles || structure.missing.length > 0 || structure.loaded.some(hasEmptyDependency)
}

function labelError([clash]: readonly LabelClash<Revision>[]): AlembicError | null {
  if (clash === undefined) return null
  const { label, revisions } = clash
  const [earlier, later] = [revisions[0].revision, revisions[1].revision]
  const message = `Branch name '${label}' in revision ${later} already used by revision ${earlier}`
  return revisionError([later, earlier], message)
}

function missingDependency({ missing }: Structure<Revision>): AlembicError | null {
  const first = missing.find(({ via }) => via === 'depends_on')
  return first === undefined ? null : keyError(first.id)
}

/** Alembic looks at what its map holds: ids in their order, then labels, which may hold overridden revisions. */
function missingParent(structure: Structure<Revision>): AlembicError | null {
  const missing = new Map<Revision, string>()
  for (const { from, id, isLabel } of structure.missing) if (!isLabel && !missing.has(from)) missing.set(from, id)
  if (missing.size === 0) return null
  for (const revision of mapValues(structure)) {
    const id = missing.get(revision)
    if (id !== undefined) return keyError(id)
  }
  return null
}

function* mapValues({ revisions, labelOwners, loaded }: Structure<Revision>): Iterable<Revision> {
  yield* revisions
  for (const owner of labelOwners.values()) yield loaded[owner]!
}

/**
 * Alembic's walks follow ids through its map and can still meet one that is not there: a parent that is a label, or a
 * missing parent of an overridden revision. First it walks up from every revision with dependencies (labels are in the map
 * then), later from all heads (without labels).
 */
function brokenWalk(structure: Structure<Revision>): AlembicError | null {
  if (structure.missing.length === 0) return null
  const dependent = structure.loaded.filter((one) => resolveEdges(one, structure).dependencies.length > 0)
  const error = walkUp(dependent, structure, true)
  if (error !== null) return error
  const heads = headsBeforeChecks(structure)
  return heads.length === 0 || !structure.loaded.some(isBase)
    ? cycleError('CycleDetected', structure.ids)
    : walkUp(heads, structure, false)
}

function walkUp(from: readonly Revision[], structure: Structure<Revision>, withLabels: boolean): AlembicError | null {
  const bad = new Map<Revision, string>()
  for (const { from: revision, id, via } of structure.missing) {
    if (via === 'down_revision' && !bad.has(revision)) bad.set(revision, id)
  }
  const seen = new Set<Revision>()
  for (const start of from) {
    const todo = [start]
    while (todo.length > 0) {
      const revision = todo.pop()!
      if (seen.has(revision)) continue
      seen.add(revision)
      const id = bad.get(revision)
      if (id !== undefined) {
        const isLabel = withLabels && structure.labelOwners.has(id)
        return isLabel ? revisionError([], 'Dependency resolution failed; broken map') : keyError(id)
      }
      for (const parent of resolveEdges(revision, structure).parents) todo.push(structure.revisions[parent]!)
    }
  }
  return null
}

/** Heads as objects, which Alembic walks from. */
function headsBeforeChecks(structure: Structure<Revision>): readonly Revision[] {
  const { loaded, slotOf, children } = structure
  const overridden = new Set(structure.overridden)
  const named = namedByLabel(structure)
  return loaded.filter((_, i) => !named.has(i) && (overridden.has(i) || children[slotOf[i]!]!.length === 0))
}

/** Positions of revisions whose *label* is somebody's parent: Alembic takes them off its list of heads. */
function namedByLabel(structure: Structure<Revision>): ReadonlySet<number> {
  const named = new Set<number>()
  if (!structure.missing.some(({ isLabel }) => isLabel)) return named
  const inMap = new Set(mapValues(structure))
  for (const { from, id, isLabel } of structure.missing) {
    if (isLabel && inMap.has(from)) named.add(structure.labelOwners.get(id)!)
  }
  return named
}

/** `depends_on = ''` makes Alembic take a revision for neither a real base nor a dependent one. */
function hasEmptyDependency(revision: Revision): boolean {
  return revision.dependsOn.length === 1 && revision.dependsOn[0] === ''
}

/**
 * Alembic's test for cycles: every id must be reachable from a head and from a base. It names everything that is not,
 * innocent revisions included, and misses cycles between a base and a head.
 */
function predictCycleError(structure: Structure<Revision>): AlembicError | null {
  if (structure.ids.length === 0) return null
  const plain = predictFor(structure, {
    kind: 'CycleDetected',
    up: structure.parents,
    down: structure.children,
    upOf: (revision) => resolveEdges(revision, structure).parents,
    isStart: isBase,
    fromOutside: structure.externalParents,
  })
  if (plain !== null) return plain
  return predictFor(structure, {
    kind: 'DependencyCycleDetected',
    up: structure.allParents,
    down: structure.allChildren,
    upOf: (revision) => resolveEdges(revision, structure).all,
    isStart: (revision) => isBase(revision) && revision.dependsOn.length === 0,
    fromOutside: structure.externalReferences,
  })
}

interface CycleTest {
  readonly kind: 'CycleDetected' | 'DependencyCycleDetected'
  readonly up: Edges
  readonly down: Edges
  readonly upOf: (revision: Revision) => readonly number[]
  readonly isStart: (revision: Revision) => boolean
  /** Slots that a revision of another package leads to: as good as bases. */
  readonly fromOutside: ReadonlySet<number>
}

function predictFor(structure: Structure<Revision>, test: CycleTest): AlembicError | null {
  const { ids, loaded, slotOf, overridden } = structure
  // Overridden revisions are walked from as well, though nothing leads to them: vertices after the slots.
  const up = [...test.up, ...overridden.map((position) => test.upOf(loaded[position]!))]
  const down = [...test.down, ...overridden.map(() => NONE)]
  const vertexOf = new Map(overridden.map((position, i) => [position, ids.length + i]))
  const named = namedByLabel(structure)
  const heads: number[] = []
  const bases: number[] = [...test.fromOutside]
  for (let i = 0; i < loaded.length; i++) {
    const vertex = vertexOf.get(i) ?? slotOf[i]!
    if (!named.has(i) && (vertex >= ids.length || test.down[vertex]!.length === 0)) heads.push(vertex)
    if (test.isStart(loaded[i]!)) bases.push(vertex)
  }
  if (heads.length === 0 || bases.length === 0) return cycleError(test.kind, ids)
  const above = withOverridden(reachedFrom(heads, up), structure)
  const below = withOverridden(reachedFrom(bases, down), structure)
  const left = ids.filter((_, slot) => above[slot] === 0 || below[slot] === 0)
  return left.length === 0 ? null : cycleError(test.kind, left.sort(compareCodePoints))
}

/** Reaching an overridden revision is reaching its id. */
function withOverridden(reached: Uint8Array, { ids, slotOf, overridden }: Structure<Revision>): Uint8Array {
  overridden.forEach((position, i) => {
    if (reached[ids.length + i] === 1) reached[slotOf[position]!] = 1
  })
  return reached
}
