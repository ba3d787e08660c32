import type { BrokenEnvironment, Environment, History } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { loadEnvironments } from '../environment/index.js'
import { findCandidatesInSnapshot } from '../find/in-snapshot.js'
import { listScripts } from '../history/list-scripts.js'
import { loadHistory } from '../history/load-history.js'
import { createLinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'

export interface HistoriesAt {
  /** All that the snapshot has, also those whose history was not wanted. */
  readonly environments: readonly Environment[]
  readonly broken: readonly BrokenEnvironment[]
  /** Those wanted, in the order of `environments`. */
  readonly histories: readonly History[]
}

/**
 * The histories of a snapshot that is not the working tree: a commit, the index, a predicted merge. Scripts go through the
 * scanner, and through the Python parser only where the scanner asks for it. Throws `UsageError` for a configuration
 * that leaves the workspace or names a file that is not there; a snapshot without environments is no error here.
 */
export async function loadHistoriesAt(
  snapshot: Snapshot,
  configuration: Configuration,
  options: { readonly only?: (environment: Environment) => boolean } = {},
): Promise<HistoriesAt> {
  const links = createLinkResolver(snapshot, null)
  const candidates = await findCandidatesInSnapshot(snapshot, configuration)
  const { environments, broken } = await loadEnvironments(snapshot, candidates, configuration, { root: null, links })
  const histories: History[] = []
  for (const environment of environments) {
    if (options.only !== undefined && !options.only(environment)) continue
    const listing = await listScripts(snapshot, links, environment)
    const { history } = await loadHistory(snapshot, environment, listing, { parse: () => false, full: false })
    histories.push(history)
  }
  return { environments, broken, histories }
}
