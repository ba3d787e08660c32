import { shellWord } from '@onehead/core'
import type { RepairGit } from '../apply/index.js'
import { readOperatorSettings } from '../gate/operator.js'
import { runGit } from '../git/process.js'

/**
 * The command that pushes what is checked out: git refuses a bare `git push` for a branch that it has never pushed, and after a
 * rebase. Null where there is no branch or no remote.
 */
export async function nextPush(root: string, git: RepairGit | null): Promise<string | null> {
  const branch = await ask(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const { remotes } = await readOperatorSettings(root)
  const remote = remotes.has('origin') ? 'origin' : ([...remotes.keys()][0] ?? null)
  if (branch === null || remote === null) return null
  const pushed = await ask(root, ['rev-parse', '--verify', '--quiet', '@{push}'])
  if (pushed === null) return `git push -u ${shellWord(remote)} ${shellWord(branch)}`
  const before = git?.kind === 'rebase' ? git.headBefore : null
  const isRewritten = before !== null && !(await isIn(root, pushed, 'HEAD'))
  // Only over what was here before the rebase: never over somebody else's commits.
  return isRewritten && (await isIn(root, pushed, before)) ? 'git push --force-with-lease' : 'git push'
}

async function isIn(root: string, commit: string, other: string): Promise<boolean> {
  return (await runGit(root, ['merge-base', '--is-ancestor', commit, other])).code === 0
}

async function ask(root: string, args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await runGit(root, args)
  return code === 0 ? stdout.toString('utf8').trim() : null
}
