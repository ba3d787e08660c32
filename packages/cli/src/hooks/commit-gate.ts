import type { Look } from '../look.js'
import type { Outcome, World } from '../world.js'
import type { CommitGateName } from './commit-gates.js'
import { pathsFrom, trouble } from './words.js'

/** Exit code 1 where the commit would newly bring an error; what cannot be told goes on, loudly, unless `onehead.strict` is set. */
export async function judgeBeforeCommit(
  name: CommitGateName,
  { world, look }: { readonly world: World; readonly look: Look },
): Promise<Outcome> {
  const { cwd, env } = world
  const what = name === 'pre-commit' ? 'commit' : 'merge'
  let hookInHand: typeof import('@onehead/workspace/notice') | null = null
  try {
    const hook = await import('@onehead/workspace/notice')
    hookInHand = hook
    const bypass = hook.bypassHook({ cwd, env, hook: name, what, details: {} }, Date.now() / 1000)
    const notice = bypass.notice === null ? '' : `onehead: ${bypass.notice}\n`
    if (bypass.skipped) return { exitCode: 0, stdout: '', stderr: notice }
    const judgement = await hook.judgeCommit({ cwd, env })
    if (judgement === null) return { exitCode: 0, stdout: '', stderr: notice }
    const { formatCheck } = await import('./say-commit.js')
    const text = formatCheck(judgement.report, {
      ...look,
      source: judgement.source,
      showPath: pathsFrom(world),
    })
    return { exitCode: 1, stdout: '', stderr: `${notice}${text}${afterwards(name, judgement.isMerge, look)}` }
  } catch (error) {
    const why = (await hookInHand?.readStrictness(cwd))?.why ?? null
    const went = why === null ? 'not judged' : `stopped, because ${why}`
    return { exitCode: why === null ? 0 : 1, stdout: '', stderr: await trouble(`this ${what} was ${went}`, error) }
  }
}

/** Where git leaves whoever is stopped here. */
function afterwards(name: CommitGateName, isMerge: boolean, { program }: Look): string {
  const next =
    name === 'pre-merge-commit'
      ? 'the merge is staged and not committed: repair it, `git add` the scripts, then `git commit`; `git merge --abort` undoes it'
      : `nothing is committed: repair it, \`git add\` the scripts, then \`git commit\`${isMerge ? ' concludes the merge' : ''}`
  return `  ${next}\n  \`${program} check --staged\` judges what is staged; past this: ONEHEAD_SKIP='why', or --no-verify\n`
}
