import type { History } from '../../history/history.js'
import type { Script } from '../../script/script.js'
import { baseName } from './words.js'

/** All ids that `start` descends from by `down_revision`, itself included. */
export function ancestry(history: History, start: string): ReadonlySet<string> {
  return history.map.ancestors([start], { dependencies: false })
}

/** True when `id` is `start` or among what it descends from. */
export function descendsFrom(history: History, start: string, id: string): boolean {
  return ancestry(history, start).has(id)
}

/** How many revisions descend from `start`, itself included. */
export function lineageSize(history: History, start: string): number {
  return history.map.descendants([start], { dependencies: false }).size
}

/**
 * Heads that stay heads once every id is declared once: a duplicate leaves a second, phantom head behind in Alembic.
 */
export function trueHeads(history: History): readonly string[] {
  const { map, scripts } = history
  if (map.duplicates.size === 0) return map.heads
  const parents = new Set<string>()
  for (const script of scripts) for (const parent of script.downRevisions) parents.add(parent)
  return map.heads.filter((head) => !parents.has(head))
}

/**
 * `flask db merge` without ids writes a script without parents: a new base instead of a merge. It gives itself away by
 * its message.
 */
export function isMergeWithoutParents(script: Script): boolean {
  return (
    script.downRevisions.length === 0 &&
    /\bmerg(e|es|ed|ing)\b/i.test(`${script.message} ${baseName(script.path)}`.replaceAll('_', ' '))
  )
}

export const MERGE_WITHOUT_PARENTS =
  '`flask db merge` without revision ids writes such a script: a new base, not a merge'

/** The heads that descend from `start` (itself, when nothing revises it). */
export function lineageHeads(history: History, start: string): string[] {
  const { map } = history
  return [...map.descendants([start], { dependencies: false })].filter((id) => map.isHead(id))
}
