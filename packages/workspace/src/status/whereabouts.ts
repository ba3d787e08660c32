import { type CommitNote, type Environment, type History, scan, toScript, type Whereabouts } from '@onehead/core'
import type { Configuration } from '../configuration/index.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { commitSnapshot } from '../snapshot/commit.js'
import { loadHistoriesAt } from '../use-cases/histories-at.js'
import { findRefs, type OnRef } from './find-refs.js'
import { searchCommits, type Touched } from './search-commits.js'

/** One revision that a database names and this tree does not have, with the history that lacks it. */
export interface Sought {
  readonly revision: string
  readonly history: History
}

interface Declared {
  readonly revision: string
  readonly message: string
  readonly downRevisions: readonly string[]
}

/**
 * Searches git for the scripts of revisions that this tree does not have: on every branch and tag, in this branch's own past, and in
 * what only the reflog remembers. A constant number of git processes, however many are sought.
 *
 * @param root absolute; the workspace
 * @returns an entry for each that was searched for, null where git has no script that declares it; no entry where nobody could look
 */
export async function findWhereabouts(
  root: string,
  sought: readonly Sought[],
  configuration: Configuration,
): Promise<ReadonlyMap<string, Whereabouts | null>> {
  if (sought.length === 0) return new Map()
  const place = await runGit(root, ['rev-parse', '--show-prefix'])
  if (place.code !== 0) return new Map()
  const prefix = place.stdout.toString('utf8').replace(/\n$/, '')
  const objects = openObjects(root)
  try {
    const search = new Search(root, prefix, objects, configuration)
    return await search.find(sought)
  } finally {
    objects.close()
  }
}

class Search {
  readonly #root: string
  readonly #prefix: string
  readonly #objects: GitObjects
  readonly #configuration: Configuration
  readonly #declared = new Map<string, Declared | null>()

  constructor(root: string, prefix: string, objects: GitObjects, configuration: Configuration) {
    this.#root = root
    this.#prefix = prefix
    this.#objects = objects
    this.#configuration = configuration
  }

  async find(sought: readonly Sought[]): Promise<ReadonlyMap<string, Whereabouts | null>> {
    const ids = [...new Set(sought.map(({ revision }) => revision))]
    const touched = await this.#search(sought, ids)
    if (touched === null) return new Map()
    const onRefs = await findRefs(this.#root, [...new Set(touched.map(({ path }) => path))])
    await this.#read(onRefs.map(({ blob }) => blob))
    const found = new Map<string, Whereabouts | null>()
    for (const one of sought) found.set(one.revision, await this.#describe(one, touched, onRefs))
    return found
  }

  /** Where the scripts lie today first; only what is not found there is worth a look at every Python file. */
  async #search(sought: readonly Sought[], ids: readonly string[]): Promise<readonly Touched[] | null> {
    const folders = sought.flatMap(({ history }) => foldersOf(history.environment))
    const near = await this.#searchIn(
      ids,
      [...new Set(folders)].map((folder) => `:(top,literal)${this.#prefix}${folder}`),
    )
    if (near === null) return null
    const missing = ids.filter(
      (id) => !near.some((one) => this.#declares(one.before, id) || this.#declares(one.after, id)),
    )
    if (missing.length === 0) return near
    const far = await this.#searchIn(missing, [':(top,glob)**/*.py'])
    return far === null ? (missing.length === ids.length ? null : near) : [...near, ...far]
  }

  async #searchIn(ids: readonly string[], paths: readonly string[]): Promise<readonly Touched[] | null> {
    const touched = await searchCommits(this.#root, ids, paths)
    await this.#read((touched ?? []).flatMap(({ before, after }) => [before, after]))
    return touched
  }

  /** What each blob declares; null where it is no script. */
  async #read(blobs: readonly (string | null)[]): Promise<void> {
    const wanted = [...new Set(blobs)].filter((id): id is string => id !== null && !this.#declared.has(id))
    await this.#objects.readAll(wanted, (oid, object) => {
      const script = object?.type === 'blob' ? toScript('script.py', scan(object.bytes)) : null
      this.#declared.set(oid, script === null || 'cause' in script ? null : script)
    })
  }

  #declares(blob: string | null, id: string): boolean {
    return blob !== null && this.#declared.get(blob)?.revision === id
  }

  async #describe(
    { revision, history }: Sought,
    touched: readonly Touched[],
    onRefs: readonly OnRef[],
  ): Promise<Whereabouts | null> {
    const brought = touched.filter(
      ({ before, after }) => !this.#declares(before, revision) && this.#declares(after, revision),
    )
    const taken = touched.filter(
      ({ before, after }) => this.#declares(before, revision) && !this.#declares(after, revision),
    )
    const refs = onRefs.filter(({ blob }) => this.#declares(blob, revision))
    const added = brought.at(-1) ?? null
    const removed = taken.find(({ isHere }) => isHere) ?? null
    const blob = refs[0]?.blob ?? removed?.before ?? added?.after ?? taken[0]?.before
    const script = blob === undefined || blob === null ? null : (this.#declared.get(blob) ?? null)
    if (script === null) return null
    const path = refs[0]?.path ?? removed?.path ?? added?.path ?? taken[0]!.path
    const from = refs[0]?.ref ?? removed?.commit.concat('~1') ?? added?.commit ?? null
    const own = path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : path
    return {
      revision,
      path: own,
      message: script.message.split('\n', 1)[0] ?? '',
      refs: refs.map(({ name, kind }) => ({ name, kind })),
      added: noteOf(added),
      removed: noteOf(removed),
      renamedTo: this.#renamedTo(removed, history),
      ...(await this.#goDown(own, history, script, from)),
    }
  }

  /** The id that the same file has had since it lost this one, where it is a revision of this tree. */
  #renamedTo(removed: Touched | null, { map }: History): string | null {
    const now = removed?.after ? this.#declared.get(removed.after)?.revision : undefined
    return now !== undefined && map.has(now) ? now : null
  }

  /** From the script down to what this tree has, through the history of that commit. */
  async #goDown(path: string, { map, environment }: History, script: Declared, commit: string | null) {
    const there = commit === null ? null : await this.#historyAt(commit, environment)
    const below = new Set<string>()
    const missing = new Set([script.revision])
    for (const id of missing) {
      const parents = there?.map.has(id) ? there.map.parents(id) : id === script.revision ? script.downRevisions : []
      for (const parent of parents) (map.has(parent) ? below : missing).add(parent)
    }
    const paths = [...missing].map((id) => there?.map.get(id)?.path ?? path)
    return { missing: [...new Set(paths)], below: [...below] }
  }

  async #historyAt(commit: string, { config, section, path }: Environment): Promise<History | null> {
    const snapshot = await commitSnapshot(this.#objects, commit, this.#prefix)
    if (snapshot === null) return null
    const only = (other: Environment) => other.path === path || (other.config === config && other.section === section)
    const { histories } = await loadHistoriesAt(snapshot, this.#configuration, { only })
    return histories[0] ?? null
  }
}

function foldersOf({ path, versionLocations }: Environment): readonly string[] {
  return [path, ...versionLocations]
}

function noteOf(touched: Touched | null): CommitNote | null {
  if (touched === null) return null
  const { commit, author, date, subject } = touched
  return { commit, author, date, subject }
}
