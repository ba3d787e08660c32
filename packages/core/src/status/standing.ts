import type { History } from '../history/history.js'
import { upgradeOrder } from './upgrade-order.js'

/** Where a database stands among the scripts of a tree. */
export type DatabaseStanding =
  | { readonly kind: 'up-to-date' }
  /** Nothing has run yet. `pending` in the order of the upgrade; null where that cannot be told. */
  | { readonly kind: 'empty'; readonly pending: readonly string[] | null }
  | { readonly kind: 'behind'; readonly pending: readonly string[] }
  /** It names revisions that no script of this tree declares. */
  | { readonly kind: 'unknown'; readonly unknown: readonly string[] }
  /** The version table holds a revision and one below it: Alembic refuses every upgrade. */
  | { readonly kind: 'overlapping'; readonly below: string; readonly above: string }
  /** The scripts do not load, or only Python could tell what they say. */
  | { readonly kind: 'untold' }

/**
 * Compares the rows of a version table with a history, as Alembic would: a row stands for its revision and everything below it,
 * dependencies included.
 */
export function findStanding({ map, uncertain, error }: History, rows: readonly string[]): DatabaseStanding {
  const unknown = rows.filter((id) => !map.has(id))
  if (unknown.length > 0) return uncertain || error !== null ? { kind: 'untold' } : { kind: 'unknown', unknown }
  const overlap = findOverlap(rows, (id) => map.ancestors([id]))
  if (overlap !== null) return overlap
  const isTold = !uncertain && error === null
  const pending = isTold ? upgradeOrder(map, map.ancestors(rows)) : null
  if (rows.length === 0) return pending?.length === 0 ? { kind: 'up-to-date' } : { kind: 'empty', pending }
  if (pending === null) return { kind: 'untold' }
  return pending.length === 0 ? { kind: 'up-to-date' } : { kind: 'behind', pending }
}

function findOverlap(rows: readonly string[], ancestors: (id: string) => ReadonlySet<string>): DatabaseStanding | null {
  for (const above of rows) {
    const needed = ancestors(above)
    const below = rows.find((id) => id !== above && needed.has(id))
    if (below !== undefined) return { kind: 'overlapping', below, above }
  }
  return null
}
