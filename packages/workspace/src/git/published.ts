import { matches } from './branch-pattern.js'

/** Where revisions may be published besides the target: commits to look into, most likely first. */
export interface PublishedPlaces {
  /** Full ids: the remote's default branch, branches that the configuration names. */
  readonly commits: readonly string[]
  /** Ids of commits or tags, by full ref. */
  readonly tags: ReadonlyMap<string, string>
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
  for (const commit of commitsOf(places)) {
    if (wanted.size === 0) break
    const there = await idsAt(commit)
    for (const id of wanted) {
      if (!there.has(id)) continue
      wanted.delete(id)
      found.add(id)
    }
  }
  return found
}

/** Branches, then release tags, the last by name first: that is where what is new was released. */
function commitsOf({ commits, tags, releaseTags }: PublishedPlaces): ReadonlySet<string> {
  const released = [...tags].filter(([ref]) => {
    const name = ref.slice('refs/tags/'.length)
    return releaseTags.some((pattern) => matches(pattern, name))
  })
  return new Set([...commits, ...released.reverse().map(([, oid]) => oid)])
}
