import { randomBytes } from 'node:crypto'
import { dirname, join, relative, sep } from 'node:path'
import { type FileChange, maskSecrets, type Refusal } from '@onehead/core'
import { forgetMovesAt, recordMovesAt } from '../moves/store.js'
import { type FileStatus, realDisk } from './disk.js'
import { type Examined, examine } from './examine.js'
import { exclusively } from './exclusively.js'
import { readGitState } from './git-state.js'
import { finishJournal, type Journal, type JournalChange, readJournal, writeJournal } from './journal.js'
import type { ApplyOptions } from './options.js'
import { type Place, placeOf } from './place.js'
import type { Applied, RepairRecord } from './record.js'
import { movesOf, recoverAt } from './recover.js'
import { ApplyRefused } from './refused.js'
import { writeAll } from './transaction.js'

/**
 * Writes all changes or none, and keeps them as the last repair, so that `undo` can take them back. What an earlier run left
 * half done is put right first; a plan made before that will not fit, so call `recover` before planning.
 *
 * A file is compared with `before` and refused where it has changed; a symlink is written through; permissions stay. Without
 * changes only the record is kept, if git has done something.
 *
 * @param root absolute path of the workspace
 * @throws {ApplyRefused} with a reason for each file; then nothing has changed
 */
export function applyChanges(
  root: string,
  changes: readonly FileChange[],
  record: RepairRecord,
  { disk = realDisk, patienceMs }: ApplyOptions = {},
): Promise<Applied> {
  const place = placeOf(root)
  return exclusively(disk, place, patienceMs, async () => {
    const recovered = await recoverAt(disk, place)
    const { examined, refusals } = examine(disk, place, changes)
    if (refusals.length > 0) throw new ApplyRefused(refusals)
    const draft = journalOf(place, 'repair', record, examined)
    // What changes nothing must not take the place of a repair that can be undone.
    if (isEmpty(draft)) return { id: draft.id, written: [], recovered }
    const targets = draft.changes.map(({ target }) => target)
    const journal = { ...draft, git: record.git && (await readGitState(place, targets)) }
    await writeAll(disk, place, journal, {
      first: () => recordMovesAt(disk, place, movesOf(journal)),
      last: () => finishJournal(disk, place),
      back: () => forgetMovesAt(disk, place, journal.id),
    })
    return { id: journal.id, written: examined.map(({ change }) => change.path), recovered }
  })
}

/** Why `applyChanges` would refuse these changes as the files are now; empty where it would write them. Writes nothing. */
export function foreseeRefusals(root: string, changes: readonly FileChange[]): readonly Refusal[] {
  return examine(realDisk, placeOf(root), changes).refusals
}

/**
 * Adds to the last repair the commit that holds it. Does nothing where another repair has come after it.
 *
 * @param id `Applied.id`
 * @param commit full id
 * @throws {ApplyRefused} where the record cannot be written
 */
export function noteCommit(root: string, id: string, commit: string, options: ApplyOptions = {}): Promise<void> {
  const { disk = realDisk, patienceMs } = options
  const place = placeOf(root)
  return exclusively(disk, place, patienceMs, () => {
    const last = readJournal(disk, place, 'last')
    if (last?.id !== id || last.record.git === null) return
    const git = { ...last.record.git, committed: commit }
    writeJournal(disk, place, 'last', { ...last, record: { ...last.record, git } })
  })
}

function isEmpty({ changes, record }: Journal): boolean {
  return changes.length === 0 && record.moves.length === 0 && (record.git === null || record.git.kind === null)
}

export function journalOf(
  place: Place,
  intent: Journal['intent'],
  record: RepairRecord,
  examined: readonly Examined[],
): Journal {
  const id = randomBytes(6).toString('hex')
  const fromTop = (path: string) => relative(place.top, path).split(sep).join('/')
  const changes = examined.map(
    ({ change, location, status }, index): JournalChange => ({
      ...change,
      target: location.target,
      status: status && pick(status),
      temporary: fromTop(join(dirname(location.real), `.onehead-${id}-${index}.tmp`)),
    }),
  )
  const directories = new Set(examined.flatMap(({ location }) => location.missing.map(fromTop)))
  // Who types a password on the command line does not expect to find it in a file.
  const kept = { ...record, command: maskSecrets(record.command) }
  return { id, intent, record: kept, prefix: place.prefix, changes, directories: [...directories], git: null }
}

function pick({ mode, uid, gid, size, mtimeMs }: FileStatus): FileStatus {
  return { mode, uid, gid, size, mtimeMs }
}
