import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import type { Standing } from './context.js'
import { topsOf } from './lines.js'
import type { Reason } from './plan.js'

/** The part of a history that a plan may not move. */
export interface FixedGround {
  /** Ids that stay, and all that they descend from. */
  readonly ids: ReadonlySet<string>
  /** The highest of them. */
  readonly tops: readonly string[]
  /** Why each of `tops` stays, in the same order. */
  readonly reasons: readonly Reason[]
}

/** What of these ids stays where it is, by the facts. */
export function findFixedGround(history: History, ids: ReadonlySet<string>, standing: Standing): FixedGround {
  const reasons = new Map<string, Reason>()
  for (const script of history.map.revisions) {
    if (!ids.has(script.revision)) continue
    const reason = whyItStays(script, standing)
    if (reason !== null) reasons.set(script.revision, reason)
  }
  const below = history.map.ancestors(reasons.keys(), { dependencies: false })
  const fixed = new Set([...below].filter((id) => ids.has(id)))
  const tops = topsOf(history, fixed)
  return { ids: fixed, tops, reasons: tops.flatMap((id) => reasons.get(id) ?? []) }
}

/** The strongest fact first: what is published, then what others build on, then what a database has run. */
function whyItStays({ revision, branchLabels }: Script, standing: Standing): Reason | null {
  const where = standing.publishedIn(revision)
  if (where !== null) {
    return standing.target === null ? { kind: 'no-target', revision } : { kind: 'published', revision, where }
  }
  const shared = standing.sharedOn(revision)
  if (shared !== null) return { kind: 'shared', revision, ...shared }
  const database = standing.stampedIn(revision)
  if (database !== null) return { kind: 'stamped', revision, database }
  return branchLabels.length > 0 ? { kind: 'labelled', revision, labels: branchLabels } : null
}
