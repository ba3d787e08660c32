import type { History } from '@onehead/core'
import { findLandingPlace } from '../repair/landing-place.js'
import { findStanding, PublishedPlaces } from '../repair/standing.js'

/** A revision that others have already, and where. */
export interface PublishedRevision {
  readonly revision: string
  readonly where: string
}

/**
 * The published revisions of a history, also those that have no script here any more. Asks nothing of the network. Without a target
 * everything committed counts; outside git nothing does.
 *
 * @param now milliseconds since 1970
 */
export async function findPublishedOf(
  root: string,
  history: History,
  now: number,
): Promise<readonly PublishedRevision[]> {
  const landing = await findLandingPlace({ root, offline: true, now: Math.floor(now / 1000) })
  if (landing === null) return []
  try {
    const places = new PublishedPlaces(landing)
    const { publishedIn } = await findStanding(landing, places, history)
    const commit = landing.target?.commit ?? landing.head
    const there = commit === null ? null : await places.historyAt(commit, history)
    const ids = new Set([...history.scripts, ...(there?.history.scripts ?? [])].map(({ revision }) => revision))
    return [...ids].flatMap((revision) => {
      const where = publishedIn(revision)
      return where === null ? [] : [{ revision, where }]
    })
  } finally {
    landing.objects.close()
  }
}
