import type { History } from '@onehead/core'
import { isOid } from '../git/objects.js'
import { runGit } from '../git/process.js'
import type { LandingPlace } from './landing-place.js'

export interface SharedBranch {
  /** `origin/feature`. */
  readonly branch: string
  /** Who else works there. */
  readonly author: string
}

/**
 * Revisions that lie on a remote branch with commits of somebody else: whoever moves them changes other people's work. Only
 * among ids that are committed and not published.
 */
export async function findShared(
  { root, repository, target }: LandingPlace,
  { map }: History,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SharedBranch>> {
  const shared = new Map<string, SharedBranch>()
  if (target === null || ids.length === 0) return shared
  const paths = new Map(
    ids.flatMap((id) => (map.has(id) ? [[repository.prefix + map.get(id)!.path, id] as const] : [])),
  )
  const commits = await commitsThatAdd(root, target.commit, [...paths.keys()])
  const me = await ownAddress(root)
  const others = new Map<string, Promise<SharedBranch | null>>()
  for (const [path, commit] of commits) {
    const known = others.get(commit) ?? foreignBranch(root, target.commit, commit, me)
    others.set(commit, known)
    const branch = await known
    const id = paths.get(path)
    if (branch !== null && id !== undefined) shared.set(id, branch)
  }
  return shared
}

/** Path → the commit on some remote branch that added it. */
async function commitsThatAdd(root: string, target: string, paths: readonly string[]): Promise<Map<string, string>> {
  const args = ['log', '--remotes', '--no-renames', '--diff-filter=A', '--format=%x00%H', '--name-only', '-z']
  const { code, stdout } = await runGit(root, [
    ...args,
    '--not',
    target,
    '--',
    ...paths.map((path) => `:(top,literal)${path}`),
  ])
  const found = new Map<string, string>()
  if (code !== 0) return found
  let commit = ''
  for (const field of stdout.toString('utf8').split('\0')) {
    const text = field.replace(/^\n/, '')
    if (isOid(text)) commit = text
    else if (text !== '') found.set(text, commit)
  }
  return found
}

/** A branch that has the commit, and somebody else's commits that the target does not have. */
async function foreignBranch(
  root: string,
  target: string,
  commit: string,
  me: string | null,
): Promise<SharedBranch | null> {
  const refs = await runGit(root, ['for-each-ref', '--format=%(refname)', `--contains=${commit}`, 'refs/remotes'])
  for (const ref of refs.stdout.toString('utf8').split('\n').filter(Boolean)) {
    const log = await runGit(root, ['log', '--format=%ae%x09%an', `${target}..${ref}`, '--'])
    const authors = log.stdout
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'))
    const addresses = new Set(authors.map(([address]) => address))
    // Nobody has said who works here: then only a branch of several people is somebody else's too.
    const other = authors.find(([address]) => (me === null ? addresses.size > 1 : address !== me))
    if (other !== undefined) return { branch: ref.replace(/^refs\/remotes\//, ''), author: other[1] ?? other[0]! }
  }
  return null
}

async function ownAddress(root: string): Promise<string | null> {
  const { stdout } = await runGit(root, ['config', '--get', 'user.email'])
  return process.env.GIT_AUTHOR_EMAIL ?? (stdout.toString('utf8').trim() || null)
}
