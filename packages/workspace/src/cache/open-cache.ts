import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '@onehead/core'
import type { Changes } from '../git/changes.js'
import { findGitDirectories, type GitDirectories } from '../git/directories.js'
import { openObjects } from '../git/objects.js'
import type { Repository } from '../git/repository.js'
import { commitSnapshot } from '../snapshot/commit.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { diskLocations, diskStates, type States, treeStates } from './states.js'
import { cacheDirectory, openStore, type Store } from './store.js'

export interface OpenCache {
  readonly store: Store
  readonly states: States
  close(): void
}

/** A look at the repository before git looks for changes: what it says afterwards holds only if this still does. */
export interface Beginning {
  /** Resolves, never rejects, when `finish` may be promised: git may look for changes then. */
  readonly ready: Promise<unknown>
  /** Nothing was ever kept here. */
  readonly isEmpty: boolean
  /** Looks at these on disk meanwhile. */
  prepare(environments: readonly Environment[]): void
  /** The cache of the working tree; null without a commit, or where that changed under git's eyes. */
  finish(repository: Repository | null, changes: Changes | null): Promise<OpenCache | null>
  /** Instead of `finish`. */
  close(): void
}

/** What leads git to another repository than the one around a directory. */
const ELSEWHERE = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'] as const

/** @param root absolute; null is returned where there can be no cache: outside git, in a hook that git leads elsewhere */
export function beginDiskCache(root: string, opened: Promise<Repository | null>): Beginning | null {
  const directories = findGitDirectories(root, {})
  if (directories === null || ELSEWHERE.some((name) => process.env[name] !== undefined)) return null
  const objects = openObjects(root)
  const first = objects.read('HEAD^{commit}').catch(() => null)
  const before = opened
    .then((repository) => repository && commitSnapshot(objects, 'HEAD', repository.prefix))
    .catch(() => null)
  const locations = diskLocations(root, before)
  let lookedAt = Number.POSITIVE_INFINITY
  return {
    ready: first.then(() => {
      lookedAt = Date.now()
    }),
    isEmpty: !existsSync(cacheDirectory(directories.common)),
    prepare(environments) {
      for (const { versionLocations, sourceless } of environments) {
        if (!sourceless) for (const location of versionLocations) locations(location)
      }
    },
    async finish(repository, changes) {
      try {
        const head = await before
        const now = await objects.read('HEAD^{commit}')
        const commits = new Set([(await first)?.oid, head?.commit, now?.oid])
        if (repository === null || changes === null || head === null || commits.size > 1) {
          objects.close()
          return null
        }
        const store = openStore(cacheDirectory(directories.common))
        const unwatched = await unwatchedScripts(repository, directories, store)
        const states = diskStates({ root, head, changes, unwatched, lookedAt, prepared: locations })
        return { store, states, close: () => objects.close() }
      } catch {
        objects.close()
        return null
      }
    },
    close: () => objects.close(),
  }
}

/** The cache for a snapshot from git's objects. Its directories have states of their own. */
export function openTreeCache(root: string, snapshot: Snapshot, base: Snapshot | null): OpenCache | null {
  const directories = findGitDirectories(root, process.env)
  if (directories === null) return null
  return { store: openStore(cacheDirectory(directories.common)), states: treeStates(snapshot, base), close: () => {} }
}

/**
 * Scripts that git was told not to look at, which may differ from the index without git saying so. Asked once for each state
 * of the index.
 */
async function unwatchedScripts(
  repository: Repository,
  { own }: GitDirectories,
  store: Store,
): Promise<ReadonlySet<string>> {
  const key = JSON.stringify(['nothing unwatched', own, indexState(own)])
  if (store.get(key) === true) return new Set()
  const listed = await repository.raw(['ls-files', '-v', '-z', '--', '*.py'])
  const unwatched = new Set<string>()
  for (const line of listed.split('\0')) if (/^[^H] /.test(line)) unwatched.add(line.slice(2))
  if (unwatched.size === 0 && key === JSON.stringify(['nothing unwatched', own, indexState(own)])) store.put(key, true)
  return unwatched
}

function indexState(own: string): readonly number[] {
  const { size, mtimeMs, ctimeMs, ino } = statSync(join(own, 'index'))
  return [size, mtimeMs, ctimeMs, ino]
}
