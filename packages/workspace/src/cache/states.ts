import { lstatSync } from 'node:fs'
import type { Environment } from '@onehead/core'
import type { Changes } from '../git/changes.js'
import { treeIdOf } from '../snapshot/commit.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { type NamesState, namesInSnapshot, namesOnDisk } from './names.js'

/** What the version locations of an environment hold: equal states hold equal scripts, all of them published. */
export interface EnvironmentState {
  readonly state: string
  readonly scripts: number
}

/** Tells states of environments; null where an environment has none that could be told again. */
export interface States {
  of(environment: Environment): Promise<EnvironmentState | null>
  /** Asked after the scripts were read and before anything about them is kept: were they what the state says? */
  confirm(environment: Environment): Promise<boolean>
}

/** So much earlier than git's look around must a file have changed last, for the clocks of file systems. */
const MARGIN_MS = 20
/** File systems that count in whole seconds, or two. */
const COARSE_MARGIN_MS = 2500

export interface DiskStates {
  /** Absolute. */
  readonly root: string
  /** The last commit, as it was before and after git looked for changes. */
  readonly head: Snapshot
  readonly changes: Changes
  /** Paths of scripts that git does not look at (assume-unchanged, skip-worktree). */
  readonly unwatched: ReadonlySet<string>
  /** Milliseconds since 1970 when git began to look. */
  readonly lookedAt: number
  /** What was found out while git was looking. */
  readonly prepared?: DiskLocations
}

/** What is known of a version location on disk: the tree that the last commit has there, and the names. */
export interface DiskLocation {
  readonly tree: Promise<string | null>
  readonly names: NamesState | null
}

/** Locations, each looked at once, when it is first asked for. */
export type DiskLocations = (location: string) => DiskLocation

export function diskLocations(root: string, head: Promise<Snapshot | null>): DiskLocations {
  const known = new Map<string, DiskLocation>()
  return (location) => {
    let found = known.get(location)
    if (found === undefined) {
      const tree = head.then((snapshot) => snapshot && treeIdOf(snapshot, location)).catch(() => null)
      found = { tree, names: namesOnDisk(root, location) }
      known.set(location, found)
    }
    return found
  }
}

/**
 * States of a working tree. Git has compared every script's size and times with its index: where it reports no change, a
 * directory is what the tree object of the last commit says, plus files that git ignores, which the names tell.
 */
export function diskStates({ root, head, changes, unwatched, lookedAt, prepared }: DiskStates): States {
  const locations = prepared ?? diskLocations(root, Promise.resolve(head))
  const dirty = new Set<string>()
  for (const path of [...changes.changed, ...unwatched]) {
    for (let at = path; at !== ''; ) {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      if (dirty.has(at)) break
      dirty.add(at)
    }
  }
  return {
    async of({ versionLocations, recursive, sourceless }) {
      if (sourceless) return null
      const parts: string[] = ['disk']
      let scripts = 0
      for (const location of versionLocations) {
        if (dirty.has(location)) return null
        const { tree, names } = locations(location)
        const id = await tree
        if (id === null || names === null) return null
        parts.push(location, id, names.state)
        scripts += recursive ? names.allScripts : names.scripts
      }
      return { state: JSON.stringify(parts), scripts }
    },
    async confirm({ versionLocations }) {
      for (const location of versionLocations) {
        const names = await namesInSnapshot(head, location)
        if (names === null || names.state !== locations(location).names?.state) return false
        if (!(await isSettled(root, head, location, lookedAt))) return false
      }
      return true
    },
  }
}

/** False where a script may have been written since git looked. */
async function isSettled(root: string, head: Snapshot, location: string, lookedAt: number): Promise<boolean> {
  for (const { path, mode } of (await head.list(location)) ?? []) {
    if (mode === 'directory' && !(await isSettled(root, head, path, lookedAt))) return false
    if (mode !== 'file' || !path.endsWith('.py')) continue
    const stat = lstatSync(`${root}/${path}`, { throwIfNoEntry: false })
    if (stat === undefined) return false
    const margin = stat.ctimeMs % 1000 === 0 ? COARSE_MARGIN_MS : MARGIN_MS
    if (Math.max(stat.ctimeMs, stat.mtimeMs) > lookedAt - margin) return false
  }
  return true
}

/**
 * States of a snapshot from git's objects: the ids of its directories. With a base only what is the same there has one: the
 * rest is new and judged anew.
 */
export function treeStates(snapshot: Snapshot, base: Snapshot | null): States {
  return {
    async of({ versionLocations, recursive, sourceless }) {
      if (sourceless) return null
      const parts: string[] = ['tree']
      let scripts = 0
      for (const location of versionLocations) {
        const tree = await treeIdOf(snapshot, location).catch(() => null)
        if (tree === null || (base !== null && (await treeIdOf(base, location)) !== tree)) return null
        const names = await namesInSnapshot(snapshot, location)
        if (names === null) return null
        parts.push(location, tree)
        scripts += recursive ? names.allScripts : names.scripts
      }
      return { state: JSON.stringify(parts), scripts }
    },
    confirm: async () => true,
  }
}
