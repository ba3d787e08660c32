import { Raised, revisionError } from './errors.js'
import type { Revision } from './revision.js'
import type { Structure } from './structure.js'

/**
 * Alembic's `_walk`, one revision at a time.
 *
 * @param start a slot, or null for base
 * @returns a slot; `'base'` one step below the last revision; null past that
 * @throws Raised where a step has several ways to go
 */
export function stepDown(
  structure: Structure<Revision>,
  start: number | null,
  steps: number,
  heads: readonly string[],
): number | 'base' | null {
  const { slots, revisions, ids } = structure
  let at: number | 'base' | null = start
  for (let i = 0; i < Math.min(steps, ids.length + 2); i++) {
    if (at === 'base') return null
    const next: readonly string[] = at === null ? heads : downOf(structure, at, revisions)
    if (next.length > 1) throw new Raised(revisionError([...next], 'Ambiguous walk'), next)
    at = next.length === 0 ? 'base' : slots.get(next[0]!)!
  }
  return at ?? 'base'
}

/** As declared: a parent named twice is two ways. */
function downOf(structure: Structure<Revision>, vertex: number, revisions: readonly Revision[]): readonly string[] {
  const { loaded, overridden } = structure
  const revision = revisions[vertex] ?? loaded[overridden[vertex - revisions.length]!]!
  return revision.downRevisions
}

/**
 * The same upwards; `filter` keeps the children on the branch that was asked for.
 *
 * @returns a slot, or null past the end
 */
export function stepUp(
  { slots, ids, children }: Structure<Revision>,
  start: number | null,
  steps: number,
  bases: readonly string[],
  filter: (ids: readonly string[]) => readonly string[],
): number | null {
  let at = start
  for (let i = 0; i < Math.min(steps, ids.length + 2); i++) {
    const next = filter(at === null ? bases : (children[at] ?? []).map((slot) => ids[slot]!))
    if (next.length === 0) return null
    if (next.length > 1) throw new Raised(revisionError([...next], 'Ambiguous walk'), next)
    at = slots.get(next[0]!)!
  }
  return at
}
