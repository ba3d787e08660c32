import type { Look } from '../look.js'
import type { Outcome, World } from '../world.js'
import { pathsFrom, trouble } from './words.js'

/** Hooks that only tell: whatever happens, git goes on. */
export const MESSENGERS = ['post-merge', 'post-rewrite', 'post-checkout', 'post-commit'] as const

export type MessengerName = (typeof MESSENGERS)[number]

export function isMessenger(name: string): name is MessengerName {
  return (MESSENGERS as readonly string[]).includes(name)
}

const SILENT: Outcome = { exitCode: 0, stdout: '' }

/** One short note where revisions came, left or moved; else nothing. Never fails, never asks, reads no standard input. */
export async function tell(
  name: MessengerName,
  args: readonly string[],
  { world, look }: { readonly world: World; readonly look: Look },
): Promise<Outcome> {
  try {
    const { noticeOf } = await import('@onehead/workspace/notice')
    const notice = await noticeOf({ name, args, cwd: world.cwd, env: world.env })
    if (notice === null) return SILENT
    const { formatNotice } = await import('@onehead/core')
    return { ...SILENT, stderr: formatNotice(notice, { ...look, showPath: pathsFrom(world) }) }
  } catch (error) {
    return { ...SILENT, stderr: await trouble(`${name} could not tell what changed`, error) }
  }
}
