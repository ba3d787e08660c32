import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment, History, Script, Standing } from '@onehead/core'
import { sameEnvironment } from '../gate/match-environments.js'
import { readOperatorSettings, trackingRef } from '../gate/operator.js'
import { matches } from '../git/branch-pattern.js'
import { isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { loadOf, openSide, type Side } from '../notice/side.js'
import { commitSnapshot } from '../snapshot/commit.js'
import type { LandingPlace } from './landing-place.js'
import { findShared } from './shared.js'

/** Places where revisions are published, the target first. */
interface Place {
  /** As people call it. */
  readonly name: string
  readonly commit: string
}

/** Opens each place once, however many environments ask. */
export class PublishedPlaces {
  readonly #landing: LandingPlace
  readonly #sides = new Map<string, Promise<Side | null>>()
  #others: Promise<readonly Place[]> | null = null

  constructor(landing: LandingPlace) {
    this.#landing = landing
  }

  /** The history as a commit has it; null where that does not have it. */
  async historyAt(commit: string, { environment, scripts }: History): Promise<{ side: Side; history: History } | null> {
    const side = await this.#sideAt(commit)
    if (side === null) return null
    const load = (there: Environment) => loadOf(side, { ...environment, ...placesOf(there) })
    const there = sameEnvironment(environment, side.environments)
    if (there !== null) return { side, history: await load(there) }
    // An app that was moved and renamed at once: what is gone here and had most of the same scripts.
    const gone = side.environments.filter(({ config }) => !existsSync(join(this.#landing.root, config)))
    const own = new Set(scripts.map(identityOf))
    for (const one of gone) {
      const history = await load(one)
      const shared = history.scripts.filter((script) => own.has(identityOf(script))).length
      if (shared * 2 > Math.min(own.size, history.scripts.length)) return { side, history }
    }
    return null
  }

  #sideAt(commit: string): Promise<Side | null> {
    const known = this.#sides.get(commit)
    if (known !== undefined) return known
    const { objects, repository, configuration } = this.#landing
    const opened = commitSnapshot(objects, commit, repository.prefix).then(
      (snapshot) => snapshot && openSide(snapshot, configuration),
    )
    this.#sides.set(commit, opened)
    return opened
  }

  /** Default branch, branches that the configuration names, release tags: whatever has something that the target lacks. */
  others(): Promise<readonly Place[]> {
    this.#others ??= this.#findOthers()
    return this.#others
  }

  async #findOthers(): Promise<readonly Place[]> {
    const { root, target, configuration } = this.#landing
    const settings = await readOperatorSettings(root)
    const wanted = new Map<string, string>()
    for (const remote of settings.remotes.keys()) {
      wanted.set(`refs/remotes/${remote}/HEAD`, `the default branch of ${remote}`)
      for (const name of configuration.published) {
        const ref = trackingRef(settings, remote, name)
        if (ref !== null) wanted.set(ref, `${remote}/${name}`)
      }
    }
    for (const name of configuration.published) wanted.set(`refs/heads/${name}`, name)
    const unmerged = target === null ? [] : [`--no-merged=${target.commit}`]
    const format = '--format=%(objectname) %(*objectname) %(refname)'
    const { stdout } = await runGit(root, [
      'for-each-ref',
      format,
      ...unmerged,
      'refs/remotes',
      'refs/heads',
      'refs/tags',
    ])
    return stdout
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        const [object = '', peeled = '', ref = ''] = line.split(' ')
        const tag = ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : null
        const isRelease = tag !== null && configuration.releaseTags.some((pattern) => matches(pattern, tag))
        const name = isRelease ? `tag ${tag}` : wanted.get(ref)
        const commit = isOid(peeled) ? peeled : object
        return name === undefined || !isOid(commit) ? [] : [{ name, commit }]
      })
  }
}

/**
 * What git knows of one environment's revisions. Only ids that the target does not have are looked up elsewhere.
 *
 * @param history what will exist, or exists
 * @param stamped databases that were asked: revision → the database that has run it
 */
export async function findStanding(
  landing: LandingPlace,
  places: PublishedPlaces,
  history: History,
  stamped: ReadonlyMap<string, string> = new Map(),
): Promise<Standing> {
  const { target } = landing
  if (target === null) return withoutTarget(landing, places, history, stamped)
  const there = await places.historyAt(target.commit, history)
  const bytes =
    there === null ? new Map<string, Uint8Array>() : await sourcesOfMissing(there.side, there.history, history)
  const own = [...new Set(history.scripts.map(({ revision }) => revision))]
  // What the target has under the same path, and nobody can read there, is not ours to move either.
  const illegible = new Set(there?.history.unreadable.map(({ path }) => path))
  const onTarget = new Set(
    own.filter((id) => there?.history.map.has(id) === true || illegible.has(history.map.get(id)?.path ?? '')),
  )
  const open = own.filter((id) => !onTarget.has(id))
  const elsewhere = new Map<string, string>()
  for (const { name, commit } of open.length === 0 ? [] : await places.others()) {
    const other = await places.historyAt(commit, history)
    for (const id of open) if (other?.history.map.has(id) && !elsewhere.has(id)) elsewhere.set(id, name)
  }
  const unpublished = open.filter((id) => !elsewhere.has(id))
  const shared = await findShared(landing, history, unpublished)
  return {
    target: target.name,
    published: there?.history ?? null,
    publishedIn: (id) =>
      onTarget.has(id) || there?.history.map.has(id) === true ? target.name : (elsewhere.get(id) ?? null),
    publishedPath: (id) => there?.history.map.get(id)?.path ?? null,
    publishedSource: (path) => bytes.get(path) ?? null,
    sharedOn: (id) => shared.get(id) ?? null,
    stampedIn: (id) => stamped.get(id) ?? null,
  }
}

/** Everything committed counts, also what is being merged. */
async function withoutTarget(
  { head, progress }: LandingPlace,
  places: PublishedPlaces,
  history: History,
  stamped: ReadonlyMap<string, string>,
): Promise<Standing> {
  const commits = [...(head === null ? [] : [head]), ...progress.merging]
  const found = await Promise.all(commits.map((commit) => places.historyAt(commit, history)))
  const histories = found.flatMap((one) => (one === null ? [] : [one.history]))
  return {
    target: null,
    published: null,
    publishedIn: (id) => (histories.some(({ map }) => map.has(id)) ? 'the last commit' : null),
    publishedPath: (id) => histories.find(({ map }) => map.has(id))?.map.get(id)?.path ?? null,
    publishedSource: () => null,
    sharedOn: () => null,
    stampedIn: (id) => stamped.get(id) ?? null,
  }
}

/** Scripts that the target has and `now` has not: what a repair may have to put back. */
async function sourcesOfMissing(side: Side, there: History, now: History): Promise<ReadonlyMap<string, Uint8Array>> {
  const missing = there.map.revisions.filter(({ revision }) => !now.map.has(revision)).map(({ path }) => path)
  const bytes = new Map<string, Uint8Array>()
  await side.sources.complete(() => {
    for (const path of missing) bytes.set(path, side.sources.bytes(path))
  })
  return bytes
}

/** Tells a script from those of other apps, which may have the same id where people write ids by hand. */
function identityOf({ revision, downRevisions, longdoc }: Script): string {
  return JSON.stringify([revision, downRevisions, longdoc])
}

function placesOf({ versionLocations, recursive }: Environment) {
  return { versionLocations, recursive }
}
