import { type DatabaseRoute, findRoute } from '../plan/database-route.js'
import type { Revision, RevisionMap } from '../revision/index.js'
import type { EarlierMove } from './status.js'

/**
 * The way of a database that holds a revision and one below it. Most often a repair has put one on top of the other since: then what lies
 * between them has not run. Null where nobody can tell what of it has.
 *
 * @param moves what repairs have moved here
 */
export function findOverlapRoute<R extends Revision>(
  map: RevisionMap<R>,
  rows: readonly string[],
  moves: readonly EarlierMove[],
): DatabaseRoute | null {
  const known = moves.filter(({ skipped }) => skipped.length > 0)
  const ranBy = (row: string) => {
    const below = map.ancestors([row])
    const passed = new Set(known.filter(({ revision }) => below.has(revision)).flatMap(({ skipped }) => skipped))
    return [...below].filter((id) => !passed.has(id))
  }
  const ran = new Set(rows.flatMap(ranBy))
  const claimed = map.ancestors(rows)
  const isTold = known.some(({ revision }) => claimed.has(revision))
  if (!isTold && findBetween(map, rows).length > 0) return null
  const before = {
    has: (id: string) => map.has(id),
    parents: (id: string) => map.parents(id),
    children: (id: string) => map.children(id),
    dependencies: (id: string) => map.dependencies(id),
    descendants: (ids: Iterable<string>) => map.descendants(ids),
    ancestors: () => ran,
  }
  return findRoute(before, map, rows)
}

/** What lies above one row and below another. */
function findBetween<R extends Revision>(map: RevisionMap<R>, rows: readonly string[]): readonly string[] {
  const held = new Set(rows)
  const above = map.descendants(rows)
  return [...map.ancestors(rows)].filter((id) => !held.has(id) && above.has(id))
}
