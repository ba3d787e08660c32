import type { Environment } from '@onehead/core'
import type { GitObjects } from '../git/objects.js'
import { createLinkResolver } from '../snapshot/links.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { listScripts } from './list-scripts.js'

/** The scripts of one environment at one commit. */
export interface ScriptPlace {
  readonly snapshot: Snapshot
  readonly environment: Environment
}

/**
 * Downloads what a partial clone lacks of all these scripts together, before they are read environment by environment. Costs
 * nothing in a whole clone.
 */
export function prepareScripts(objects: GitObjects, places: readonly ScriptPlace[]): Promise<void> {
  return objects.prepare(async () => {
    const oids = new Set<string>()
    for (const { snapshot, environment } of places) {
      const { files } = await listScripts(snapshot, createLinkResolver(snapshot, null), environment)
      for (const file of files) if ('contentId' in file && file.contentId !== null) oids.add(file.contentId)
    }
    return oids
  })
}
