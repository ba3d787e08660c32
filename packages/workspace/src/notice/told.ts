import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GitDirectories } from '../git/directories.js'

/**
 * Remembers the state that was told last, so that several hooks of one pull tell it once. Each working tree has its own. A
 * file that cannot be read or written means telling once more, never an error.
 *
 * @param state anything that JSON can say about what a reader now knows
 * @returns true where it was told already
 */
export function wasTold({ own }: GitDirectories, state: unknown): boolean {
  const print = createHash('sha256').update(JSON.stringify(state)).digest('hex')
  const folder = join(own, 'onehead')
  const path = join(folder, 'told.json')
  if (lastTold(path) === print) return true
  const temporary = `${path}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true })
    removeLeftOvers(folder)
    writeFileSync(temporary, `${JSON.stringify({ version: 1, state: print })}\n`)
    renameSync(temporary, path)
  } catch {
    rmSync(temporary, { force: true })
  }
  return false
}

/** Of runs that were killed; one that is still at it tells once more the next time. */
function removeLeftOvers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^told\.json\.\d+$/.test(name)) rmSync(join(folder, name), { force: true })
  }
}

function lastTold(path: string): string | null {
  try {
    const { version, state } = JSON.parse(readFileSync(path, 'utf8'))
    return version === 1 && typeof state === 'string' ? state : null
  } catch {
    return null
  }
}
