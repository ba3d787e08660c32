import { type FileChange, type Refusal, refusal } from '@onehead/core'
import { areEqual } from './bytes.js'
import { codeOf, type Disk, readIfThere } from './disk.js'
import { readTreeEntries } from './git-state.js'
import type { Journal, JournalChange } from './journal.js'
import { isRefusal, locate } from './locate.js'
import type { Place } from './place.js'
import { ApplyRefused } from './refused.js'

/**
 * What has to be written so that every file of a repair holds again what it held. Nothing for those that do already, or that
 * git has put back. Rejects with `ApplyRefused`, naming every file that somebody has changed since.
 *
 * @param isBack true where git stands already as before the repair
 */
export async function planFileUndo(
  disk: Disk,
  place: Place,
  last: Journal,
  isBack: boolean,
): Promise<readonly FileChange[]> {
  const ofGit = isBack ? await touchedByGit(place, last) : new Set<string>()
  const changes: FileChange[] = []
  const refusals: Refusal[] = []
  for (const change of last.changes.filter(({ target }) => !ofGit.has(target))) {
    const planned = restoration(disk, place, change)
    if (planned === null) continue
    if (isRefusal(planned)) refusals.push(planned)
    else changes.push(planned)
  }
  if (refusals.length > 0) throw new ApplyRefused(refusals)
  return changes
}

function restoration(disk: Disk, place: Place, { path, before, after }: JournalChange): FileChange | Refusal | null {
  const location = locate(disk, place, path)
  if (isRefusal(location)) return location
  let now: Uint8Array | null
  try {
    now = readIfThere(disk, location.real)
  } catch (error) {
    return refusal('not-written', `${path} cannot be read (${codeOf(error)})`, { path })
  }
  if (areEqual(now, before)) return null
  // A file that is gone takes nobody's work along when it comes back.
  if (areEqual(now, after) || now === null) return { path, before: now, after: before }
  return refusal('changed', `${path} has changed since the repair`, {
    path,
    help: 'take your own change of it back first, or mend it by hand',
  })
}

/** Those that the merge or the rebase brought in another form than they had before it: they go back with it. */
async function touchedByGit(place: Place, { record, git, changes }: Journal): Promise<ReadonlySet<string>> {
  const commit = record.git?.headBefore ?? null
  if (git === null || commit === null || record.git?.kind === null) return new Set()
  const targets = changes.map(({ target }) => target)
  const before = await readTreeEntries(place, commit, targets)
  // `mode oid stage` in the index, `mode oid` in a tree.
  const inIndex = (target: string) => git.entries[target]?.map((entry) => entry.replace(/ 0$/, '')).join() ?? ''
  return new Set(targets.filter((target) => inIndex(target) !== (before.get(target) ?? '')))
}
