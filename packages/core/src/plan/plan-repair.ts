import type { History } from '../history/history.js'
import { trueHeads } from '../rules/support/lineage.js'
import { surplusHeads } from '../rules/support/surplus.js'
import { list } from '../rules/support/words.js'
import type { PlanContext } from './context.js'
import { type DatabaseRoute, findRoute } from './database-route.js'
import { Draft } from './draft.js'
import { dropRacingMerges } from './drop-merges.js'
import { joinHeads } from './join-heads.js'
import { mendByRules } from './mend-by-rules.js'
import { mendDuplicates } from './mend-duplicates.js'
import { pictureOfRepair } from './picture.js'
import type { DatabaseWay, FileChange, Refusal, Repair } from './plan.js'
import { refreshNames } from './refresh-names.js'
import { refusal } from './refusal.js'
import { restoreDeleted } from './restore-deleted.js'
import { findWays } from './ways.js'

/** A repair of one environment, and what it makes of its files. Nothing to write where it refuses. */
export interface PlannedRepair {
  readonly repair: Repair
  readonly changes: readonly FileChange[]
  /**
   * What puts a database with these rows right once the changes are written; null where `upgrade head` is enough, `unknown`
   * where a row is no revision of this history, or one of several scripts had it.
   */
  readonly routeFrom: (rows: readonly string[]) => DatabaseRoute | null | 'unknown'
}

/**
 * Plans how one history comes back to the heads it should have: first what makes it unreadable for Alembic (a deleted
 * published script, ids declared twice, slips in a parent's name), then merges that race, then the heads, then stale
 * docstrings of what is not published. The result is proven on the bytes that will be written. Pure; never throws for what
 * is wrong with a history.
 */
export function planRepair(context: PlanContext): PlannedRepair {
  const { history, mends } = context
  const blockers = unreadable(history)
  if (blockers.length > 0) return refuse(history, blockers)
  const draft = new Draft(context)
  const restored = mends ? restoreDeleted(draft, context) : { mended: [], refusals: [] }
  const unique = mends ? mendDuplicates(draft, context) : { renamed: [], mended: [], refusals: [] }
  const slips = mends ? mendByRules(draft, context, ['missing-down-revision', 'label-as-down-revision']) : []
  const early = [...restored.refusals, ...unique.refusals]
  if (early.length > 0) return refuse(history, early)
  const wrong = stillWrong(draft.history)
  if (wrong.length > 0) return refuse(history, wrong)
  const shape = draft.history
  const dropped = context.want === 'merge' ? { dropped: [], reasons: [], ways: [] } : dropRacingMerges(draft, context)
  const before = draft.history
  const joined = joinHeads(draft, context)
  if (joined.decision === 'refuse') return refuse(history, joined.refusals.map(asItIsNow(unique.renamed)))
  const docstrings = mends ? mendByRules(joined.draft, context, ['stale-docstring']) : []
  const names = context.renames === undefined ? [] : refreshNames(joined.draft, joined.moved, context.renames)
  const after = joined.draft.history
  const unproven = proof(after, context)
  if (unproven !== null) return refuse(history, [unproven])
  const mended = [...restored.mended, ...unique.mended, ...slips, ...joined.mended, ...docstrings, ...names]
  const picture = pictureOfRepair(shape, after, joined)
  const repaired = unique.renamed.length + mended.length > 0
  return {
    repair: {
      environment: history.environment,
      decision:
        joined.decision !== 'none'
          ? joined.decision
          : dropped.dropped.length > 0
            ? 'drop-merge'
            : repaired
              ? 'mend'
              : 'none',
      headsBefore: trueHeads(history),
      headsAfter: trueHeads(after),
      reasons: [...dropped.reasons, ...joined.reasons],
      moves: joined.moves,
      renamed: unique.renamed,
      merged: joined.merged,
      dropped: dropped.dropped,
      mended,
      ways: [...dropped.ways, ...formerly(findWays(before, after, joined.moved, joined.grade), unique.renamed)],
      refusals: [],
      notes: joined.notes,
      ...(picture === undefined ? {} : { picture }),
    },
    changes: joined.draft.changes,
    routeFrom(rows) {
      const ambiguous = new Set(unique.renamed.map(({ from }) => from))
      const isKnown = rows.every((row) => shape.map.has(row) && !ambiguous.has(row))
      return isKnown ? findRoute(shape.map, after.map, rows) : 'unknown'
    },
  }
}

