import { dirname } from 'node:path'
import { type FileChange, type Refusal, refusal } from '@onehead/core'
import { areEqual } from './bytes.js'
import { codeOf, type Disk, type FileStatus, isAbsence } from './disk.js'
import { isRefusal, type Location, locate } from './locate.js'
import { type Place, shownPath } from './place.js'
import { readOnly, writeTrouble } from './trouble.js'

/** A change that could be written a moment ago. */
export interface Examined {
  readonly change: FileChange
  readonly location: Location
  /** Of the file that is there; null where there is none. */
  readonly status: FileStatus | null
}

/**
 * Compares every file with what the plan has seen, and looks whether it may be written. Writes nothing. Changes that change
 * nothing, and the same change of a file that goes by several names, are left out.
 */
export function examine(
  disk: Disk,
  place: Place,
  changes: readonly FileChange[],
): { readonly examined: readonly Examined[]; readonly refusals: readonly Refusal[] } {
  const examined = new Map<string, Examined>()
  const refusals: Refusal[] = []
  for (const change of changes) {
    const one = examineOne(disk, place, change)
    if (isRefusal(one)) {
      refusals.push(one)
      continue
    }
    const other = examined.get(one.location.real)
    if (other === undefined) examined.set(one.location.real, one)
    else if (!areSame(other.change, change)) refusals.push(sameFile(other.change.path, change.path))
  }
  const real = [...examined.values()].filter(({ change }) => !areEqual(change.before, change.after))
  return { examined: real, refusals }
}

function examineOne(disk: Disk, place: Place, change: FileChange): Examined | Refusal {
  const { path } = change
  const location = locate(disk, place, path)
  if (isRefusal(location)) return location
  if (location.isLink && change.after === null)
    return refusal('linked', `${path} is a symlink, and to delete what it leads to is not ours to decide`, {
      path,
      help: `remove it yourself, and ${location.target} if nothing else needs it`,
    })
  const status = statusOf(disk, location.real)
  if (status === 'other') return refusal('not-a-file', `${path} is no ordinary file`, { path })
  const differs = compare(disk, location, status, change)
  if (differs !== null) return differs
  const closed = status === null ? null : closedFile(disk, location, status, path)
  return closed ?? closedDirectory(disk, place, location, path) ?? { change, location, status }
}

function statusOf(disk: Disk, real: string): FileStatus | 'other' | null {
  try {
    const status = disk.statSync(real)
    return status.isFile() ? status : 'other'
  } catch (error) {
    return isAbsence(error) ? null : 'other'
  }
}

function compare(disk: Disk, { real }: Location, status: FileStatus | null, change: FileChange): Refusal | null {
  const { path, before } = change
  const again = { path, help: 'run it again: the plan is made anew' }
  if (status === null) return before === null ? null : refusal('missing', `${path} is not there any more`, again)
  if (before === null) return refusal('exists', `${path} is there already`, again)
  try {
    return areEqual(disk.readFileSync(real), before)
      ? null
      : refusal('changed', `${path} has changed since the plan was made`, again)
  } catch (error) {
    return refusal('not-written', `${path} cannot be read (${codeOf(error)})`, { path })
  }
}

/** A file without any write bit is meant to stay as it is, for root too; whatever else forbids it shows when it is opened. */
function closedFile(disk: Disk, { real }: Location, status: FileStatus, path: string): Refusal | null {
  if ((status.mode & 0o222) === 0) return readOnly(path, status)
  try {
    disk.closeSync(disk.openSync(real, 'r+'))
    return null
  } catch (error) {
    return writeTrouble(error, path, status)
  }
}

/** The rest is shown by the temporary file that is made in it. */
function closedDirectory(disk: Disk, place: Place, { real, missing }: Location, path: string): Refusal | null {
  const directory = dirname(missing[0] ?? real)
  try {
    const status = disk.statSync(directory)
    if (!status.isDirectory()) return refusal('not-a-file', `${path} would lie in a file`, { path })
    if ((status.mode & 0o222) !== 0) return null
    return readOnly(shownPath(place, directory), status)
  } catch (error) {
    return writeTrouble(error, path)
  }
}

function sameFile(one: string, other: string): Refusal {
  return refusal('same-file', `${one} and ${other} are one file, and the plan wants two different things of it`, {
    path: other,
  })
}

function areSame(one: FileChange, other: FileChange): boolean {
  return areEqual(one.before, other.before) && areEqual(one.after, other.after)
}
