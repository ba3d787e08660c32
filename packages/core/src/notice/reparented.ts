import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { catchUpCommand, downgradeCommand, stepBackCommand } from './commands.js'
import type { Reparented, WayBack } from './notice.js'
import { noticed, parentsFirst } from './noticed.js'

/**
 * Revisions that both histories have, with other parents; parents first. What a database skips that has run one of them:
 * Alembic takes everything below the version it finds for run.
 */
export function findReparented(before: History, after: History): Reparented[] {
  const moved = before.map.revisions.filter(({ revision, downRevisions }) => {
    const now = after.map.get(revision)
    return now !== undefined && !sameSet(now.downRevisions, downRevisions)
  })
  const movedIds = new Set(moved.map(({ revision }) => revision))
  return parentsFirst(before, moved).map((script) => {
    const now = after.map.get(script.revision)!
    const last = lastOfLine(before, script.revision)
    const ran = before.map.ancestors([script.revision])
    const due = after.map.ancestors([script.revision])
    const skipped = after.map.revisions.filter(({ revision }) => due.has(revision) && !ran.has(revision))
    return {
      ...noticed(now),
      from: script.downRevisions,
      to: now.downRevisions,
      skipped: parentsFirst(after, skipped).map(noticed),
      wayBack:
        skipped.length === 0 || last === null ? null : findWayBack({ before, after, script, now, last, movedIds }),
      goDown: goDownFrom(before, script),
    }
  })
}

interface Move {
  readonly before: History
  readonly after: History
  readonly script: Script
  readonly now: Script
  readonly last: string
  readonly movedIds: ReadonlySet<string>
}

/** The head that a line of work ends in; null where it ends in several. */
function lastOfLine({ map }: History, start: string): string | null {
  const heads = [...map.descendants([start], { dependencies: false })].filter((id) => map.isHead(id))
  return heads.length === 1 ? heads[0]! : null
}

/**
 * Only where it is certain: one line moved as a whole, from a parent that still stands below the new one, and what lies
 * between the two is exactly what was skipped.
 */
function findWayBack({ before, after, script, now, last, movedIds }: Move): WayBack | null {
  const [from = 'base', ...otherFrom] = script.downRevisions
  const [to, ...otherTo] = now.downRevisions
  if (to === undefined || otherFrom.length > 0 || otherTo.length > 0) return null
  if (before.map.error !== null || after.map.error !== null || before.uncertain || after.uncertain) return null
  const ran = before.map.ancestors([last])
  const due = after.map.ancestors([last])
  const below = {
    before: before.map.ancestors([from]),
    after: after.map.ancestors([from]),
    to: after.map.ancestors([to]),
  }
  const others = [...movedIds].filter((id) => id !== script.revision && (ran.has(id) || due.has(id)))
  const isSame =
    (from === 'base' || after.map.has(from)) &&
    after.map.has(to) &&
    sameSet(below.before, below.after) &&
    [...below.after].every((id) => below.to.has(id)) &&
    sameSet(without(ran, below.before), without(due, below.to))
  if (!isSame || others.length > 0) return null
  const { environment } = after
  return {
    from,
    to,
    last,
    catchUp: catchUpCommand(environment, { from, to, last }),
    stepBack: stepBackCommand(environment, { from, to }),
  }
}

function goDownFrom({ environment }: History, { downRevisions }: Script): string | null {
  const [parent = 'base', ...others] = downRevisions
  return others.length === 0 ? downgradeCommand(environment, parent) : null
}

function without(all: ReadonlySet<string>, some: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...all].filter((id) => !some.has(id)))
}

function sameSet(a: Iterable<string>, b: Iterable<string>): boolean {
  const left = new Set(a)
  const right = new Set(b)
  return left.size === right.size && [...left].every((id) => right.has(id))
}
