import { sortHistory } from '../revision/history-order.js'
import type { Revision } from '../revision/revision.js'
import type { RevisionMap } from '../revision/revision-map.js'

/**
 * What `alembic upgrade` would run on a database that has run `applied`, in its order; null where Alembic does not load the
 * or walk the history, or where ids declared twice and cycles leave the order to chance.
 *
 * @param applied closed downwards: what a revision in it needs is in it too
 * @param targets ids to go to; `heads` by default
 */
export function upgradeOrder<R extends Revision>(
  map: RevisionMap<R>,
  applied: ReadonlySet<string>,
  targets: readonly string[] = map.resolvedHeads,
): readonly string[] | null {
  if (map.cycles.length > 0 || map.duplicates.size > 0 || 'error' in map.history()) return null
  const ids = map.revisions.map(({ revision }) => revision)
  const slots = new Map(ids.map((id, slot) => [id, slot]))
  const needed = map.ancestors(targets)
  const isDue = (id: string) => needed.has(id) && !applied.has(id)
  const edges = ids.map((id) =>
    isDue(id)
      ? [...new Set([...map.parents(id), ...map.normalizedDependencies(id)])].filter(isDue).map((up) => slots.get(up)!)
      : [],
  )
  const todo = Uint8Array.from(ids, (id) => (isDue(id) ? 1 : 0))
  const heads = targets.filter(isDue).map((id) => slots.get(id)!)
  const newestFirst = sortHistory(
    todo,
    [...new Set(heads)].sort((a, b) => a - b),
    edges,
  )
  return newestFirst.map((slot) => ids[slot]!).reverse()
}
