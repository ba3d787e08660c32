import { join, relative, sep } from 'node:path'
import type { Look } from '../look.js'
import type { Outcome, World } from '../world.js'

export interface PrePushCall {
  readonly world: World
  /** Asked only where something is said. */
  readonly look: () => Promise<Look>
  readonly json: boolean
}

/**
 * The gate. Says nothing and ends with 0 where all is well; with 1 where the push would newly bring an error. What cannot be
 * told, our own failures included, lets the push go with a loud line, unless `onehead.strict` is set in git's configuration.
 *
 * @param args the remote's name and address, as git gives them
 */
export async function prePush(args: readonly string[], { world, look, json }: PrePushCall): Promise<Outcome> {
  const { cwd, env } = world
  let gateInHand: Gate | null = null
  try {
    const gate = await import('@onehead/workspace/hook')
    gateInHand = gate
    const [remote = env.PRE_COMMIT_REMOTE_NAME ?? null, url = env.PRE_COMMIT_REMOTE_URL ?? remote] = args
    const now = Math.floor(Date.now() / 1000)
    const lines = await linesOf(world, gate)
    const request = { cwd, env, remote, url, branches: gate.branchPushes(lines) }
    if (request.branches.length === 0) return nothing(json, remote)
    const { skipped, notice } = await gate.bypass(request, now)
    const said = notice === null ? '' : `onehead: ${notice}\n`
    if (skipped) return { exitCode: 0, stdout: '', stderr: said }
    const push = await gate.takeUpPush(request)
    if (push === null) return { ...(await nothing(json, remote)), stderr: said }
    try {
      const { report, source } = await gate.judgePush(push, now)
      const { formatPush, formatPushJson } = await import('./say-push.js')
      const exitCode = report.blocked ? 1 : 0
      if (json) return { exitCode, stdout: formatPushJson(report), stderr: said }
      const from = join(cwd, env.GIT_PREFIX ?? '')
      const showPath = (path: string) => relative(from, join(push.root, path)).split(sep).join('/') || '.'
      const text = formatPush(report, { ...(await look()), source, showPath, now })
      return { exitCode, stdout: '', stderr: said + text }
    } finally {
      push.objects.close()
    }
  } catch (error) {
    const why = (await gateInHand?.readStrictness(cwd))?.why ?? null
    const went = why === null ? 'NOT judged' : `stopped, because it could not be judged and ${why}`
    const { trouble } = await import('./words.js')
    return { exitCode: why === null ? 0 : 1, stdout: '', stderr: await trouble(`this push was ${went}`, error) }
  }
}

type Gate = typeof import('@onehead/workspace/hook')

/** From standard input; from pre-commit's variables where that has read it; from a person at a terminal: what is checked out. */
async function linesOf({ cwd, env, isInputTerminal, readStandardInput }: World, gate: Gate) {
  if (isInputTerminal === true) return gate.linesForHead(cwd)
  const lines = gate.parsePushLines(await readStandardInput())
  return lines.length > 0 ? lines : gate.linesFromPreCommit(env)
}

async function nothing(json: boolean, remote: string | null): Promise<Outcome> {
  if (!json) return { exitCode: 0, stdout: '' }
  const { formatPushJson } = await import('./say-push.js')
  return {
    exitCode: 0,
    stdout: formatPushJson({ remote: remote ?? '', branches: [], notices: [], blocked: false }),
  }
}
