import { dirname, join } from 'node:path'
import { areEqual } from './bytes.js'
import {
  codeOf,
  createDurably,
  type Disk,
  isAbsence,
  isThere,
  readIfThere,
  removeIfThere,
  syncDirectory,
} from './disk.js'
import { type Journal, type JournalChange, removeJournal } from './journal.js'
import type { Place } from './place.js'
import type { KeptFile } from './record.js'

/** What a file holds now, seen from a journal. */
export type Standing = 'before' | 'after' | 'foreign'

export interface TakenBack {
  /** Workspace-relative. */
  readonly restored: readonly string[]
  readonly kept: readonly KeptFile[]
}

/** Removes all that was made before the first script was touched. */
export function discard(disk: Disk, place: Place, journal: Journal): void {
  removeTemporaries(disk, place, journal)
  removeDirectories(disk, place, journal)
  removeJournal(disk, place)
}

/**
 * Gives every file that holds what the journal writes its former contents, and removes all that was made on the way. A file
 * that holds something else is somebody's work and stays; what ours would have been is put beside the notes. May be
 * interrupted anywhere and begun again.
 */
export function takeBack(disk: Disk, place: Place, journal: Journal): TakenBack {
  const standings = journal.changes.map((change) => ({ change, standing: standingOf(disk, place, change) }))
  // First of all room on the disk.
  removeTemporaries(disk, place, journal)
  const kept = standings
    .filter(({ standing }) => standing === 'foreign')
    .map(({ change }) => keepBoth(disk, place, journal.id, change))
  const ours = standings.filter(({ standing }) => standing === 'after').map(({ change }) => change)
  for (const change of ours) restore(disk, place, change)
  discard(disk, place, journal)
  return { restored: ours.map(({ path }) => path), kept }
}

export function standingOf(disk: Disk, { top }: Place, { target, before, after }: JournalChange): Standing {
  const path = join(top, target)
  if (!leadsThere(disk, path)) return 'foreign'
  const now = readIfThere(disk, path)
  if (areEqual(now, before)) return 'before'
  return areEqual(now, after) ? 'after' : 'foreign'
}

/** False where a symlink has taken the place of the file or of a directory above it: the path had none. */
function leadsThere(disk: Disk, path: string): boolean {
  try {
    return disk.realpathSync(dirname(path)) === dirname(path) && isPlain(disk, path)
  } catch (error) {
    return isAbsence(error)
  }
}

function isPlain(disk: Disk, path: string): boolean {
  try {
    return disk.lstatSync(path).isFile()
  } catch (error) {
    return isAbsence(error)
  }
}

function restore(disk: Disk, { top }: Place, { target, temporary, before, after, status }: JournalChange): void {
  const path = join(top, target)
  if (before === null) removeIfThere(disk, path)
  else {
    const like = after === null ? status : disk.statSync(path)
    createDurably(disk, join(top, temporary), before, like)
    disk.renameSync(join(top, temporary), path)
  }
  syncDirectory(disk, dirname(path))
}

function keepBoth(disk: Disk, { own }: Place, id: string, { path, before, after }: JournalChange): KeptFile {
  const keep = (side: string, bytes: Uint8Array | null): string | null => {
    if (bytes === null) return null
    const copy = join(own, 'kept', id, side, path)
    disk.mkdirSync(dirname(copy), { recursive: true })
    removeIfThere(disk, copy)
    createDurably(disk, copy, bytes, null)
    return copy
  }
  return { path, before: keep('before', before), after: keep('after', after) }
}

export function removeTemporaries(disk: Disk, { top }: Place, { changes }: Journal): void {
  for (const { temporary } of changes) removeIfThere(disk, join(top, temporary))
}

/** Those that were made for the changes and are empty again. */
export function removeDirectories(disk: Disk, { top }: Place, { directories }: Journal): void {
  for (const directory of [...directories].reverse()) {
    const path = join(top, directory)
    try {
      disk.rmdirSync(path)
    } catch (error) {
      if (isThere(disk, path) && !['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error
    }
  }
}
