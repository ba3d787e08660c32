import type { BrokenEnvironment, Environment } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { loadEnvironments } from '../environment/index.js'
import { findCandidatesInSnapshot } from '../find/in-snapshot.js'
import type { Entry, Snapshot } from '../snapshot/snapshot.js'
import { sameEnvironment } from './match-environments.js'
import { isMigration } from './tree-changes.js'

/** One commit with the environments that a push may have to do with. */
export interface Place {
  readonly snapshot: Snapshot
  readonly environments: readonly Environment[]
  readonly broken: readonly BrokenEnvironment[]
}

/**
 * The environments of several commits that changed paths may concern: of each, those whose configuration lies in a folder
 * above such a path, so that a push in one app does not read the configurations of all. Where that leaves a script without
 * an environment (its configuration lies elsewhere) or one of the first commit without its like in another, or where onehead.json
 * itself is changed or says where to look, all are loaded.
 *
 * @param changed workspace-relative; null: anything may have changed
 */
export async function concernedEnvironments(
  snapshots: readonly (Snapshot | null)[],
  configuration: Configuration,
  changed: readonly string[] | null,
): Promise<readonly (Place | null)[]> {
  const load = (narrow: ReadonlySet<string> | null) =>
    Promise.all(snapshots.map((snapshot) => snapshot && placeAt(snapshot, configuration, narrow)))
  if (changed === null || configuration.environments.include !== null || changed.some(isOurs)) return load(null)
  const near = await load(foldersAbove(changed))
  const owned = (path: string) => near.some((place) => place?.environments.some((one) => holds(one, path)))
  return changed.every((path) => !isMigration(path) || owned(path)) && areAllKnown(near) ? near : load(null)
}

/** An app that the remote's branch has moved already lies in the target where no changed path leads to. */
function areAllKnown([merged, ...others]: readonly (Place | null)[]): boolean {
  return others.every((place) =>
    merged!.environments.every((one) => place === null || sameEnvironment(one, place.environments) !== null),
  )
}

/** onehead.json and its baseline concern every environment. */
function isOurs(path: string): boolean {
  return /(?:^|\/)onehead[^/]*\.json$/.test(path)
}

function holds({ path, versionLocations }: Environment, file: string): boolean {
  return [path, ...versionLocations].some((folder) => folder === '' || file.startsWith(`${folder}/`))
}

/** The folders of these paths, up to the root, which is `''`. */
function foldersAbove(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set([''])
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at))
  }
  return folders
}

async function placeAt(
  snapshot: Snapshot,
  configuration: Configuration,
  narrow: ReadonlySet<string> | null,
): Promise<Place> {
  const where = narrow === null ? snapshot : narrowed(snapshot, narrow)
  const candidates = await findCandidatesInSnapshot(where, configuration)
  // Somebody may name a file that this commit does not have (yet).
  const there = candidates.map(({ config }) => ({ config }))
  const { environments, broken } = await loadEnvironments(snapshot, there, configuration, { root: null })
  return { snapshot, environments, broken }
}

/** The same tree with no other folders in it than these; for looking around, not for reading. */
function narrowed(snapshot: Snapshot, folders: ReadonlySet<string>): Snapshot {
  return {
    ...snapshot,
    list: async (directory) => {
      const entries = await snapshot.list(directory)
      return entries === null
        ? null
        : entries.filter(({ path, mode }: Entry) => mode !== 'directory' || folders.has(path))
    },
  }
}
