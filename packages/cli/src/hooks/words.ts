import { join, relative, sep } from 'node:path'
import type { World } from '../world.js'

/** Git starts hooks at the top of the working tree; whoever reads them stands where git was called. */
export function pathsFrom({ cwd, env }: World): (path: string) => string {
  const start = join(cwd, env.GIT_PREFIX ?? '')
  return (path) => relative(start, join(cwd, path)).split(sep).join('/') || '.'
}

/** One line for a failure, known or not: no stack, and nothing that a terminal would obey. */
export async function trouble(what: string, error: unknown): Promise<string> {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const place =
    error instanceof Error && 'place' in error && typeof error.place === 'string' ? ` at ${error.place}` : ''
  const { visible } = await import('./say-trouble.js').catch(() => ({
    visible: (plain: string) => plain.replace(/[^\x20-\x7e]/g, '?'),
  }))
  return `onehead: ${what}: ${visible(`${message.split('\n', 1)[0]}${place}`)}\n`
}
