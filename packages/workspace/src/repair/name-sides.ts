import type { MergedSide, Script, Standing } from '@onehead/core'
import { matches } from '../git/branch-pattern.js'
import { isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import type { LandingPlace } from './landing-place.js'

/** A branch or a tag that has a commit. */
interface Ref {
  readonly kind: 'branch' | 'tag'
  /** `origin/main`, `v1.3`. */
  readonly name: string
}

/**
 * Where revisions come from that are to be joined, as people call it: the target, a branch or a release of another remote (such
 * as `upstream v1.3`), the branch checked out. Names that do not tell the sides apart are left out.
 *
 * @param landing null outside git
 * @param branch the branch checked out; null where there is none
 */
export async function nameSides(
  landing: LandingPlace | null,
  scripts: readonly Script[],
  standing: Standing,
  branch: string | null,
): Promise<readonly MergedSide[]> {
  const first = await Promise.all(
    scripts.map(async (script) => {
      const published = standing.target === null ? null : standing.publishedIn(script.revision)
      if (published !== null && published === standing.target) return published
      return (await foreignName(landing, script, branch)) ?? published ?? branch
    }),
  )
  const names = areApart(first)
    ? first
    : await Promise.all(scripts.map((script) => foreignName(landing, script, branch)))
  const isTelling = areApart(names)
  return scripts.map(({ revision, message }, index) => ({
    revision,
    message,
    from: isTelling ? names[index]! : null,
  }))
}

function areApart(names: readonly (string | null)[]): boolean {
  return new Set(names).size > 1
}

/** A release or a branch of somebody else that brought the script here; null for one's own. */
async function foreignName(
  landing: LandingPlace | null,
  { path }: Script,
  branch: string | null,
): Promise<string | null> {
  if (landing === null || landing.head === null) return null
  const commit = await commitThatAdds(landing, path)
  if (commit === null) return null
  const target = landing.target?.name ?? null
  const home = target === null ? 'origin' : remoteOf(target)
  const refs = await refsWith(landing, commit)
  const others = refs.filter(({ kind, name }) => kind === 'branch' && name !== target && name !== `${home}/${branch}`)
  const remotes = [...new Set(others.map(({ name }) => remoteOf(name)))]
  const tag = refs.find(({ kind }) => kind === 'tag')
  if (tag === undefined) return others[0]?.name ?? null
  return remotes.length === 1 && remotes[0] !== home ? `${remotes[0]} ${tag.name}` : tag.name
}

function remoteOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')))
}

async function commitThatAdds(
  { root, head, progress, repository }: LandingPlace,
  path: string,
): Promise<string | null> {
  const args = ['log', '-1', '--format=%H', '--diff-filter=A', '--no-renames', head!, ...progress.merging]
  const { stdout } = await runGit(root, [...args, '--', `:(top,literal)${repository.prefix}${path}`])
  const commit = stdout.toString('latin1').trim()
  return isOid(commit) ? commit : null
}

/** The first release and the shortest name come first. */
async function refsWith({ root, configuration }: LandingPlace, commit: string): Promise<readonly Ref[]> {
  const args = ['for-each-ref', '--sort=version:refname', '--format=%(refname)%00%(symref)', `--contains=${commit}`]
  const { stdout } = await runGit(root, [...args, 'refs/tags', 'refs/remotes'])
  const refs = stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line): Ref[] => {
      const [ref = '', symbolic = ''] = line.split('\0')
      if (symbolic !== '') return []
      const [, kind, name = ''] = /^refs\/(tags|remotes)\/(.+)$/.exec(ref) ?? []
      if (kind === 'remotes') return [{ kind: 'branch', name }]
      const isRelease = kind === 'tags' && configuration.releaseTags.some((pattern) => matches(pattern, name))
      return isRelease ? [{ kind: 'tag', name }] : []
    })
  return refs.sort((a, b) => (a.kind === b.kind && a.kind === 'branch' ? a.name.length - b.name.length : 0))
}
