import type { Configuration } from '../configuration/index.js'
import type { Repository } from '../git/repository.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { findCandidates } from './candidates.js'
import { findCandidatesInSnapshot } from './in-snapshot.js'

/** `alembic init` writes both into every script directory. */
const TEMPLATE = 'script.py.mako'
const ENVIRONMENT = 'env.py'

/**
 * Directories that look like script directories, in code-point order: for a workspace where no configuration names one, because a
 * program builds it. What `environments.exclude` leaves out stays out.
 *
 * @param root absolute; null where the snapshot is not on disk
 */
export async function findScriptDirectories(
  root: string | null,
  configuration: Configuration,
  snapshot: Snapshot,
  repository?: Promise<Repository | null>,
): Promise<readonly string[]> {
  const environments = { ...configuration.environments, include: [`**/${TEMPLATE}`] }
  const wanted = { ...configuration, environments }
  const templates =
    root === null
      ? await findCandidatesInSnapshot(snapshot, wanted)
      : await findCandidates(root, wanted, snapshot, repository)
  const found: string[] = []
  for (const { config } of templates) {
    const directory = config.slice(0, Math.max(0, config.length - TEMPLATE.length - 1))
    const entries = (await snapshot.list(directory)) ?? []
    if (entries.some(({ path }) => path.slice(path.lastIndexOf('/') + 1) === ENVIRONMENT)) found.push(directory)
  }
  return found
}
