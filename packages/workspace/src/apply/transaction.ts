import { dirname, join } from 'node:path'
import { type Refusal, refusal } from '@onehead/core'
import { createDurably, type Disk, syncDirectory } from './disk.js'
import { type Journal, type JournalChange, journalPath, writeJournal } from './journal.js'
import { type Place, shownPath } from './place.js'
import { ApplyRefused } from './refused.js'
import { discard, standingOf, takeBack } from './take-back.js'
import { folderTrouble, writeTrouble } from './trouble.js'

/** What belongs to a transaction besides files. Whatever it throws takes the files back. */
export interface Companion {
  /** Before the first script is touched. */
  readonly first?: () => Promise<void> | void
  /** When every script stands: makes it final. */
  readonly last: () => Promise<void> | void
  /** Undoes `first`. */
  readonly back?: () => Promise<void> | void
}

/**
 * Writes all changes or none. On the way: notes of what is going to happen, temporary files beside every target, all of it on
 * the platter; then one rename says that scripts may be touched; then a rename or a removal for each. Whatever is thrown in
 * between, everything is taken back; whatever kills the process, `recover` does that.
 *
 * Leaves the journal at the stage `ready`: the companion's `last` says what becomes of it. Throws `ApplyRefused`.
 */
export async function writeAll(disk: Disk, place: Place, journal: Journal, companion: Companion): Promise<void> {
  try {
    prepare(disk, place, journal)
  } catch (error) {
    return failed(error, () => discard(disk, place, journal))
  }
  try {
    await companion.first?.()
    for (const change of journal.changes) putInPlace(disk, place, change)
    syncFolders(disk, place, journal.changes)
    await companion.last()
  } catch (error) {
    await failed(error, async () => {
      await companion.back?.()
      takeBack(disk, place, journal)
    })
  }
}

/** Everything that usually goes wrong does so here, before a script is touched. */
function prepare(disk: Disk, place: Place, journal: Journal): void {
  during(journalPath(place, 'prepared'), () => writeJournal(disk, place, 'prepared', journal))
  for (const directory of journal.directories) {
    const path = join(place.top, directory)
    during(shownPath(place, path), () => disk.mkdirSync(path), folderTrouble)
    during(shownPath(place, path), () => syncDirectory(disk, dirname(path)))
  }
  for (const { temporary, after, status, path } of journal.changes) {
    // Empty beside a file that is going to be removed: it shows that the directory may be changed.
    const write = () => createDurably(disk, join(place.top, temporary), after ?? new Uint8Array(), status)
    during(path, write, folderTrouble)
  }
  // All that took its time, and somebody may have saved a file in an editor.
  for (const change of journal.changes) during(change.path, () => refuseChanged(disk, place, change))
  during(journalPath(place, 'ready'), () => {
    disk.renameSync(journalPath(place, 'prepared'), journalPath(place, 'ready'))
    syncDirectory(disk, place.own)
  })
}

function refuseChanged(disk: Disk, place: Place, change: JournalChange): void {
  const { path } = change
  if (standingOf(disk, place, change) === 'before') return
  throw new ApplyRefused([refusal('changed', `${path} has changed in this moment`, { path, help: 'run it again' })])
}

function putInPlace(disk: Disk, place: Place, { path, target, temporary, after }: JournalChange): void {
  during(path, () => {
    if (after !== null) disk.renameSync(join(place.top, temporary), join(place.top, target))
    else {
      disk.unlinkSync(join(place.top, target))
      disk.unlinkSync(join(place.top, temporary))
    }
  })
}

function syncFolders(disk: Disk, place: Place, changes: readonly JournalChange[]): void {
  const folders = new Set(changes.map(({ target }) => dirname(join(place.top, target))))
  for (const folder of folders) during(shownPath(place, folder), () => syncDirectory(disk, folder))
}

/** Puts back, and throws what went wrong: as it is where it is a mistake of ours. */
async function failed(error: unknown, putBack: () => Promise<void> | void): Promise<never> {
  const halfDone: Refusal[] = []
  try {
    await putBack()
  } catch {
    const help = 'the next onehead command that writes does it: nothing is lost'
    halfDone.push(refusal('half-done', 'what was written until then could not be taken back just now', { help }))
  }
  if (!(error instanceof ApplyRefused)) throw error
  throw new ApplyRefused([...error.refusals, ...halfDone], { cause: error })
}

function during(shown: string, work: () => void, trouble: typeof writeTrouble = writeTrouble): void {
  try {
    work()
  } catch (cause) {
    if (cause instanceof ApplyRefused) throw cause
    throw new ApplyRefused([trouble(cause, shown)], { cause })
  }
}
