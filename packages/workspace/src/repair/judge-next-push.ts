import { branchPushes, linesForHead, takeUpPush } from '../gate/fast-path.js'
import { readOperatorSettings } from '../gate/operator.js'
import { judgePush } from '../use-cases/pre-push.js'

/**
 * What the gate would say to a push of what is checked out; null where nobody can tell (no remote, no branch).
 *
 * @param now seconds since 1970
 */
export async function judgeNextPush(root: string, now: number): Promise<'passes' | 'stopped' | null> {
  const { remotes } = await readOperatorSettings(root)
  const remote = remotes.has('origin') ? 'origin' : ([...remotes.keys()][0] ?? null)
  const branches = branchPushes(await linesForHead(root))
  if (remote === null || branches.length === 0) return null
  const push = await takeUpPush({
    cwd: root,
    env: process.env,
    remote,
    url: remotes.get(remote)?.urls[0] ?? remote,
    branches,
  })
  if (push === null) return 'passes'
  try {
    const { report } = await judgePush({ ...push, settings: { ...push.settings, fetch: 'never' } }, now)
    return report.blocked ? 'stopped' : 'passes'
  } finally {
    push.objects.close()
  }
}
