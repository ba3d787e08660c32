import { matches } from './branch-pattern.js'

/** Where revisions may be published besides the target: commits to look into, most likely first. */
export interface PublishedPlaces {
  /** Full ids: the remote's default branch, branches that the configuration names. */
  readonly commits: readonly string[]
  /** Ids of commits or tags, by full ref; asked for only where the commits do not have everything. */
  readonly tags: () => Promise<ReadonlyMap<string, string>>
  /** Patterns of release tags, without `refs/tags/`. */
  readonly releaseTags: readonly string[]
}

/**
 * The design's word *published*, for what the target does not have: by id, looked up lazily and place by place.
 *
 * @param idsAt the ids of one environment at a commit or tag
 * @returns those of `ids` that are published somewhere
 */
export async function findPublished(
  ids: Iterable<string>,
  places: PublishedPlaces,
  idsAt: (commit: string) => Promise<ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(ids)
  const found = new Set<string>()
  if (wanted.size === 0) return found
  for await (const commit of commitsOf(places)) {
    const there = await idsAt(commit)
    for (const id of wanted) {
      if (!there.has(id)) continue
      wanted.delete(id)
      found.add(id)
    }
    if (wanted.size === 0) break
  }
  return found
}

/** Branches, then release tags, the last by name first: that is where what is new was released. */
async function* commitsOf({ commits, tags, releaseTags }: PublishedPlaces): AsyncGenerator<string> {
  const branches = new Set(commits)
  yield* branches
  const released = [...(await tags())].filter(([ref, oid]) => {
    const name = ref.slice('refs/tags/'.length)
    return !branches.has(oid) && releaseTags.some((pattern) => matches(pattern, name))
  })
  yield* new Set(released.reverse().map(([, oid]) => oid))
}
