import type { RefNote } from '@onehead/core'
import { runGit } from '../git/process.js'

/** A file on a branch or tag. */
export interface OnRef extends RefNote {
  /** Full: `refs/heads/main`. */
  readonly ref: string
  readonly path: string
  readonly blob: string
}

const KINDS = { heads: 'branch', remotes: 'remote', tags: 'tag' } as const

/** More refs are not asked: release tags by the thousand say nothing more. */
const MOST_REFS = 5000

/**
 * The branches and tags that have a file at one of these paths, local branches first, then by the age of their last commit. Two
 * git processes, however many there are.
 *
 * @param paths from the top of the repository
 */
export async function findRefs(top: string, paths: readonly string[]): Promise<readonly OnRef[]> {
  if (paths.length === 0) return []
  const wanted = ['refs/heads', 'refs/remotes', 'refs/tags']
  const sorted = ['--sort=-creatordate', `--count=${MOST_REFS}`]
  const listed = await runGit(top, ['for-each-ref', '--format=%(refname)%09%(symref)', ...sorted, ...wanted])
  const refs = listed.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    // `origin/HEAD` is another name for a branch that is listed too.
    .filter(([ref = '', symbolic = '']) => ref !== '' && symbolic === '')
    .map(([ref = '']) => ref)
  const asked = refs.flatMap((ref) => paths.filter((path) => !path.includes('\n')).map((path) => ({ ref, path })))
  const input = asked.map(({ ref, path }) => `${ref}:${path}\n`).join('')
  const answered = await runGit(top, ['cat-file', '--batch-check=%(objecttype) %(objectname)'], { input })
  const answers = answered.stdout.toString('utf8').split('\n')
  const found = asked.flatMap(({ ref, path }, index): OnRef[] => {
    const blob = /^blob ([0-9a-f]+)$/.exec(answers[index] ?? '')?.[1]
    return blob === undefined ? [] : [{ ...nameOf(ref), ref, path, blob }]
  })
  const order = ['branch', 'remote', 'tag']
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

function nameOf(ref: string): RefNote {
  const [, kind = 'heads', ...rest] = ref.split('/')
  return { name: rest.join('/'), kind: KINDS[kind as keyof typeof KINDS] ?? 'branch' }
}
