import type { History } from '@onehead/core'
import { UsageError } from '../errors.js'
import { runGit } from '../git/process.js'
import { findLandingPlace, type LandingPlace } from '../repair/landing-place.js'
import { findStanding, PublishedPlaces } from '../repair/standing.js'

/** Which revisions of a history are meant: not published yet, or not in the project that this one is a fork of. */
export type OwnKind = 'unpublished' | 'custom'

export interface OwnRevisions {
  /** Ids of one history that are meant. */
  readonly of: (history: History) => Promise<ReadonlySet<string>>
  close(): void
}

/**
 * Ready to tell which revisions are this project's own. Asks nothing of the network. Throws `UsageError` outside git, without a
 * target (unpublished), and where nobody knows the upstream (custom).
 *
 * @param upstream a ref of the project that this one is a fork of; null: the default branch of the remote `upstream`
 * @param now seconds since 1970
 */
export async function openOwnRevisions(
  root: string,
  kind: OwnKind,
  upstream: string | null,
  now: number,
): Promise<OwnRevisions> {
  const landing = await findLandingPlace({ root, offline: true, now })
  if (landing === null) throw new UsageError('no git repository: nothing tells which revisions are your own')
  const places = new PublishedPlaces(landing)
  const close = () => landing.objects.close()
  try {
    if (kind === 'unpublished') {
      if (landing.target === null)
        throw new UsageError('no target branch is known, so nothing tells what is published', {
          help: 'name one: "target" in onehead.json, or `git config onehead.target main`',
        })
      return { of: (history) => notPublished(landing, places, history), close }
    }
    const commit = await upstreamCommit(landing, upstream)
    return { of: (history) => notThere(places, commit, history), close }
  } catch (error) {
    close()
    throw error
  }
}

async function notPublished(landing: LandingPlace, places: PublishedPlaces, history: History) {
  const { publishedIn } = await findStanding(landing, places, history)
  return idsWhere(history, (id) => publishedIn(id) === null)
}

async function notThere(places: PublishedPlaces, commit: string, history: History) {
  const there = await places.historyAt(commit, history)
  return idsWhere(history, (id) => !(there?.history.map.has(id) ?? false))
}

function idsWhere({ map }: History, isMeant: (id: string) => boolean): ReadonlySet<string> {
  return new Set(map.revisions.map(({ revision }) => revision).filter(isMeant))
}

async function upstreamCommit({ root, objects }: LandingPlace, wanted: string | null): Promise<string> {
  const usual = ['refs/remotes/upstream/HEAD', 'refs/remotes/upstream/main', 'refs/remotes/upstream/master']
  for (const ref of wanted === null ? usual : [wanted]) {
    const found = ref.startsWith('-') ? null : await objects.read(`${ref}^{commit}`)
    if (found !== null) return found.oid
  }
  if (wanted !== null) throw new UsageError(`git knows no commit "${wanted}" here`, { help: 'fetch it first' })
  const { stdout } = await runGit(root, ['remote'])
  const remotes = stdout.toString('utf8').split('\n').filter(Boolean)
  const help = remotes.includes('upstream')
    ? 'fetch it: `git fetch upstream`'
    : 'name a branch of the project that this is a fork of: --upstream upstream/main'
  throw new UsageError('nothing here tells what the project has that this one is a fork of', { help })
}
