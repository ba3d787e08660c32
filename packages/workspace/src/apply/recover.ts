import type { MovedRecord } from '../moves/moved.js'
import { forgetMovesAt, recordMovesAt } from '../moves/store.js'
import { type Disk, realDisk } from './disk.js'
import { exclusively } from './exclusively.js'
import { finishJournal, hasUnfinished, type Journal, readJournal, removeHalfWritten, removeJournal } from './journal.js'
import type { ApplyOptions } from './options.js'
import { type Place, placeOf } from './place.js'
import type { Recovery } from './record.js'
import { discard, removeTemporaries, standingOf, takeBack } from './take-back.js'

/**
 * Puts right what a run left half done that was killed, and tells what became of it; null where there is nothing, which costs
 * next to nothing. To be called by every command that writes, before it looks at the scripts.
 *
 * The rule: **it is taken back**, because the same command finds the same repair again, and because nobody knows what has
 * happened to the repository since. Only where every file already holds what the repair writes does it stand.
 *
 * @param root absolute path of the workspace
 * @throws {ApplyRefused} where another process is at it, or the disk does not let us
 */
export async function recover(root: string, options: ApplyOptions = {}): Promise<Recovery | null> {
  const { disk = realDisk, patienceMs } = options
  const place = placeOf(root)
  if (!hasUnfinished(place)) return null
  return exclusively(disk, place, patienceMs, () => recoverAt(disk, place))
}

/** The same for who holds the lock. */
export async function recoverAt(disk: Disk, place: Place): Promise<Recovery | null> {
  removeHalfWritten(disk, place)
  const ready = readJournal(disk, place, 'ready')
  const journal = ready ?? readJournal(disk, place, 'prepared')
  if (journal === null) return null
  if (ready === null) {
    discard(disk, place, journal)
    return told(journal, journal.intent === 'undo' ? 'undo-taken-back' : 'discarded')
  }
  const stands = journal.changes.every((change) => standingOf(disk, place, change) === 'after')
  if (journal.intent === 'undo') return recoverUndo(disk, place, journal, stands)
  if (stands) {
    removeTemporaries(disk, place, journal)
    await recordMovesAt(disk, place, movesOf(journal))
    finishJournal(disk, place)
    return told(journal, 'completed')
  }
  await forgetMovesAt(disk, place, journal.id)
  return { ...told(journal, 'taken-back'), ...takeBack(disk, place, journal) }
}

/** The repair is still the last one: it can be undone again. */
function recoverUndo(disk: Disk, place: Place, journal: Journal, stands: boolean): Recovery {
  if (!stands) return { ...told(journal, 'undo-taken-back'), ...takeBack(disk, place, journal) }
  removeTemporaries(disk, place, journal)
  removeJournal(disk, place)
  return told(journal, 'undo-unfinished')
}

/** What a repair records of the revisions that it moves. */
export function movesOf({ id, record }: Journal): readonly MovedRecord[] {
  return record.moves.map((move) => ({ ...move, repair: id }))
}

function told({ record }: Journal, outcome: Recovery['outcome']): Recovery {
  return { record, outcome, restored: [], kept: [] }
}
