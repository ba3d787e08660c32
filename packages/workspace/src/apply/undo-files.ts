import { type FileChange, type Refusal, refusal, shellWord } from '@onehead/core'
import { areEqual } from './bytes.js'
import { codeOf, type Disk, readIfThere } from './disk.js'
import { readTreeEntries } from './git-state.js'
import type { Journal, JournalChange } from './journal.js'
import { isRefusal, locate } from './locate.js'
import type { Place } from './place.js'
import { ApplyRefused } from './refused.js'
import { standingOf } from './take-back.js'

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
  for (const change of last.changes) {
    const planned = ofGit.has(change.target)
      ? leftBehind(disk, place, change, last.record.git!.headBefore!)
      : restoration(disk, place, change)
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

/** HEAD is back, and git has left the file as the repair wrote it: nobody can say what it is to hold but git. */
function leftBehind(disk: Disk, place: Place, change: JournalChange, commit: string): Refusal | null {
  const { path, after } = change
  if (standingOf(disk, place, change) !== 'after' || after === null) return null
  const command = `git restore --source=${commit} --staged --worktree ${shellWord(path)}`
  return refusal('changed', `${path} holds the repair, and HEAD is back already`, {
    path,
    command,
    help: 'put it back as HEAD has it',
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
