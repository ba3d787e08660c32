import type { History } from '../history/history.js'
import { parentsFirst } from '../notice/noticed.js'
import { trueHeads } from '../rules/support/lineage.js'
import { topsOf } from './lines.js'
import type { DatabaseStep, DatabaseWay } from './plan.js'

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
    const ran = before.map.ancestors([revision])
    const skipped = after.map.ancestors([revision])
    const missed = after.map.revisions.filter((script) => skipped.has(script.revision) && !ran.has(script.revision))
    if (missed.length === 0) return []
    const places = { from: stoodOn(before, revision, moved), to: standsOn(after, revision, moved) }
    const keepsData = grade === 'disjoint' || grade === 'same-table'
    const catchUp = catchUpSteps(revision, places)
    return [
      {
        at: revision,
        isLast: last.has(revision),
        skipped: parentsFirst(after, missed).map((script) => script.revision),
        catchUp,
        stepBackBefore: places.from.length === 1 ? [step('downgrade', places.from[0]!)] : [],
        stepBackAfter: stepBackSteps(places, trueHeads(after).length > 1 ? revision : 'head'),
        advised: keepsData && catchUp !== null ? ('catch-up' as const) : ('step-back' as const),
        because: grade,
      },
    ]
  })
}

interface Places {
  /** What the line stood on: usually one id, or `base`. */
  readonly from: readonly string[]
  /** What it stands on now. */
  readonly to: readonly string[]
}

/** The highest of what `revision` descends from outside the line. */
function stoodOn(history: History, revision: string, moved: ReadonlySet<string>): readonly string[] {
  const below = [...history.map.ancestors([revision], { dependencies: false })].filter((id) => !moved.has(id))
  return below.length === 0 ? ['base'] : topsOf(history, new Set(below))
}

const standsOn = stoodOn

function catchUpSteps(revision: string, { from, to }: Places): readonly DatabaseStep[] | null {
  if (to.length !== 1) return null
  return [...stampAll(from), step('upgrade', to[0]!), step('stamp', revision)]
}

function stepBackSteps({ from, to }: Places, up: string): readonly DatabaseStep[] {
  if (to.length !== 1) return []
  return [step('downgrade', to[0]!), ...stampAll(from), step('upgrade', up)]
}

/** `stamp` goes along one line: for several rows the table is emptied first. */
function stampAll([first = 'base', ...others]: readonly string[]): readonly DatabaseStep[] {
  if (others.length === 0) return [step('stamp', first)]
  return [{ ...step('stamp', first), purge: true }, ...others.map((id) => step('stamp', id))]
}

function step(command: DatabaseStep['command'], revision: string): DatabaseStep {
  return { command, revision }
}