/** Nobody can repair what nobody can read. */
function unreadable(history: History): Refusal[] {
  return history.unreadable.map(({ path, cause, detail }) =>
    cause === 'merge-markers'
      ? refusal('conflict-markers', `${path} still has conflict markers`, {
          path,
          help: 'keep both revisions: give each script a file of its own, take the markers out, then run this again',
        })
      : refusal('unreadable-script', `${path}: ${detail}`, {
          path,
          help: cause === 'not-downloaded' ? 'let git download it: run this without --offline' : 'mend this file first',
        }),
  )
}

/** What stops Alembic and has no certain repair. */
function stillWrong({ map, error, environment }: History): Refusal[] {
  const missing = map.missing.filter(({ via }) => via === 'down_revision')
  const refusals = missing.map(({ from, id }) =>
    refusal('missing-parent', `${from.revision} revises ${id}, which no script declares`, {
      path: from.path,
      help: 'see what it may be',
      command: `onehead check ${environment.name}`,
    }),
  )
  if (map.cycles.length > 0) {
    const [{ revisions }] = map.cycles as [(typeof map.cycles)[number]]
    refusals.push(
      refusal('cycle', `${list(revisions)} are each other's ancestors`, {
        help: 'see where the circle can be opened',
        command: `onehead check ${environment.name}`,
      }),
    )
  }
  if (refusals.length > 0 || error === null) return refusals
  return [refusal('alembic-error', error.message, { help: 'see where', command: `onehead check ${environment.name}` })]
}

/** Where nothing is written, nobody knows the ids and files that duplicates would have had. */
function asItIsNow(renamed: Repair['renamed']): (refusal: Refusal) => Refusal {
  const formerly = (text: string) =>
    renamed.reduce((all, { from, to, path, formerPath }) => all.replaceAll(path, formerPath).replaceAll(to, from), text)
  return (refusal) => ({
    ...refusal,
    message: formerly(refusal.message),
    help: refusal.help && formerly(refusal.help),
    path: refusal.path && formerly(refusal.path),
  })
}

/** A database knows a script by the id that it had. */
function formerly(ways: readonly DatabaseWay[], renamed: Repair['renamed']): readonly DatabaseWay[] {
  return ways.map((way) => {
    const before = renamed.find(({ to }) => to === way.at)
    return before === undefined ? way : { ...way, at: before.from, formerPath: before.formerPath }
  })
}

/** Law 5: what the plan leaves is what it promises. */
function proof(after: History, { history, heads }: PlanContext): Refusal | null {
  const surplus = surplusHeads(after, after.environment.settings.expectedHeads)
  if (surplus?.count === 0) return null
  // Whoever names the heads may leave others apart.
  const left = trueHeads(history).length - (heads?.length ?? 0) + 1
  if (heads !== undefined && surplus !== null && trueHeads(after).length === left) return null
  const what = surplus === null ? (after.error?.message ?? 'a history that cannot be read') : list(surplus.heads)
  return refusal('unproven', `the repair would leave ${what}`, { help: 'repair it by hand, and report this history' })
}

/** Nothing is done; with why, or without where there is nothing to do. */
export function refuse(history: History, refusals: readonly Refusal[]): PlannedRepair {
  const heads = trueHeads(history)
  return {
    repair: {
      environment: history.environment,
      decision: 'refuse',
      headsBefore: heads,
      headsAfter: heads,
      reasons: [],
      moves: [],
      renamed: [],
      merged: [],
      dropped: [],
      mended: [],
      ways: [],
      refusals,
      notes: [],
    },
    changes: [],
    // Nothing moves.
    routeFrom: () => null,
  }
}
