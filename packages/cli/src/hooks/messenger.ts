import { join, relative, sep } from 'node:path'
import type { Look } from '../look.js'
import type { Outcome, World } from '../world.js'

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
    return { ...SILENT, stderr: await oneLine(name, error) }
  }
}

/** Git starts hooks at the top of the working tree; whoever reads them stands where git was called. */
function pathsFrom({ cwd, env }: World): (path: string) => string {
  const start = join(cwd, env.GIT_PREFIX ?? '')
  return (path) => relative(start, join(cwd, path)).split(sep).join('/') || '.'
}

async function oneLine(name: MessengerName, error: unknown): Promise<string> {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const place =
    error instanceof Error && 'place' in error && typeof error.place === 'string' ? ` at ${error.place}` : ''
  const text = `${message.split('\n', 1)[0]}${place}`
  const visible = await import('@onehead/core').then(
    (core) => core.visible,
    () => (plain: string) => plain.replace(/[^\x20-\x7e]/g, '?'),
  )
  return `onehead: ${name} could not tell what changed: ${visible(text)}\n`
}
