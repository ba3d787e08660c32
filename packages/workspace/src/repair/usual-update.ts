import { runGit } from '../git/process.js'

/** How `git pull` brings a branch in here. */
export type UsualUpdate = 'merge' | 'rebase' | 'rebase-merges'

/** `pull.rebase`, which a branch may override. */
export async function usualUpdate(root: string): Promise<UsualUpdate> {
  const { stdout } = await runGit(root, ['config', '--get-regexp', '^(pull|branch\\..*)\\.rebase$'])
  const settings = stdout.toString('utf8').trim().split('\n')
  const branch = (await runGit(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.toString('utf8').trim()
  const own = settings.find((line) => line.startsWith(`branch.${branch}.rebase `))
  const value = (own ?? settings.find((line) => line.startsWith('pull.rebase ')))?.split(' ').at(-1)
  if (value === undefined || value === 'false' || value === 'no') return 'merge'
  return value === 'merges' || value === 'm' ? 'rebase-merges' : 'rebase'
}
