import {
  type BrokenEnvironment,
  type Environment,
  type History,
  type JudgeOptions,
  judgeHistory,
  type Moment,
} from '@onehead/core'
import { type Configuration, loadConfiguration } from '../configuration/index.js'
import { loadEnvironments } from '../environment/index.js'
import { UsageError } from '../errors.js'
import { findCandidatesInSnapshot } from '../find/in-snapshot.js'
import { listScripts } from '../history/list-scripts.js'
import { loadHistory } from '../history/load-history.js'
import { treeIdOf } from '../snapshot/commit.js'
import { createLinkResolver, type LinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { levelsOf } from '../use-cases/rule-levels.js'
import { type SourceReader, sourceReader } from '../use-cases/sources.js'

/** One of two snapshots that are compared: its environments, and its histories one by one. */
export interface Side {
  readonly snapshot: Snapshot
  readonly links: LinkResolver
  readonly sources: SourceReader
  readonly configuration: Configuration
  readonly environments: readonly Environment[]
  readonly broken: readonly BrokenEnvironment[]
}

/**
 * Finds the environments of a snapshot by its own settings. Throws `UsageError` where they are broken.
 *
 * @param lenient settings to take where its own are broken
 */
export async function openSide(snapshot: Snapshot, lenient: Configuration | null = null): Promise<Side> {
  const links = createLinkResolver(snapshot, null)
  const configuration = await loadConfiguration(snapshot).catch((error: unknown) => {
    if (lenient === null || !(error instanceof UsageError)) throw error
    return lenient
  })
  const candidates = await findCandidatesInSnapshot(snapshot, configuration)
  const { environments, broken } = await loadEnvironments(snapshot, candidates, configuration, { root: null, links })
  return { snapshot, links, sources: sourceReader(snapshot), configuration, environments, broken }
}

export function keyOf({ config, section }: { readonly config: string; readonly section: string }): string {
  return `${config}#${section}`
}

export async function loadOf(side: Side, environment: Environment): Promise<History> {
  const listing = await listScripts(side.snapshot, side.links, environment)
  const { history } = await loadHistory(side.snapshot, environment, listing, { parse: () => false, full: false })
  return history
}

/**
 * What the graph rules say.
 *
 * @param isPublished decides how heads are joined; by default nobody can tell
 */
export async function momentOf(
  side: Side,
  history: History,
  isPublished: (revision: string) => boolean | null = () => null,
): Promise<Moment> {
  const options: JudgeOptions = {
    levels: levelsOf(side),
    isPublished: (_, revision) => isPublished(revision),
    baseline: new Set(),
    scripts: 'none',
    source: side.sources.bytes,
    operations: side.sources.operations,
  }
  const { diagnostics } = await side.sources.complete(() => judgeHistory(history, options))
  return { history, diagnostics }
}

/** True where the two sides cannot differ in this environment: same settings, same trees. */
export async function isSame(before: Side, a: Environment, now: Side, b: Environment): Promise<boolean> {
  if (JSON.stringify(a) !== JSON.stringify(b)) return false
  for (const location of a.versionLocations) {
    const [old, current] = await Promise.all([treeIdOf(before.snapshot, location), treeIdOf(now.snapshot, location)])
    if (old === null || old !== current) return false
  }
  return true
}
