import type { History } from '../history/history.js'
import type { Diagnostic } from '../rules/rule.js'
import { trueHeads } from '../rules/support/lineage.js'
import type { Script } from '../script/script.js'
import { downgradeCommand, upgradeCommand } from './commands.js'
import type { HistoryChange, NoticedRevision } from './notice.js'
import { noticed, parentsFirst } from './noticed.js'
import { findReparented } from './reparented.js'

/** One environment at one moment, with what its graph rules say (no script rules). */
export interface Moment {
  readonly history: History
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * What became of one environment. Null where nothing is worth a word: the same revisions, parents and heads, and no new
 * error. A revision counts by its id: a renamed or reformatted file is the same revision.
 *
 * @param before null where the environment was not there; not both are null
 */
export function compareHistories(before: Moment | null, after: Moment | null): HistoryChange | null {
  const moment = after ?? before
  if (moment === null) throw new TypeError('two histories that are not there cannot be compared')
  const { history } = moment
  const cameIn = after === null ? [] : missingIn(after.history, before?.history ?? null)
  const left = before === null ? [] : missingIn(before.history, after?.history ?? null)
  const reparented = before === null || after === null ? [] : findReparented(before.history, after.history)
  const { split, newErrors } = newlyWrong(before, after)
  const heads = after && headsOf(after.history)
  const headsBefore = before && headsOf(before.history)
  const downTo = before === null || left.length === 0 ? null : placeToGoDownTo(before.history, left)
  const isQuiet =
    cameIn.length + left.length + reparented.length + newErrors.length === 0 && sameIds(heads, headsBefore)
  if (isQuiet && before !== null && after !== null) return null
  return {
    environment: history.environment,
    kind: before === null ? 'appeared' : after === null ? 'disappeared' : 'changed',
    size: history.map.size,
    cameIn: cameIn.map(noticed),
    left: left.map(noticed),
    leftHeads: before === null ? [] : headsAmong(before.history, left),
    downTo,
    goDown: downTo === null ? null : downgradeCommand(history.environment, downTo),
    upgrade: upgradeCommand(history.environment, (heads?.length ?? 1) > 1 ? 'heads' : 'head'),
    reparented,
    headsBefore,
    heads,
    split,
    newErrors,
  }
}

/** The scripts of `history` whose ids `other` does not have, parents first. A file that only became unreadable is not gone. */
function missingIn(history: History, other: History | null): Script[] {
  const unreadable = new Set(other?.unreadable.map(({ path }) => path))
  const missing = history.map.revisions.filter(
    ({ revision, path }) => !(other?.map.has(revision) ?? false) && !unreadable.has(path),
  )
  return parentsFirst(history, missing)
}

function headsOf(history: History): readonly NoticedRevision[] | null {
  if (history.error !== null || history.uncertain || history.map.cycles.length > 0) return null
  return trueHeads(history).flatMap((id) => {
    const script = history.map.get(id)
    return script === undefined ? [] : [noticed(script)]
  })
}

function headsAmong(history: History, scripts: readonly Script[]): string[] {
  return scripts.filter(({ revision }) => history.map.isHead(revision)).map(({ revision }) => revision)
}

/**
 * Where a database that ran `left` has to go down to: the one revision that stays and that all of them descend from
 * directly, or the lowest of several where the others descend from it.
 */
function placeToGoDownTo({ map }: History, left: readonly Script[]): string | null {
  const leaving = new Set(left.map(({ revision }) => revision))
  const places = new Set<string>()
  let fromBase = false
  for (const { revision, downRevisions } of left) {
    if (downRevisions.length === 0) fromBase = true
    for (const parent of map.parents(revision)) if (!leaving.has(parent)) places.add(parent)
  }
  if (fromBase) return places.size === 0 ? 'base' : null
  for (const place of places) {
    const above = map.descendants([place], { dependencies: false })
    if ([...places].every((other) => above.has(other))) return place
  }
  return null
}

function newlyWrong(before: Moment | null, after: Moment | null): Pick<HistoryChange, 'split' | 'newErrors'> {
  const known = new Set(before?.diagnostics.map(({ fingerprint }) => fingerprint))
  const diagnostics = after?.diagnostics ?? []
  const split = diagnostics.find(({ rule }) => rule === 'multiple-heads') ?? null
  const newErrors = diagnostics.filter(
    ({ rule, severity, fingerprint }) => severity === 'error' && rule !== 'multiple-heads' && !known.has(fingerprint),
  )
  return { split, newErrors }
}

function sameIds(a: readonly NoticedRevision[] | null, b: readonly NoticedRevision[] | null): boolean {
  if (a === null || b === null) return a === b
  const ids = new Set(a.map(({ revision }) => revision))
  return a.length === b.length && b.every(({ revision }) => ids.has(revision))
}
