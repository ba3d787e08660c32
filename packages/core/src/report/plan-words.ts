import type { Move, Reason, Repair } from '../plan/plan.js'
import { count } from './counting.js'

/** Every id that a sentence may name in full; more are counted. */
const MOST_NAMED = 3

/** `8b1f2c7d90aa (add invoice due date)`, where the plan's pictures know its message. */
export function nameRevision({ picture }: Repair, revision: string): string {
  const row = [...(picture?.before ?? []), ...(picture?.after ?? [])].find((one) => one.revision === revision)
  return row === undefined || row.message === '' ? revision : `${revision} (${row.message})`
}

/** What a repair does, a sentence each, the weightiest first: lower case, no full stop, starting with a verb. */
export function sayDeeds(repair: Repair): readonly string[] {
  return [
    ...sayMoves(repair),
    ...repair.merged.map(({ revision, parents }) => `merge ${named(parents, repair)} in ${revision}`),
    ...repair.dropped.map(({ revision }) => `drop the merge revision ${nameRevision(repair, revision)}`),
    ...repair.renamed.map(({ from, to }) => `give the second ${from} the id ${to}`),
    ...repair.mended.map(({ text, rule }) => `${text} (${rule})`),
  ]
}

function sayMoves(repair: Repair): readonly string[] {
  const groups = new Map<string, Move[]>()
  for (const move of repair.moves) {
    const onto = [...move.to].sort().join(' ')
    groups.set(onto, [...(groups.get(onto) ?? []), move])
  }
  return [...groups.values()].map((moves) => {
    const revisions = moves.map(({ revision }) => revision)
    const { to } = moves[0]!
    return `re-parent ${named(revisions, repair)} onto ${to.length === 0 ? 'nothing, as a base' : named(to, repair)}`
  })
}

function named(revisions: readonly string[], repair: Repair): string {
  return sayList(revisions.map((revision) => nameRevision(repair, revision)))
}

/** `a`, `a and b`, `a, b, c and 4 more`. */
function sayList(items: readonly string[]): string {
  const shown = items.length > MOST_NAMED + 1 ? items.slice(0, MOST_NAMED) : items
  const more = items.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** The fact as a clause that can follow "because": lower case, no full stop. */
export function sayReason(reason: Reason): string {
  switch (reason.kind) {
    case 'unpublished':
      return reason.target === null
        ? 'nothing of it is published'
        : `nothing of it is published: ${reason.target} does not have ${sayList(reason.revisions)}`
    case 'published':
      return `${reason.revision} is published in ${reason.where}`
    case 'no-target':
      return `no target branch is known here, so that ${reason.revision}, which is committed, counts as published`
    case 'shared':
      return `${reason.revision} is on ${reason.branch}, where ${reason.author} works too`
    case 'stamped':
      return `the database ${reason.database} has run ${reason.revision}`
    case 'policy':
      return `the policy of this workspace is \`${reason.policy}\``
    case 'several-published':
      return `${sayList(reason.heads)} are all published, on lines of their own`
    case 'already-joined':
      return `${reason.by} joins ${sayList(reason.parents)} already, so that nobody needs ${reason.revision}`
    case 'labelled':
      return `${reason.revision} begins the branch ${sayList(reason.labels.map((label) => `"${label}"`))}, whose name keeps its meaning that way`
    case 'depended-on':
      return `${reason.by} depends on ${reason.revision}, which therefore cannot come after it`
    case 'asked':
      return 'you asked for it'
  }
}

/** `one head: 8b1f2c7d90aa`, `2 heads: a and b`, `no head`. */
export function sayHeads(heads: readonly string[]): string {
  if (heads.length === 0) return 'no head'
  return `${heads.length === 1 ? 'one head' : count(heads.length, 'head')}: ${sayList(heads)}`
}
