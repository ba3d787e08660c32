import { type FileChange, refusal } from '@onehead/core'
import { journalOf } from '../apply/apply.js'
import { type Disk, realDisk } from '../apply/disk.js'
import { examine } from '../apply/examine.js'
import { exclusively } from '../apply/exclusively.js'
import { type ApplyOptions, ApplyRefused, type Recovery, type RepairRecord } from '../apply/index.js'
import { forgetLast, hasUnfinished, type Journal, readJournal, removeJournal } from '../apply/journal.js'
import { type Place, placeOf } from '../apply/place.js'
import { recoverAt } from '../apply/recover.js'
import { removeDirectories } from '../apply/take-back.js'
import { writeAll } from '../apply/transaction.js'
import { planFileUndo } from '../apply/undo-files.js'
import { type GitUndo, planGitUndo, undoGit } from '../apply/undo-git.js'
import { forgetMovesAt } from '../moves/store.js'

export interface UndoOptions extends ApplyOptions {
  /** Finds out what would be done, and refuses what would be refused; changes nothing. */
  readonly dryRun?: boolean
}

/** A repair that is taken back. */
export interface Undone {
  readonly record: RepairRecord
  /** What is written: each file as it was found, and as it was before the repair. */
  readonly changes: readonly FileChange[]
  readonly git: Pick<GitUndo, 'kind' | 'to'>
  /** A repair that was interrupted and is taken back in place of the last one; then nothing else was done. */
  readonly interrupted: Recovery | null
}

/**
 * Takes the last repair back: every byte of its files, what git has done for it, and the notes on revisions that it moved. A
 * repair that was interrupted is the last one; do not call `recover` before.
 *
 * @param root absolute path of the workspace
 * @throws {ApplyRefused} where there is no repair, or files or git are not as it has left them; then nothing has changed
 */
export function undo(root: string, options: UndoOptions = {}): Promise<Undone> {
  const { disk = realDisk, patienceMs, dryRun = false } = options
  const place = placeOf(root)
  if (dryRun) return plan(disk, place).then(({ undone }) => undone)
  return exclusively(disk, place, patienceMs, async () => {
    const recovered = await recoverAt(disk, place)
    if (recovered?.outcome === 'discarded' || recovered?.outcome === 'taken-back') {
      return { record: recovered.record, changes: [], git: { kind: null, to: null }, interrupted: recovered }
    }
    const { undone, last, git } = await plan(disk, place)
    await carryOut(disk, place, last, undone.changes, git)
    return undone
  })
}

async function plan(disk: Disk, place: Place): Promise<{ undone: Undone; last: Journal; git: GitUndo }> {
  if (hasUnfinished(place))
    throw refused('half-done', 'a repair was interrupted, and is to be taken back as a whole first')
  const last = readJournal(disk, place, 'last')
  if (last === null) throw refused('nothing-to-undo', 'there is no repair to undo')
  if (last.prefix !== place.prefix)
    throw refused('other-workspace', `the last repair was made in ${last.prefix || 'the top of the repository'}`, {
      help: 'run it there',
    })
  const git = await planGitUndo(place, last)
  const changes = await planFileUndo(disk, place, last, git.isBack)
  const { refusals } = examine(disk, place, changes)
  if (refusals.length > 0) throw new ApplyRefused(refusals)
  const { kind, to } = git
  return { undone: { record: last.record, changes, git: { kind, to }, interrupted: null }, last, git }
}

/** Files first, then git, the record last: whatever interrupts this, it can be undone again. */
async function carryOut(
  disk: Disk,
  place: Place,
  last: Journal,
  changes: readonly FileChange[],
  git: GitUndo,
): Promise<void> {
  await write(disk, place, last, changes)
  try {
    await undoGit(place, last, git)
  } catch (error) {
    await write(disk, place, last, changes.map(turnedRound))
    throw error
  }
  await forgetMovesAt(disk, place, last.id)
  removeDirectories(disk, place, last)
  forgetLast(disk, place)
}

async function write(disk: Disk, place: Place, last: Journal, changes: readonly FileChange[]): Promise<void> {
  const status = new Map(last.changes.map((change) => [change.target, change.status]))
  const { examined, refusals } = examine(disk, place, changes)
  if (refusals.length > 0) throw new ApplyRefused(refusals)
  // A file that comes back looks as it did.
  const known = examined.map((one) => ({ ...one, status: one.status ?? status.get(one.location.target) ?? null }))
  const journal = journalOf(place, 'undo', last.record, known)
  await writeAll(disk, place, journal, { last: () => removeJournal(disk, place) })
}

function turnedRound({ path, before, after }: FileChange): FileChange {
  return { path, before: after, after: before }
}

function refused(kind: string, message: string, more: { readonly help?: string } = {}): ApplyRefused {
  return new ApplyRefused([refusal(kind, message, more)])
}
