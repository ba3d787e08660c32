import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment, History } from '@onehead/core'
import { readOperatorSettings, trackingRef } from '../gate/operator.js'
import { readCommit } from '../git/commit-object.js'
import { findPublished } from '../git/published.js'
import { listTags } from '../git/tags.js'
import { findTarget, type TargetFacts } from '../git/target.js'
import { commitSnapshot } from '../snapshot/commit.js'
import type { MomentsInHand } from './hook.js'
import { keyOf, loadOf, openSide, type Side } from './side.js'

/** Tells whether a revision is published; null where nobody can tell. */
export type IsPublished = (revision: string) => boolean | null

/** What is needed to look at the branches and tags of this repository. */
export type PlacesInHand = Pick<MomentsInHand, 'root' | 'prefix' | 'objects' | 'directories'>

const UNKNOWN: IsPublished = () => null

/**
 * The design's word *published*, as far as it is known here without the network: on the branch that this work will land on,
 * on the remote's default branch, on branches that the configuration names, in a release tag. Without a remote branch to
 * compare with nobody can tell. At most two git processes; asked only where heads have to be joined.
 */
export async function publishedHere(
  hand: PlacesInHand,
  now: Side,
  { environment, map }: History,
): Promise<IsPublished> {
  const places = await placesOf(hand, now)
  if (places === null) return UNKNOWN
  const heads = map.heads.map((head) => map.ancestors([head], { dependencies: false }))
  const apart = map.revisions.map(({ revision }) => revision).filter((id) => !heads.every((line) => line.has(id)))
  let isKnownEverywhere = true
  const found = await findPublished(apart, places, async (commit) => {
    const ids = await idsAt(hand, commit, environment)
    if (ids === null) isKnownEverywhere = false
    return ids ?? new Set()
  })
  const unpublished = new Set(apart.filter((id) => !found.has(id)))
  return (id) => (unpublished.has(id) ? (isKnownEverywhere ? false : null) : true)
}

async function placesOf({ root, objects, directories, prefix }: PlacesInHand, { configuration }: Side) {
  const settings = await readOperatorSettings(root)
  const remote = settings.remotes.has('origin') ? 'origin' : ([...settings.remotes.keys()][0] ?? null)
  if (settings.remotes.size > 1 && remote !== 'origin') return null
  const commitOf = async (ref: string | null) => (ref === null ? null : ((await readCommit(objects, ref))?.oid ?? null))
  const standard = remote === null ? null : await commitOf(`refs/remotes/${remote}/HEAD`)
  const facts: TargetFacts = {
    remotes: [...settings.remotes.keys()],
    trackingRef: (name, branch) => trackingRef(settings, name, branch),
    defaultBranch: null,
    initialBranch: settings.initialBranch,
    commitOf,
  }
  const { target, targets } = configuration
  const branch = branchIn(directories.own)
  const found = await findTarget(
    facts,
    { operator: settings.target, target, targets },
    { remote, branch, remoteCommit: null },
  )
  if (found !== null && 'missing' in found) return null
  // Its own word before ours: what the remote calls its default branch, unless somebody has named another target.
  const landing = found !== null && (found.why !== 'only-usual-branch' || standard === null) ? found.commit : standard
  if (landing === null) return null
  const refOf = (name: string) => (remote === null ? `refs/heads/${name}` : trackingRef(settings, remote, name))
  const named = await Promise.all(configuration.published.map((name) => commitOf(refOf(name))))
  const commits = [landing, standard, ...named].filter((commit) => commit !== null)
  return { commits, tags: () => listTags(root), releaseTags: configuration.releaseTags, prefix }
}

/** The branch that is checked out, or that is being rebased; empty where there is none. */
function branchIn(own: string): string {
  for (const file of ['HEAD', 'rebase-merge/head-name', 'rebase-apply/head-name']) {
    try {
      const branch = /^(?:ref: )?refs\/heads\/(.+)$/m.exec(readFileSync(join(own, file), 'utf8'))?.[1]
      if (branch !== undefined) return branch
    } catch {
      // Not in the middle of such a rebase.
    }
  }
  return ''
}

/** Null where the environment is not found at that commit: it may be somewhere else there. */
async function idsAt(
  { objects, prefix }: PlacesInHand,
  commit: string,
  wanted: Environment,
): Promise<ReadonlySet<string> | null> {
  const snapshot = await commitSnapshot(objects, commit, prefix)
  const side = snapshot && (await openSide(snapshot).catch(() => null))
  if (side === null) return null
  const environment =
    side.environments.find((one) => keyOf(one) === keyOf(wanted)) ??
    side.environments.find(({ path }) => path === wanted.path)
  if (environment === undefined) return side.environments.length + side.broken.length === 0 ? new Set() : null
  const { map } = await loadOf(side, environment)
  return new Set(map.revisions.map(({ revision }) => revision))
}
