import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '@onehead/core'
import {
  codeOf,
  type Disk,
  type FileStatus,
  halfWritten,
  readIfThere,
  removeIfThere,
  replaceDurably,
  syncDirectory,
} from './disk.js'
import type { GitState } from './git-state.js'
import type { Place } from './place.js'
import type { RepairRecord } from './record.js'
import { ApplyRefused } from './refused.js'

/** Everything needed to take a repair back, whatever is left of it. Kept as the last repair once it is done. */
export interface Journal {
  readonly id: string
  readonly intent: 'repair' | 'undo'
  /** Of the repair; of the repair undone where this is an undo. */
  readonly record: RepairRecord
  /** From the top to the workspace. */
  readonly prefix: string
  readonly changes: readonly JournalChange[]
  /** Made for the changes, from the top, outermost first. */
  readonly directories: readonly string[]
  /** How git stood when the files were written; null outside git, and for an undo. */
  readonly git: GitState | null
}

/** One file. Contents are null where it does not exist. */
export interface JournalChange {
  /** Workspace-relative: what people know it by. */
  readonly path: string
  /** From the top, every symlink followed. */
  readonly target: string
  readonly before: Uint8Array | null
  readonly after: Uint8Array | null
  /** Of the file that was there: what takes its place looks the same. */
  readonly status: FileStatus | null
  /** From the top: beside the target. */
  readonly temporary: string
}

/**
 * `prepared`: no script has been touched; `ready`: every temporary file is on the platter, scripts may be touched; `last`: done.
 * Going from one to the next is one rename.
 */
export type JournalStage = 'prepared' | 'ready' | 'last'

const VERSION = 1

export function journalPath({ own }: Place, stage: JournalStage): string {
  return join(own, `${stage === 'last' ? 'last-repair' : `repair-${stage}`}.json`)
}

export function writeJournal(disk: Disk, place: Place, stage: JournalStage, journal: Journal): void {
  const encode = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('base64')
  const changes = journal.changes.map((change) => ({
    ...change,
    before: encode(change.before),
    after: encode(change.after),
  }))
  replaceDurably(disk, journalPath(place, stage), `${JSON.stringify({ version: VERSION, ...journal, changes })}\n`)
}

/** `null` where there is none. Throws `ApplyRefused` for one that cannot be read: it is whole, or not there, unless somebody was at it. */
export function readJournal(disk: Disk, place: Place, stage: JournalStage): Journal | null {
  const path = journalPath(place, stage)
  try {
    const bytes = readIfThere(disk, path)
    return bytes === null ? null : decode(Buffer.from(bytes).toString('utf8'), path)
  } catch (error) {
    if (error instanceof ApplyRefused) throw error
    const why = error instanceof SyntaxError || error instanceof TypeError ? 'damaged' : codeOf(error)
    throw new ApplyRefused([
      refusal('half-done', `the notes on a repair cannot be read (${why}): ${path}`, {
        help: 'compare the scripts with `git diff`, then remove that file',
      }),
    ])
  }
}

function decode(text: string, path: string): Journal {
  const { version, ...journal } = JSON.parse(text)
  if (version !== VERSION)
    throw new ApplyRefused([
      refusal('newer-record', `another version of onehead has written ${path}`, { help: 'use that version here' }),
    ])
  const bytes = (value: string | null) => (value === null ? null : Buffer.from(value, 'base64'))
  const changes = journal.changes.map((change: Record<'before' | 'after', string | null>) => ({
    ...change,
    before: bytes(change.before),
    after: bytes(change.after),
  }))
  return { ...journal, changes }
}

/**
 * The moment in which a repair is done: from now on it is the last one. Not waited for: whichever of the two names outlives a
 * loss of power, every file stands.
 */
export function finishJournal(disk: Disk, place: Place): void {
  disk.renameSync(journalPath(place, 'ready'), journalPath(place, 'last'))
}

/** Forgets what is not done. */
export function removeJournal(disk: Disk, place: Place): void {
  for (const stage of ['prepared', 'ready'] as const) removeIfThere(disk, journalPath(place, stage))
  syncDirectory(disk, place.own)
}

/** True where a run is in the middle of writing, or was killed there. */
export function hasUnfinished(place: Place): boolean {
  const [prepared, ready] = [journalPath(place, 'prepared'), journalPath(place, 'ready')]
  return existsSync(prepared) || existsSync(ready) || existsSync(halfWritten(prepared))
}

/** There is nothing to undo any more. */
export function forgetLast(disk: Disk, place: Place): void {
  removeIfThere(disk, journalPath(place, 'last'))
  syncDirectory(disk, place.own)
}

/** What was killed while it wrote its first note. */
export function removeHalfWritten(disk: Disk, place: Place): void {
  for (const stage of ['prepared', 'last'] as const) removeIfThere(disk, halfWritten(journalPath(place, stage)))
}
