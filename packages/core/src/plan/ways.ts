import type { History } from '../history/history.js'
import { parentsFirst } from '../notice/noticed.js'
import { findRoute } from './database-route.js'
import { topsOf } from './lines.js'
import type { DatabaseWay } from './plan.js'

/** What both sides touch: decides whether the data of what moved can be kept. */
export type Grade = 'disjoint' | 'same-table' | 'overlap' | 'opaque'

/**
 * How a database that stands at one of `moved` gets what it would skip: Alembic takes everything below the version it finds
 * for run (alembic.md §4.6). One way for each revision whose ancestors have become more; parents first.
 *
 * @param moved ids whose lines were put somewhere else; the same in both histories
 */
export function findWays(before: History, after: History, moved: ReadonlySet<string>, grade: Grade): DatabaseWay[] {
  const last = new Set(topsOf(before, moved))
  const scripts = before.map.revisions.filter(({ revision }) => moved.has(revision) && after.map.has(revision))
  return parentsFirst(before, scripts).flatMap(({ revision }) => {
    const route = findRoute(before.map, after.map, [revision])
    if (route === null || route.skipped.length === 0) return []
    return [
      {
        at: revision,
        isLast: last.has(revision),
        skipped: route.skipped,
        catchUp: route.catchUp,
        stepBackBefore: route.stepBackBefore ?? [],
        stepBackAfter: route.stepBackAfter ?? [],
        advised: keepsData(grade) && route.catchUp !== null ? ('catch-up' as const) : ('step-back' as const),
        because: grade,
      },
    ]
  })
}

/** Whether what moved may stay in a database while the other side runs beside it. */
export function keepsData(grade: Grade): boolean {
  return grade === 'disjoint' || grade === 'same-table'
}
