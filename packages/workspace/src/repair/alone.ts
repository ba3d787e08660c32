import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { realDisk } from '../apply/disk.js'
import { withLock } from '../apply/lock.js'
import type { GitDirectories } from '../git/directories.js'

/** To bring a target in takes git a while in a large repository; others wait for it. */
const PATIENCE_MS = 60_000

/**
 * Runs `work` as the only repair of this working tree that lets git do something: whoever could not begin a merge would abort
 * that of the other. Rejects with `ApplyRefused` when the other does not end.
 *
 * @param directories null outside git, where there is nothing to guard
 */
export async function alone<T>(directories: GitDirectories | null, work: () => Promise<T>): Promise<T> {
  if (directories === null) return work()
  const folder = join(directories.own, 'onehead')
  mkdirSync(folder, { recursive: true })
  return withLock(realDisk, join(folder, 'carry-out.lock'), work, PATIENCE_MS)
}
