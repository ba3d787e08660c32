import { realDisk } from '../apply/disk.js'
import { exclusively } from '../apply/exclusively.js'
import { placeOf } from '../apply/place.js'
import type { MovedRecord } from './moved.js'
import { forgetMovesAt, type Moves, readMovesAt, recordMovesAt } from './store.js'

export type { MovedRecord } from './moved.js'
export type { Moves } from './store.js'

/**
 * The revisions of a workspace that repairs have moved, on any working tree of its repository: they share their databases.
 * Never throws for a damaged file: it says so, and what can be read is there.
 *
 * @param root absolute
 */
export function readMoves(root: string): Moves {
  return readMovesAt(realDisk, placeOf(root))
}

/**
 * Adds to them; `applyChanges` does this by itself with the moves of its record.
 *
 * @throws {ApplyRefused} where the file cannot be written
 */
export function recordMoves(root: string, moves: readonly MovedRecord[]): Promise<void> {
  const place = placeOf(root)
  return exclusively(realDisk, place, undefined, () => recordMovesAt(realDisk, place, moves))
}

/**
 * Removes those of one repair; `undo` does this by itself.
 *
 * @param repair `MovedRecord.repair`
 * @throws {ApplyRefused} where the file cannot be written
 */
export function forgetMoves(root: string, repair: string): Promise<void> {
  const place = placeOf(root)
  return exclusively(realDisk, place, undefined, () => forgetMovesAt(realDisk, place, repair))
}
