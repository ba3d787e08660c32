import { isFailure, type ReadFailure, type Snapshot } from './snapshot.js'

/** A file that its tree names, and that git does not have here: it is gone, or a partial clone has not downloaded it. */
export type NotHere = ReadFailure & { readonly code: 'missing' | 'not-downloaded' }

/**
 * The same snapshot, which tells of every file that its tree names and that git does not have here: whoever reads a file takes
 * that for "no such file", and would find nothing wrong with it.
 */
export function watchedSnapshot<S extends Snapshot>(snapshot: S, absent: (path: string, failure: NotHere) => void): S {
  return {
    ...snapshot,
    readAll: (entries, visit) =>
      snapshot.readAll(entries, (entry, content) => {
        if (isFailure(content) && entry.contentId !== null && isNotHere(content)) absent(entry.path, content)
        visit(entry, content)
      }),
  }
}

function isNotHere(failure: ReadFailure): failure is NotHere {
  return failure.code === 'missing' || failure.code === 'not-downloaded'
}
