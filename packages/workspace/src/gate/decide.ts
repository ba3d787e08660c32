import type { Surplus } from '@onehead/core'

/** What is known when a history would have more heads than it may. */
export interface HeadFacts {
  /** In what will exist (or in the pushed commit). */
  readonly merged: Surplus
  /** Heads too many on the target; 0 where there is none. */
  readonly surplusOnTarget: number
  readonly isHeadOnTarget: (id: string) => boolean
  /** Brought by this push: neither published nor on the remote's branch already. */
  readonly isNew: (id: string) => boolean
  /** `origin/main`; null where no target is known. */
  readonly target: string | null
}

export interface Decision {
  readonly blocks: boolean
  /** Lower case, no full stop. */
  readonly decided: string
}

/** A push is stopped only for a head that it newly brings, and only where it makes things worse than they are. */
export function decideHeads(facts: HeadFacts): Decision {
  const { merged, surplusOnTarget, isHeadOnTarget, isNew, target } = facts
  if (merged.count <= surplusOnTarget) {
    return { blocks: false, decided: `${target} has as many already, and this push adds none` }
  }
  const added = merged.heads.filter((head) => !isHeadOnTarget(head) && isNew(head))
  if (added.length === 0) {
    return { blocks: false, decided: 'none of them is new with this push' }
  }
  const others = merged.heads.filter(isHeadOnTarget)
  const own = `${listed(added)} ${added.length === 1 ? 'is' : 'are'} new with this push`
  if (target === null) return { blocks: true, decided: own }
  return {
    blocks: true,
    decided:
      others.length === 0 ? own : `${own}, and ${listed(others)} ${others.length === 1 ? 'is' : 'are'} on ${target}`,
  }
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 3)
  const more = ids.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
