import type { Environment } from '@onehead/core'
import { listScripts, type ScriptListing } from '../history/list-scripts.js'
import { type LoadedHistory, loadHistory } from '../history/load-history.js'
import type { OpenWorkspace } from './open-workspace.js'

/**
 * Up to this many scripts go through the Python parser in one run without being asked: about a tenth of a second for a
 * few hundred. Beyond it only new, changed and suspicious ones do, and the report says so.
 */
export const PARSED_WITHOUT_ASKING = 500

export interface ReadOptions {
  /** Everything through the Python parser. */
  readonly full: boolean
}

/** Loads the histories of a workspace one by one, so that only one is in memory at a time. */
export async function* readHistories(workspace: OpenWorkspace, options: ReadOptions): AsyncGenerator<LoadedHistory> {
  const listings: { environment: Environment; listing: ScriptListing }[] = []
  let scripts = 0
  for (const environment of workspace.environments) {
    const listing = await listScripts(workspace.snapshot, workspace.links, environment)
    listings.push({ environment, listing })
    scripts += listing.files.length
  }
  const parseAll = options.full || scripts <= PARSED_WITHOUT_ASKING
  for (const { environment, listing } of listings) {
    yield await loadHistory(workspace.snapshot, environment, listing, { parse: () => parseAll, full: options.full })
  }
}
