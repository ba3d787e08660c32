import { runGit } from '../git/process.js'
import type { OperatorSettings } from './operator.js'

export interface QuietFetch {
  /** After the options of every quiet fetch. */
  readonly args: readonly string[]
  /** Before `fetch`: `key=value`. */
  readonly config?: readonly string[]
  readonly input?: string
  readonly timeoutMs: number
}

/**
 * `git fetch` for somebody who waits for something else: bounded whatever ssh does, without a prompt or a terminal, touching no ref but those that it names.
 * @returns why it failed, in words; null where it did not
 */
export async function quietFetch(
  root: string,
  settings: OperatorSettings,
  { args, config = [], input, timeoutMs }: QuietFetch,
): Promise<string | null> {
  const set = config.flatMap((one) => ['-c', one])
  const quiet = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--no-auto-maintenance']
  const { code, stderr } = await runGit(root, [...set, 'fetch', ...quiet, ...args], {
    ...(input === undefined ? {} : { input }),
    timeoutMs,
    ownGroup: true,
    env: { GCM_INTERACTIVE: 'never', ...quietSsh(settings) },
  })
  if (code === 0) return null
  if (code === -1) return `no answer within ${inSeconds(timeoutMs)} seconds`
  return /^(?:fatal|error): (.*)$/m.exec(stderr)?.[1] ?? `git ended with ${code}`
}

/** As a person says it: 8, not 7.993. */
export function inSeconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toPrecision(1))
}

/** The operator's own ssh, told not to ask; a program that `GIT_SSH` names may not understand that. */
function quietSsh({ sshCommand }: OperatorSettings): Record<string, string> {
  const command = process.env.GIT_SSH_COMMAND ?? sshCommand ?? (process.env.GIT_SSH ? null : 'ssh')
  return command === null ? {} : { GIT_SSH_COMMAND: `${command} -oBatchMode=yes -oConnectTimeout=3` }
}
