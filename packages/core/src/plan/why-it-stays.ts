import type { History } from '../history/history.js'
import type { PlanContext } from './context.js'
import { type Line, scriptsOf } from './lines.js'
import type { Reason } from './plan.js'

/**
 * The fact that keeps a line where it is; null where it may be moved. The strongest comes first: what is published, then
 * what others build on, then what a database has run.
 */
export function whyItStays({ own }: Line, history: History, { standing }: PlanContext): Reason | null {
  const scripts = scriptsOf(history, own)
  for (const { revision } of scripts) {
    const where = standing.publishedIn(revision)
    if (where !== null) {
      return standing.target === null ? { kind: 'no-target', revision } : { kind: 'published', revision, where }
    }
  }
  for (const { revision } of scripts) {
    const shared = standing.sharedOn(revision)
    if (shared !== null) return { kind: 'shared', revision, ...shared }
  }
  for (const { revision } of scripts) {
    const database = standing.stampedIn(revision)
    if (database !== null) return { kind: 'stamped', revision, database }
  }
  const labelled = scripts.find(({ branchLabels }) => branchLabels.length > 0)
  return labelled === undefined
    ? null
    : { kind: 'labelled', revision: labelled.revision, labels: labelled.branchLabels }
}
