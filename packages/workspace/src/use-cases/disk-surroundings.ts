import type { History } from '@onehead/core'
import type { Changes } from '../git/changes.js'
import type { Surroundings } from './judge-workspace.js'

/** What git says of the working tree, as plain data. */
export interface DiskFacts {
  /** Since what is published; null outside git; `unknown`: nobody may say (a pure function of files). */
  readonly changes: Changes | null | 'unknown'
  /** Ids that the target has in scripts which are changed, moved or gone here. */
  readonly publishedIds: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

export function diskSurroundings(facts: DiskFacts): Pick<Surroundings, 'changed' | 'isPublished'> {
  const changed = facts.changes === null || facts.changes === 'unknown' ? NONE : facts.changes.changed
  return { changed: async () => changed, isPublished: (history) => publication(history, facts) }
}

/**
 * Which revisions are published: all but those in files that are new since the target. Without a target everything committed
 * is; outside git everything, so that an old history meets its reader folded.
 */
function publication(history: History, { changes, publishedIds }: DiskFacts): (revision: string) => boolean | null {
  if (changes === 'unknown') return () => null
  if (changes === null || changes.added.size === 0) return () => true
  const added = new Set<string>()
  const known = new Set(publishedIds)
  for (const { path, revision } of history.scripts) (changes.added.has(path) ? added : known).add(revision)
  return (revision) => known.has(revision) || !added.has(revision)
}
