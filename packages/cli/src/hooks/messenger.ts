import type { Look } from '../look.js'
import type { Outcome, World } from '../world.js'
import type { MessengerName } from './messengers.js'
import { pathsFrom, trouble } from './words.js'

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
    const { formatNotice } = await import('./say-notice.js')
    return { ...SILENT, stderr: formatNotice(notice, { ...look, showPath: pathsFrom(world) }) }
  } catch (error) {
    return { ...SILENT, stderr: await trouble(`${name} could not tell what changed`, error) }
  }
}
