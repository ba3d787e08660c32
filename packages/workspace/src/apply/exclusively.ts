import { join } from 'node:path'
import type { Disk } from './disk.js'
import { withLock } from './lock.js'
import { type Place, preparePlace } from './place.js'
import { ApplyRefused } from './refused.js'
import { writeTrouble } from './trouble.js'

/** Runs `work` as the only one in this working tree that writes a repair. Rejects with `ApplyRefused` when it cannot. */
export async function exclusively<T>(
  disk: Disk,
  place: Place,
  patienceMs: number | undefined,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    preparePlace(place)
    return await withLock(disk, join(place.own, 'repair.lock'), work, patienceMs)
  } catch (error) {
    if (error instanceof ApplyRefused || (error as NodeJS.ErrnoException).syscall === undefined) throw error
    throw new ApplyRefused([writeTrouble(error, place.own)], { cause: error })
  }
}
