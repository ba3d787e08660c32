import type { UnknownRevision } from '../status/status.js'
import type { CommitNote, RefNote } from '../status/whereabouts.js'
import { listNames } from './counting.js'

/** What git knows about a revision that no script here declares: where its script is, or who took it away. No full stop. */
export function sayWhereabouts(
  { searched, whereabouts }: Omit<UnknownRevision, 'revision'>,
  showPath: (path: string) => string = (path) => path,
): string {
  if (!searched) return 'git could not be asked which branch has its script'
  if (whereabouts === null) return 'no branch, tag or earlier commit of this repository has a script that declares it'
  const { message, path, refs, added, removed, renamedTo } = whereabouts
  const what = `${message === '' ? '' : `"${message}", `}${showPath(path)}`
  if (renamedTo !== null) return `${what}, has the id ${renamedTo} since ${sayCommit(removed)}`
  if (removed !== null) return `${what}, was taken away by ${sayCommit(removed)}`
  const by = added === null ? '' : `, brought by ${sayCommit(added)}`
  if (refs.length === 0) return `${what}, is on no branch any more${by}`
  return `${what}, is on ${sayRefs(refs)}${by}`
}

function sayRefs(refs: readonly RefNote[]): string {
  return listNames(
    refs.map(({ name, kind }) => (kind === 'tag' ? `tag ${name}` : name)),
    4,
  )
}

function sayCommit(commit: CommitNote | null): string {
  if (commit === null) return 'a commit'
  const { commit: id, author, date, subject } = commit
  return `${author} on ${date.slice(0, 10)} (${id.slice(0, 7)} ${subject})`
}
