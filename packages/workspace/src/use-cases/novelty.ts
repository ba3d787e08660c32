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

/** What an environment is compared with. */
export interface Base {
  readonly snapshot: Snapshot
  readonly links: LinkResolver
  /** All that it has; asked for only where an environment has nothing under its own paths there. */
  readonly environments: () => Promise<readonly Environment[]>
}

/** Compares the scripts of one environment with a base, also where it lay elsewhere there; only those that differ are read. */
export async function compareWithBase(base: Base, environment: Environment, listing: ScriptListing): Promise<Novelty> {
  const there = await entriesOf(base, environment)
  const isMoved = there.length === 0 && listing.files.length > 0
  const before = isMoved ? await entriesElsewhere(base, listing) : there
  // Below another directory a file is told by its content.
  const keyOf = ({ path, contentId }: Entry) => (isMoved ? contentId : contentId && `${path}\0${contentId}`)
  const known = new Set(before.map(keyOf))
  const changed = new Set<string>()
  const same = new Set<string>()
  for (const file of listing.files) {
    const key = isEntry(file) ? keyOf(file) : null
    if (key !== null && known.has(key)) same.add(key)
    else changed.add(file.path)
  }
  const movedIds = new Set<string>()
  const different = before.filter((entry) => !same.has(keyOf(entry) ?? ''))
  await base.snapshot.readAll(different, ({ path }, content) => {
    if (isFailure(content)) return
    const script = toScript(path, scan(content))
    if ('revision' in script) movedIds.add(script.revision)
  })
  return { changed, movedIds }
}

async function entriesOf({ snapshot, links }: Base, environment: Environment): Promise<readonly Entry[]> {
  return (await listScripts(snapshot, links, environment)).files.filter(isEntry)
}

/** The scripts of the environment that has most of these contents: it was moved. Empty where none has any. */
async function entriesElsewhere(base: Base, { files }: ScriptListing): Promise<readonly Entry[]> {
  const contents = new Set(files.filter(isEntry).map(({ contentId }) => contentId))
  let best: { readonly entries: readonly Entry[]; readonly shared: number } = { entries: [], shared: 0 }
  for (const environment of await base.environments()) {
    const entries = await entriesOf(base, environment)
    const shared = entries.filter(({ contentId }) => contentId !== null && contents.has(contentId)).length
    if (shared > best.shared) best = { entries, shared }
  }
  return best.entries
}

function isEntry(file: object): file is Entry {
  return 'mode' in file
}
