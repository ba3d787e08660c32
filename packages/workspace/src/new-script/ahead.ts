import { firstLine, type History, type Refusal, refusal, type Script, surplusHeads } from '@onehead/core'
import { sameEnvironment } from '../gate/match-environments.js'
import { loadOf, openSide } from '../notice/side.js'
import type { LandingPlace } from '../repair/landing-place.js'
import { treeToCome } from '../repair/trees.js'

/** What the target brings to a history that is not here. */
export interface Ahead {
  /** As people call it: `origin/main`. */
  readonly target: string
  /** Newest first. */
  readonly revisions: readonly Script[]
  /** The history once the target is merged. */
  readonly history: History
}

/** Null where nothing is missing here, or where nobody knows a target. */
export async function findAhead(landing: LandingPlace | null, here: History): Promise<Ahead | null> {
  const toCome = landing === null ? null : await treeToCome(landing)
  if (landing?.target == null || toCome === null) return null
  const side = await openSide(toCome.snapshot, landing.configuration)
  const there = sameEnvironment(here.environment, side.environments)
  if (there === null) return null
  const history = await loadOf(side, there)
  const missing = history.scripts.filter(({ revision }) => !here.map.has(revision))
  return missing.length === 0
    ? null
    : { target: landing.target.name, revisions: newestFirst(history, missing), history }
}

function newestFirst({ map }: History, scripts: readonly Script[]): readonly Script[] {
  const walk = map.history()
  if ('error' in walk) return scripts
  return walk.order.flatMap((id) => scripts.filter(({ revision }) => revision === id))
}

/** A revision written now would part the history as soon as the two sides meet. */
export function behindTarget({ target, revisions, history }: Ahead): Refusal {
  const named = revisions
    .slice(0, 3)
    .map(({ revision, message }) => `${revision} (${firstLine(message) || 'no message'})`)
  const more = revisions.length > 3 ? ` and ${revisions.length - 3} more` : ''
  const has = revisions.length === 1 ? 'a revision that is' : `${revisions.length} revisions that are`
  const isOne = surplusHeads(history, history.environment.settings.expectedHeads)?.count === 0
  return refusal('behind', `${target} has ${has} not here: ${named.join(', ')}${more}`, {
    help: `bring ${revisions.length === 1 ? 'it' : 'them'} in first, so that the new revision goes on top; with --allow-behind it is written all the same, and the fork is to be repaired later`,
    command: isOne ? `git merge ${target}` : `onehead fix ${history.environment.name}`,
  })
}
