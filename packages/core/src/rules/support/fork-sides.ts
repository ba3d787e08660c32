import type { SideScript } from '../../overlap/overlap.js'
import type { RuleContext } from '../rule.js'
import { surplusHeads } from './surplus.js'

/** The two sides of a fork that nothing joins yet, each without what the other has below it; parents first. */
export interface ForkSides {
  readonly mine: readonly SideScript[]
  readonly theirs: readonly SideScript[]
}

/**
 * Every two heads of a history that are too many, what is not published yet as the first of them. Heads that are expected are
 * never joined, so that they are no fork; what one of them depends on has run before it.
 */
export function forkSides(context: RuleContext): readonly ForkSides[] {
  const { history, operations } = context
  const surplus = surplusHeads(history, history.environment.settings.expectedHeads)
  const walk = surplus === null || surplus.count === 0 ? null : history.map.history()
  if (surplus === null || walk === null || 'error' in walk) return []
  const parentsFirst = [...walk.order].reverse()
  const heads = [...surplus.heads].sort((a, b) => published(context, a) - published(context, b))
  const ancestry = heads.map((head) => history.map.ancestors([head]))
  const without = (own: ReadonlySet<string>, other: ReadonlySet<string>) =>
    parentsFirst.filter((revision) => own.has(revision) && !other.has(revision))
  const read = (revisions: readonly string[]): SideScript[] =>
    revisions.flatMap((revision) => {
      const path = history.map.get(revision)?.path
      return path === undefined ? [] : [{ revision, path, operations: operations(path) }]
    })
  return ancestry.flatMap((own, first) =>
    ancestry.slice(first + 1).flatMap((other) => {
      const [mine, theirs] = [without(own, other), without(other, own)]
      return mine.length === 0 || theirs.length === 0 ? [] : [{ mine: read(mine), theirs: read(theirs) }]
    }),
  )
}

/** What somebody can still change stands first. */
function published(context: RuleContext, id: string): number {
  return context.mayBePublished(id) ? 1 : 0
}
