import type { History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import { trueHeads } from '../rules/support/lineage.js'
import type { Script } from '../script/script.js'
import type { PlanContext } from './context.js'
import type { Draft } from './draft.js'
import { parentEdits } from './parents.js'
import type { DatabaseWay, Reason, Repair } from './plan.js'

export interface Dropped {
  readonly dropped: Repair['dropped']
  readonly reasons: readonly Reason[]
  readonly ways: readonly DatabaseWay[]
}

/**
 * Takes out merge revisions that nobody has yet and that join only what the other side has joined already: two people
 * merged the same heads. What was built on such a merge stands on what that has joined then, a line like any other. Edits `draft`.
 */
export function dropRacingMerges(draft: Draft, context: PlanContext): Dropped {
  const dropped: { revision: string; path: string; by: string }[] = []
  const reasons: Reason[] = []
  const ways: DatabaseWay[] = []
  // What stands on a dropped one joins as much as that did, and is not a merge revision for that.
  const merges = draft.history.map.revisions
    .filter(({ downRevisions }) => downRevisions.length > 1)
    .map(({ revision }) => revision)
  for (;;) {
    const race = findRace(draft.history, merges, context)
    if (race === null) return { dropped, reasons, ways }
    const { merge, by } = race
    const { revision, path, downRevisions } = merge
    ways.push(wayOf(draft, merge, by, context))
    const children = draft.history.map.children(revision).flatMap((id) => draft.history.map.get(id) ?? [])
    draft.edit(
      children.flatMap((child) => {
        const parents = child.downRevisions.flatMap((id) => (id === revision ? downRevisions : [id]))
        return parentEdits(draft, child, [...new Set(parents)])
      }),
    )
    draft.remove(path)
    dropped.push({ revision, path, by })
    reasons.push({ kind: 'already-joined', revision, parents: downRevisions, by })
  }
}

interface Race {
  readonly merge: Script
  /** The revision there that joins the same parents. */
  readonly by: string
}

function findRace(history: History, merges: readonly string[], context: PlanContext): Race | null {
  const heads = trueHeads(history)
  if (heads.length < 2) return null
  for (const merge of merges.flatMap((id) => history.map.get(id) ?? [])) {
    const { revision, downRevisions } = merge
    if (!isMine(merge, history, context)) continue
    for (const head of heads) {
      const there = history.map.ancestors([head], { dependencies: false })
      if (there.has(revision) || !downRevisions.every((id) => there.has(id)) || downRevisions.includes(head)) continue
      const by = [...there].find((id) => joins(history, id, downRevisions))
      if (by !== undefined) return { merge, by }
    }
  }
  return null
}

/** Only what nobody has and what does nothing can be taken out; two of mine are settled by the younger one giving way. */
function isMine(merge: Script, { map }: History, { standing, operationsOf, source }: PlanContext): boolean {
  const { revision } = merge
  if (standing.publishedIn(revision) !== null || standing.sharedOn(revision) !== null) return false
  if (standing.stampedIn(revision) !== null || merge.branchLabels.length > 0) return false
  const isNamed = map.revisions.some(({ dependsOn }) => dependsOn.includes(revision))
  return !isNamed && doesNothing(operationsOf(source(merge.path)))
}

function doesNothing(operations: ScriptOperations | null): boolean {
  return operations?.upgrade.isEmpty === true && operations.downgrade.isEmpty
}

function joins({ map }: History, id: string, parents: readonly string[]): boolean {
  const script = map.get(id)
  if (script === undefined || script.downRevisions.length < 2) return false
  const below = map.ancestors([id], { dependencies: false })
  return parents.every((parent) => below.has(parent))
}

/** The dropped id is unknown to Alembic afterwards, so that only `stamp --purge` can leave it. */
function wayOf(
  { history: { map }, source }: Draft,
  { revision, downRevisions }: Script,
  by: string,
  { operationsOf }: PlanContext,
): DatabaseWay {
  const ran = map.ancestors([revision])
  // A merge revision may do something itself, and then it has to run.
  const isEmpty = doesNothing(operationsOf(source(map.get(by)!.path)))
  const due = [...map.ancestors([by])].filter((id) => !ran.has(id) && !(id === by && isEmpty))
  const [first = 'base', ...others] = downRevisions
  const steps =
    due.length === 0
      ? [{ command: 'stamp', revision: by, purge: true } as const]
      : [
          { command: 'stamp', revision: first, purge: true } as const,
          ...others.map((id) => ({ command: 'stamp', revision: id }) as const),
        ]
  const catchUp = [...steps, { command: 'upgrade', revision: 'head' } as const]
  return {
    at: revision,
    isLast: true,
    skipped: [],
    catchUp,
    stepBackBefore: [{ command: 'downgrade', revision: first }],
    stepBackAfter: [],
    advised: 'catch-up',
    because: 'disjoint',
  }
}
