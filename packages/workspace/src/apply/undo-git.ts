import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '@onehead/core'
import { runGit } from '../git/process.js'
import { type GitState, readGitState } from './git-state.js'
import type { Journal } from './journal.js'
import type { Place } from './place.js'
import type { RepairGit } from './record.js'
import { ApplyRefused } from './refused.js'

/** What git has to do so that a repair is gone. */
export interface GitUndo {
  /**
   * `abort-merge`: the merge that the repair began; `uncommit`: the commit goes, and nothing else; `go-back`: the branch goes
   * back to before a merge or a rebase, what is not committed stays; null: nothing.
   */
  readonly kind: 'abort-merge' | 'uncommit' | 'go-back' | null
  /** Where HEAD will be: a full id; null on an unborn branch, and where nothing is done. */
  readonly to: string | null
  /** True where git was already put back by somebody: then its files are not ours to restore. */
  readonly isBack: boolean
  /** How git stands now; null where it has nothing to do. */
  readonly now: GitState | null
}

const NOTHING: GitUndo = { kind: null, to: null, isBack: false, now: null }

/** Decides it, and refuses whatever would take more than the repair. Changes nothing. Rejects with `ApplyRefused`. */
export async function planGitUndo(place: Place, { record, git: left, changes }: Journal): Promise<GitUndo> {
  const { git } = record
  if (git === null || left === null) return NOTHING
  const targets = changes.map(({ target }) => target)
  const now = await readGitState(place, targets)
  if (now === null) return NOTHING
  const acted = git.kind !== null || git.committed !== null
  if (acted && now.head === git.headBefore && now.merge.MERGE_HEAD === undefined) return { ...NOTHING, isBack: true }
  refuseMoved(git, left, now, acted)
  if (!acted) return NOTHING
  const stands = git.committed ?? left.head
  // A commit that was there before the repair holds nothing of it, whoever has it.
  if (stands !== null && stands !== git.target && stands !== git.headBefore) await refusePushed(place, stands)
  const kind = kindOf(git, left)
  if (kind !== 'uncommit') refuseOthersWork(kind === 'abort-merge' ? left.staged : {}, now, targets)
  return { kind, to: git.headBefore, isBack: false, now }
}

function kindOf({ kind, committed }: RepairGit, left: GitState): 'abort-merge' | 'uncommit' | 'go-back' {
  if (kind === null) return 'uncommit'
  return committed === null && left.merge.MERGE_HEAD !== undefined ? 'abort-merge' : 'go-back'
}

function refuseMoved(git: RepairGit, left: GitState, now: GitState, acted: boolean): void {
  if (now.busy !== null && now.busy !== left.busy)
    throw refused(
      'in-progress',
      `a ${now.busy} is in progress`,
      `git ${now.busy} --abort`,
      'conclude it or abort it first',
    )
  const stood = git.committed ?? left.head
  if (now.head !== stood) throw movedOn(git, stood, now.head)
  if (!acted) return
  if (now.branch !== left.branch) {
    const was = left.branch?.replace('refs/heads/', '') ?? null
    const message = `the repair was made on ${was ?? 'a detached HEAD'}, and another branch is checked out`
    throw refused('branch-switched', message, was === null ? `git switch --detach ${stood}` : `git switch ${was}`)
  }
  const merging = git.committed === null ? left.merge.MERGE_HEAD : undefined
  if (now.merge.MERGE_HEAD !== merging) {
    const message =
      merging === undefined ? 'a merge is in progress' : 'another merge is in progress than the repair began'
    throw refused('merge-moved', message, 'git merge --abort', 'conclude it or abort it first')
  }
}

function movedOn({ kind, headBefore }: RepairGit, stood: string | null, head: string | null): ApplyRefused {
  const message = `HEAD has moved since the repair: ${short(stood)} → ${short(head)}`
  if (kind !== null) {
    const help = `take the ${kind} back with all that was committed since, if nobody else has it, then undo the rest`
    return refused('head-moved', message, `git reset --keep ${headBefore}`, help)
  }
  const help = 'take back what was committed since; this keeps it, staged'
  return refused('head-moved', message, stood === null ? null : `git reset --soft ${stood}`, help)
}

