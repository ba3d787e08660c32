import type { Environment } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { findPublished } from '../git/published.js'
import { isTarget } from '../git/target.js'
import { commitSnapshot } from '../snapshot/commit.js'
import type { BranchInHand, PushInHand } from './in-hand.js'
import type { ScriptCache } from './script-cache.js'

/** Which of these ids are published in other places than the target: default branches, branches that are named, release tags. */
export async function publishedElsewhere(
  push: PushInHand,
  configuration: Configuration,
  environment: Environment,
  cache: ScriptCache,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const named = await Promise.all(
    configuration.published.map((branch) => commitSnapshot(push.objects, refOf(push, branch), push.prefix)),
  )
  const places = {
    commits: [...push.defaultCommits, ...named.flatMap((one) => one?.commit ?? [])],
    tags: push.tags,
    releaseTags: configuration.releaseTags,
  }
  return findPublished(ids, places, async (commit) => {
    const snapshot = await commitSnapshot(push.objects, commit, push.prefix)
    if (snapshot === null) return new Set()
    const { history } = await cache.history(snapshot, environment)
    return new Set(history.scripts.map(({ revision }) => revision))
  })
}

/** The pushed branch by name, where it is the remote's default branch and not the target. */
export function publishedRemote(
  { defaultCommits, remoteText }: PushInHand,
  { remote, target, push }: BranchInHand,
): string | null {
  if (remote === null || !defaultCommits.includes(remote.oid)) return null
  return isTarget(target) && target.commit === remote.oid ? null : `${remoteText}/${push.branch}`
}

/** `upstream/main` is a branch of that remote, `main` one of the remote pushed to. */
function refOf({ settings, remote }: PushInHand, branch: string): string {
  const own = [...settings.remotes.keys()].some((name) => branch.startsWith(`${name}/`))
  return `refs/remotes/${own || remote === null ? branch : `${remote}/${branch}`}`
}
