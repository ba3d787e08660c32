import { emptyReading, type Script } from '@onehead/core'
import { build } from '../cache/build.js'
import { cacheDirectory, openStore, type Store } from '../cache/store.js'
import type { GitDirectories } from '../git/directories.js'
import { treeIdOf } from '../snapshot/commit.js'
import type { Side } from './judge-environment.js'
import type { KnownHistory, OutlinedScript, ScriptCache } from './script-cache.js'

/**
 * What a gate keeps of published scripts from one push to the next, by the tree that they lie in: their identifiers. A push
 * in a history of 500 scripts then reads the new ones only.
 */
export class Outlines {
  readonly #store: Store | null
  /** What is kept already. */
  readonly #present = new Set<string>()
  #build: string | null = null
  #kept = false

  constructor(directories: GitDirectories | null) {
    this.#store = directories === null ? null : openStore(cacheDirectory(directories.common))
  }

  /** Hands what is kept of a side's scripts to the cache; nothing where nothing is. */
  async load(side: Side, cache: ScriptCache): Promise<void> {
    for (const location of side.environment.versionLocations) {
      const key = await this.#keyOf(side, location)
      const kept = key === null ? undefined : this.#store?.get(key)
      if (key === null || !Array.isArray(kept)) continue
      this.#present.add(key)
      cache.outline((kept as Kept[]).map((one) => outlineOf(location, one)))
    }
  }

  /** Keeps what was read of a side, where all of it is certain. */
  async keep(side: Side, { history, blobs }: KnownHistory): Promise<void> {
    if (history.unreadable.length > 0 || side.environment.recursive) return
    for (const location of side.environment.versionLocations) {
      const key = await this.#keyOf(side, location)
      if (key === null || this.#present.has(key)) continue
      this.#present.add(key)
      const own = history.scripts.filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === location)
      const kept = own.map((script) => keptOf(script, blobs.get(script.path) ?? null))
      if (kept.some((one) => one === null)) continue
      this.#store?.put(key, kept)
      this.#kept = true
    }
  }

  finish(): void {
    if (this.#kept) this.#store?.sweep()
  }

  async #keyOf({ snapshot, environment }: Side, location: string): Promise<string | null> {
    if (this.#store === null || environment.recursive || environment.sourceless) return null
    const tree = await treeIdOf(snapshot, location)
    if (tree === null) return null
    this.#build ??= build()
    return JSON.stringify(['outlines', this.#build, location, tree])
  }
}

/** Name, blob, id, parents, dependencies, labels. */
type Kept = readonly [string, string, string, readonly string[], readonly string[], readonly string[]]

function keptOf(script: Script, blob: string | null): Kept | null {
  const { path, revision, downRevisions, dependsOn, branchLabels, unknown } = script
  if (blob === null || unknown.length > 0) return null
  return [path.slice(path.lastIndexOf('/') + 1), blob, revision, downRevisions, dependsOn, branchLabels]
}

const NOWHERE = { start: 0, end: 0 }

function outlineOf(location: string, kept: Kept): OutlinedScript {
  const [name, blob, revision, downRevisions, dependsOn, branchLabels] = kept
  const nowhere = (ids: readonly string[]) => ids.map(() => NOWHERE)
  const script: Script = {
    path: location === '' ? name : `${location}/${name}`,
    revision,
    downRevisions,
    dependsOn,
    branchLabels,
    spans: {
      revision: NOWHERE,
      downRevision: NOWHERE,
      downRevisions: nowhere(downRevisions),
      dependsOn: nowhere(dependsOn),
      branchLabels: nowhere(branchLabels),
    },
    unknown: [],
    longdoc: '',
    message: '',
    reading: emptyReading,
  }
  return { blob, script }
}
