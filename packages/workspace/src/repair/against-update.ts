import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, type FileChange, type Refusal, refusal, shellWord } from '@onehead/core'
import { runGit } from '../git/process.js'
import { isIn } from './is-in.js'
import type { LandingPlace } from './landing-place.js'
import type { TreeToCome } from './trees.js'

/** Why the target cannot be brought in, before anything is tried. */
export async function againstUpdate(
  landing: LandingPlace,
  toCome: TreeToCome,
  environments: readonly Environment[],
): Promise<readonly Refusal[]> {
  const { target, progress, root } = landing
  const name = target!.name
  if (progress.kind !== null) {
    return [
      refusal('in-progress', `a ${progress.kind} is in progress, and ${name} has revisions that are not here`, {
        help: 'conclude it first, then run this again',
        command: progress.conclude,
      }),
    ]
  }
  if (toCome.base === null) return [await unrelated(root, name)]
  if (toCome.merge.textualConflicts.length > 0) return [clashing(name, toCome.merge.textualConflicts, environments)]
  const [lost] = toCome.inTheWay
  if (lost !== undefined) {
    return [
      refusal('uncommitted', `${lost} is not committed, and ${name} changes it too`, {
        path: lost,
        help: 'commit it first, then run this again',
      }),
    ]
  }
  const [untracked] = toCome.overwritten
  if (untracked !== undefined) {
    return [
      refusal('untracked', `${untracked} is not tracked here, and ${name} brings another one`, {
        path: untracked,
        help: 'move it away first, then run this again',
      }),
    ]
  }
  const staged = await stagedFile(root)
  return staged === ''
    ? []
    : [
        refusal('staged', `${staged} is staged, and git merges only with an index that is as the last commit`, {
          path: staged,
          help: 'commit what is staged first, then run this again',
        }),
      ]
}

/** Git merges and rebases nothing without a common commit, which a shallow clone may leave out. */
async function unrelated(root: string, name: string): Promise<Refusal> {
  const { stdout } = await runGit(root, ['rev-parse', '--is-shallow-repository'])
  const isShallow = stdout.toString('latin1').trim() === 'true'
  return refusal('no-common-commit', `${name} and what is checked out have no commit in common here`, {
    help: isShallow
      ? 'download the commits that this shallow clone leaves out, then run this again'
      : 'name the branch that this work will land on: `git config onehead.target <branch>`',
    command: isShallow ? 'git fetch --unshallow' : null,
  })
}

function clashing(name: string, paths: readonly string[], environments: readonly Environment[]): Refusal {
  const scripts = paths.filter((path) => environments.some((one) => isIn(one, path)))
  const named = scripts.length > 0 ? scripts : paths
  const more = named.length > 3 ? ` and ${named.length - 3} more` : ''
  return refusal('conflict', `merging ${name} conflicts in ${named.slice(0, 3).join(', ')}${more}`, {
    path: named[0]!,
    help: 'merge it by hand (keep both scripts where both sides added one), then run this again',
    command: `git merge ${name}`,
  })
}

/** Files that are only announced to git (`add --intent-to-add`) stop a merge too. */
async function stagedFile(root: string): Promise<string> {
  const args = ['diff', '--cached', '--ita-visible-in-index', '--name-only', '-z', '--relative']
  const { stdout } = await runGit(root, args)
  return stdout.toString('utf8').split('\0')[0] ?? ''
}

/** A sparse checkout may leave out what has to be edited, also once the target is here. */
export async function againstSparse(root: string, changes: readonly FileChange[]): Promise<readonly Refusal[]> {
  const absent = changes.filter(({ path, before }) => before !== null && !existsSync(join(root, path)))
  if (absent.length === 0) return []
  const paths = absent.map(({ path }) => `:(literal)${path}`)
  const { stdout } = await runGit(root, ['ls-files', '-t', '-z', '--', ...paths])
  const left = stdout
    .toString('utf8')
    .split('\0')
    .find((entry) => entry.startsWith('S '))
  if (left === undefined) return []
  const path = left.slice(2)
  return [
    refusal('sparse', `${path} is outside of what the sparse checkout has`, {
      path,
      help: 'check its folder out, then run this again',
      command: `git sparse-checkout add ${shellWord(path.slice(0, path.lastIndexOf('/')) || '.')}`,
    }),
  ]
}
