import type { Revision } from './revision.js'
import type { Structure } from './structure.js'

/** Lists as Alembic keeps them: an id that is declared twice can stand in them twice. */
export interface AlembicEnds {
  readonly heads: readonly string[]
  readonly resolvedHeads: readonly string[]
  readonly bases: readonly string[]
  readonly resolvedBases: readonly string[]
}

/**
 * Heads and bases in load order. An overridden revision (its id was declared again
 * later) stays in Alembic's lists for ever: as a head always, as a base if it has no parent.
 */
export function findEnds(structure: Structure<Revision>): AlembicEnds {
  const { loaded, slotOf, children, allChildren } = structure
  const overridden = new Set(structure.overridden)
  const collect = (belongs: (position: number, slot: number) => boolean) => {
    const found: string[] = []
    for (let i = 0; i < loaded.length; i++) if (belongs(i, slotOf[i]!)) found.push(loaded[i]!.revision)
    return found
  }
  return {
    heads: collect((i, slot) => children[slot]!.length === 0 || overridden.has(i)),
    resolvedHeads: collect((i, slot) => allChildren[slot]!.length === 0 || overridden.has(i)),
    bases: collect((i) => isBase(loaded[i]!)),
    resolvedBases: collect((i) => isBase(loaded[i]!) && loaded[i]!.dependsOn.length === 0),
  }
}

export function isBase(revision: Revision): boolean {
  return revision.downRevisions.length === 0
}
