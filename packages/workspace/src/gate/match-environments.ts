import type { Environment } from '@onehead/core'
import { listScripts } from '../history/list-scripts.js'
import { createLinkResolver, type LinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'

/** One commit with its environments. */
export interface Inhabited {
  readonly snapshot: Snapshot
  readonly environments: readonly Environment[]
}

/**
 * The environment of another commit that is the same history: by script directory, else by configuration, else by name (an
 * app that was moved).
 */
export function sameEnvironment(environment: Environment, others: readonly Environment[]): Environment | null {
  const { path, config, section, name } = environment
  return (
    others.find((other) => other.path === path && other.section === section) ??
    others.find((other) => other.path === path) ??
    others.find((other) => other.config === config && other.section === section) ??
    others.find((other) => other.name === name && other.section === section) ??
    others.find((other) => lastOf(other.name) === lastOf(name) && other.section === section) ??
    null
  )
}

/** `services/billing` and `apps/billing` are the same app. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/**
 * Of each environment of a commit the one of another commit that is the same history: as `sameEnvironment` says, else (an app
 * was moved and renamed at once) the one that is gone here and had most of the same scripts.
 */
export async function pairEnvironments(
  here: Inhabited,
  there: Inhabited,
): Promise<ReadonlyMap<Environment, Environment>> {
  const pairs = new Map<Environment, Environment>()
  for (const environment of here.environments) {
    const same = sameEnvironment(environment, there.environments)
    if (same !== null) pairs.set(environment, same)
  }
  const fresh = here.environments.filter((one) => !pairs.has(one))
  const gone = goneFrom(here, there, pairs)
  if (fresh.length === 0 || gone.length === 0) return pairs
  const before = await contentsOfEach(there, gone)
  const now = await contentsOfEach(here, fresh)
  for (const { environment, other } of byLikeness(now, before)) {
    const isTaken = pairs.has(environment) || [...pairs.values()].includes(other)
    if (!isTaken) pairs.set(environment, other)
  }
  return pairs
}

/** Environments of another commit that nothing here continues. */
export function goneFrom(
  here: Inhabited,
  there: Inhabited,
  pairs: ReadonlyMap<Environment, Environment>,
): readonly Environment[] {
  const continued = new Set(pairs.values())
  return there.environments.filter((one) => !continued.has(one) && sameEnvironment(one, here.environments) === null)
}

type Contents = ReadonlyMap<Environment, ReadonlySet<string>>

/** The ids of the scripts' blobs: nothing is read. */
async function contentsOfEach({ snapshot }: Inhabited, environments: readonly Environment[]): Promise<Contents> {
  const links: LinkResolver = createLinkResolver(snapshot, null)
  const contents = new Map<Environment, ReadonlySet<string>>()
  for (const environment of environments) {
    const { files } = await listScripts(snapshot, links, environment)
    contents.set(environment, new Set(files.flatMap((file) => ('contentId' in file ? (file.contentId ?? []) : []))))
  }
  return contents
}

/**
 * Pairs with more than half of the smaller one's scripts in common, those that share most first. Two apps may begin with the
 * same script of one template.
 */
function byLikeness(now: Contents, before: Contents) {
  const likely = []
  for (const [environment, own] of now) {
    for (const [other, theirs] of before) {
      const shared = [...own].filter((content) => theirs.has(content)).length
      if (shared * 2 > Math.min(own.size, theirs.size)) likely.push({ environment, other, shared })
    }
  }
  return likely.sort((a, b) => b.shared - a.shared)
}
