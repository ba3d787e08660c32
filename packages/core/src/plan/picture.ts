import type { History } from '../history/history.js'
import type { GraphRow } from '../rules/rule.js'
import { trueHeads } from '../rules/support/lineage.js'
import { pictureOf, pictureOfHeads } from '../rules/support/picture.js'
import type { Repair } from './plan.js'

/** What a repair does to the shape of a history. */
export interface Reshaping {
  readonly moved: ReadonlySet<string>
  /** Merge revisions that come. */
  readonly merged: Repair['merged']
}

/**
 * The heads of a history and where they part, and the same revisions after the repair; undefined where there was one head, or
 * where nothing of what is drawn has other parents than before.
 */
export function pictureOfRepair(before: History, after: History, change: Reshaping): Repair['picture'] {
  const { moved } = change
  const merged = change.merged.map(({ revision }) => revision)
  const heads = trueHeads(before)
  if (heads.length < 2) return undefined
  const mine = (id: string) => moved.has(id) && heads.includes(id)
  const old = pictureOfHeads(
    before,
    [...heads].sort((a, b) => Number(mine(b)) - Number(mine(a))),
    (id) => (mine(id) ? ['yours'] : []),
  )
  const chosen = new Set([...old.map(({ revision }) => revision).filter((id) => after.map.has(id)), ...merged])
  const tops = [...chosen].filter(
    (id) => ![...chosen].some((other) => other !== id && after.map.ancestors([other], { dependencies: false }).has(id)),
  )
  const young = pictureOf(after, tops, chosen, (id) => (merged.includes(id) ? ['new'] : moved.has(id) ? ['moved'] : []))
  return sameShape(old, young) ? undefined : { before: old, after: young }
}

function sameShape(one: readonly GraphRow[], other: readonly GraphRow[]): boolean {
  const shape = (rows: readonly GraphRow[]) =>
    rows.map(({ revision, parents }) => `${revision} < ${parents.map((parent) => parent.revision).sort()}`).sort()
  return shape(one).join('; ') === shape(other).join('; ')
}
