import { type GitStep, refusal } from '@onehead/core'
import { ApplyRefused, type RepairGit } from '../apply/index.js'
import { mergeBase } from '../git/merge-base.js'
import { runGit } from '../git/process.js'
import { usualUpdate } from './usual-update.js'

/** No editor opens, and objects of a partial clone are fetched: this is git's own work. */
const QUIET = { GIT_EDITOR: 'true', GIT_MERGE_AUTOEDIT: 'no', GIT_NO_LAZY_FETCH: '0', GIT_OPTIONAL_LOCKS: '1' }

/**
 * Brings the target into the working tree: a merge that stays open until it is committed (a fast-forward where nothing of
 * ours is in between), or a rebase. Where git cannot, everything is put back and the refusal carries its words.
 *
 * @param head full id of what is checked out
 * @throws {ApplyRefused}
 */
export async function bringTarget(root: string, head: string, step: GitStep): Promise<void> {
  const { kind, commit, target } = step
  const name = await named(root, step)
  const isAncestor = (await mergeBase(root, head, commit)) === head
  const args =
    kind === 'rebase'
      ? ['rebase', '--quiet', ...(await rebaseWords(root)), commit]
      : isAncestor
        ? ['merge', '--quiet', '--ff-only', commit]
        : ['merge', '--quiet', '--no-ff', '--no-commit', name]
  const { code, stdout, stderr } = await runGit(root, args, { env: QUIET })
  if (code === 0) return
  await runGit(root, [kind, '--abort'], { env: QUIET })
  // Files are named in the lines below, indented.
  const said = /^(?:error|fatal|CONFLICT)[^:]*: (.*(?:\n\t.*)?)$/m
    .exec(`${stderr}\n${stdout}`)?.[1]
    ?.replace('\n\t', ' ')
  throw new ApplyRefused([
    refusal(
      'git-failed',
      `${target} could not be ${kind === 'rebase' ? 'rebased onto' : 'merged'}: ${said ?? `git ended with ${code}`}`,
      {
        help: 'do it by hand, then run this again',
        command: `git ${kind} ${target}`,
      },
    ),
  ])
}

/** Puts back what `bringTarget` did, for when the files could not be written. */
export async function takeTargetBack(root: string, { kind, headBefore }: RepairGit): Promise<void> {
  if (kind === null || headBefore === null) return
  const aborted = kind === 'merge' ? await runGit(root, ['merge', '--abort'], { env: QUIET }) : null
  if (aborted?.code !== 0) await runGit(root, ['reset', '--quiet', '--keep', headBefore], { env: QUIET })
}

/** Merges in the branch stay merges where pulls keep them. */
async function rebaseWords(root: string): Promise<readonly string[]> {
  return (await usualUpdate(root)) === 'rebase-merges' ? ['--rebase-merges'] : []
}

/** By the name people know, so that the message of the merge says it; by id where the name means something else. */
async function named(root: string, { target, commit }: GitStep): Promise<string> {
  const { code, stdout } = await runGit(root, ['rev-parse', '--verify', '--quiet', `${target}^{commit}`])
  return code === 0 && stdout.toString('latin1').trim() === commit ? target : commit
}
