import { firstLine, type RepairOutcome, type RepairPlan, refusal } from '@onehead/core'
import { ApplyRefused } from '../apply/index.js'
import { findGitDirectories } from '../git/directories.js'
import { runGit } from '../git/process.js'
import { readProgress } from './progress.js'

/** What a commit of this repair says in its first line. */
export function commitSubject({ repairs }: RepairPlan): string {
  const deeds = repairs.flatMap(({ moves, merged, dropped, renamed, mended, environment }) => [
    ...(moves.length === 0
      ? []
      : [`re-parent ${moves.map(({ revision }) => revision).join(', ')} onto ${moves[0]!.to.join(', ')}`]),
    ...merged.map(({ parents }) => `merge revisions ${parents.join(' and ')}`),
    ...dropped.map(({ revision, by }) => `drop merge revision ${revision} for ${by}`),
    ...renamed.map(({ from, to }) => `give ${from} the id ${to}`),
    ...(mended.length === 0 ? [] : [`mend scripts of ${environment.name}`]),
  ])
  const [first = 'repair migration histories', ...others] = deeds
  const subject = others.length === 0 ? first : `${first}, and ${others.length} more`
  return firstLine(subject.charAt(0).toUpperCase() + subject.slice(1))
}

/** All is written and nothing is committed; what came of it is told all the same. */
export class NotCommitted extends ApplyRefused {
  readonly outcome: RepairOutcome
  constructor({ refusals }: ApplyRefused, outcome: RepairOutcome) {
    super(refusals)
    this.name = 'NotCommitted'
    this.outcome = outcome
  }
}

/**
 * Commits what a repair has written, and nothing else that lies around; in the middle of a merge, the merge with it.
 *
 * @param paths workspace-relative; those that are gone too
 * @returns the full id of the commit
 * @throws {ApplyRefused} in the middle of a rebase or a cherry-pick (then the files are staged), or where git or a hook of it refuses
 */
export async function commitRepair(root: string, plan: RepairPlan, paths: readonly string[]): Promise<string> {
  const { kind, conclude } = readProgress(findGitDirectories(root, process.env))
  await git(root, ['add', '--all', '--', ...paths.map((path) => `:(literal)${path}`)])
  if (kind !== null && kind !== 'merge') {
    throw new ApplyRefused([
      refusal('in-progress', `a ${kind} is in progress: the repair is written and staged, and git makes the commit`, {
        command: conclude,
      }),
    ])
  }
  const only =
    kind === 'merge' ? ['--no-edit'] : ['-m', commitSubject(plan), '--', ...paths.map((path) => `:(literal)${path}`)]
  await git(root, ['commit', '--quiet', ...only])
  return (await git(root, ['rev-parse', 'HEAD'])).trim()
}

async function git(root: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runGit(root, args, { env: { GIT_EDITOR: 'true', GIT_OPTIONAL_LOCKS: '1' } })
  if (code === 0) return stdout.toString('utf8')
  const said =
    stderr.trim().split('\n').at(-1) || stdout.toString('utf8').trim().split('\n').at(-1) || `git ended with ${code}`
  throw new ApplyRefused([
    refusal('not-committed', `the repair is written, and git did not commit it: ${said}`, {
      help: 'put that right and commit it by hand',
    }),
  ])
}
