import { realDisk } from './disk.js'
import { readJournal } from './journal.js'
import { placeOf } from './place.js'
import type { RepairRecord } from './record.js'

/**
 * The repair that `undo` would take back; null where there is none.
 *
 * @throws {ApplyRefused} where the notes on it cannot be read
 */
export function lastRepair(root: string): RepairRecord | null {
  return readJournal(realDisk, placeOf(root), 'last')?.record ?? null
}