async function refusePushed(place: Place, commit: string): Promise<void> {
  const args = ['for-each-ref', '--count=1', '--format=%(refname:short)', `--contains=${commit}`, 'refs/remotes']
  const { stdout } = await git(place, args)
  const branch = stdout.toString('utf8').trim()
  if (branch === '') return
  const { stdout: known } = await git(place, ['rev-list', '--parents', '--no-walk', commit])
  const isMerge = known.toString('latin1').trim().split(' ').length > 2
  const help = 'others may have it: a new commit can put the files back, but a published revision is never re-parented'
  throw refused(
    'pushed',
    `${short(commit)}, which holds the repair, is on ${branch}`,
    // Of a merge, git wants to know which side to keep: the branch that it was made on.
    `git revert ${isMerge ? '-m 1 ' : ''}${short(commit)}`,
    help,
  )
}

/** Git would throw it away without a word. */
function refuseOthersWork(before: GitState['staged'], now: GitState, targets: readonly string[]): void {
  const isOthers = (path: string) => !targets.includes(path)
  const unmerged = now.unmerged.find(isOthers)
  if (unmerged !== undefined) {
    const help = 'what was resolved in it would be lost; abort the merge yourself, then undo the rest'
    throw refused('in-conflict', `${unmerged} is in conflict`, 'git merge --abort', help, unmerged)
  }
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now.staged)])].filter(isOthers)
  const changed = paths.find((path) => before[path] !== now.staged[path])
  if (changed === undefined) return
  throw refused(
    'staged',
    `${changed} was staged after the repair`,
    null,
    'commit it, stash it or unstage it first',
    changed,
  )
}

/** Does what was planned; when it throws, git stands as before. The files hold already what they held before the repair. */
export async function undoGit(place: Place, { git: left, record }: Journal, { kind, to, now }: GitUndo): Promise<void> {
  if (kind === null || left === null || now === null) return
  // What git is going to compare the files with: the index as it was when they looked like this.
  await putEntries(place, left)
  try {
    if (kind === 'abort-merge') await git(place, ['merge', '--abort'])
    else if (kind === 'go-back') await git(place, ['reset', '--quiet', '--merge', to!])
    else await uncommit(place, to, record.git!.committed!, left)
  } catch (error) {
    await putEntries(place, now)
    throw error
  }
}

/** Only HEAD moves: the index has been put back, and the files hold what they held. A merge of the user's goes on. */
async function uncommit(place: Place, to: string | null, commit: string, left: GitState): Promise<void> {
  if (to === null) await git(place, ['update-ref', '-d', 'HEAD', commit])
  else await git(place, ['reset', '--quiet', '--soft', to])
  for (const [name, text] of Object.entries(left.merge)) writeFileSync(join(place.git!.own, name), text)
}

async function putEntries(place: Place, { entries, head }: GitState): Promise<void> {
  // As long as an id is in this repository.
  const none = '0'.repeat(head?.length ?? 40)
  const lines = Object.entries(entries).flatMap(([path, known]) => [
    `0 ${none}\t${path}\0`,
    ...known.map((entry) => `${entry}\t${path}\0`),
  ])
  if (lines.length > 0) await git(place, ['update-index', '-z', '--index-info'], lines.join(''))
  // Ends with 1 where files differ from the index, which is no failure.
  await runGit(place.top, ['update-index', '-q', '--refresh'])
}

async function git(place: Place, args: readonly string[], input = '') {
  const env = { GIT_EDITOR: 'true', GIT_NO_LAZY_FETCH: '0', GIT_OPTIONAL_LOCKS: '1' }
  const ran = await runGit(place.top, args, { input, env })
  if (ran.code === 0) return ran
  const said = /^(?:error|fatal): (.*)$/m.exec(ran.stderr)?.[1] ?? `it ended with ${ran.code}`
  throw refused('git-failed', `git ${args[0]} failed: ${said}`, null, 'put that right and undo again')
}

function refused(kind: string, message: string, command: string | null, help: string | null = null, path?: string) {
  return new ApplyRefused([refusal(kind, message, { command, help, ...(path === undefined ? {} : { path }) })])
}

function short(oid: string | null): string {
  return oid === null ? 'no commit' : oid.slice(0, 10)
}
