import { type Environment, scan, toScript } from '@onehead/core'
import { listScripts, type ScriptListing } from '../history/list-scripts.js'
import type { LinkResolver } from '../snapshot/links.js'
import { type Entry, isFailure, type Snapshot } from '../snapshot/snapshot.js'

/** What an environment has that a base (the target, the last commit) has not. */
export interface Novelty {
  /** Paths whose content the base does not have there. */
  readonly changed: ReadonlySet<string>
  /** Ids that the base has in scripts which are changed, moved or gone here. */
  readonly movedIds: ReadonlySet<string>
}

/** Compares the scripts of one environment with a base; only those that differ are read. */
export async function compareWithBase(
  base: { readonly snapshot: Snapshot; readonly links: LinkResolver },
  environment: Environment,
  listing: ScriptListing,
): Promise<Novelty> {
  const before = (await listScripts(base.snapshot, base.links, environment)).files.filter(isEntry)
  const known = new Map(before.map(({ path, contentId }) => [path, contentId]))
  const changed = new Set<string>()
  const same = new Set<string>()
  for (const file of listing.files) {
    const id = isEntry(file) ? file.contentId : null
    if (id !== null && known.get(file.path) === id) same.add(file.path)
    else changed.add(file.path)
  }
  const movedIds = new Set<string>()
  const different = before.filter(({ path }) => !same.has(path))
  await base.snapshot.readAll(different, ({ path }, content) => {
    if (isFailure(content)) return
    const script = toScript(path, scan(content))
    if ('revision' in script) movedIds.add(script.revision)
  })
  return { changed, movedIds }
}

function isEntry(file: object): file is Entry {
  return 'mode' in file
}
