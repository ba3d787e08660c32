import { isFailure, type Snapshot } from './snapshot.js'

/**
 * The same snapshot, which tells of every file that its tree names and that git does not have here (a partial clone): whoever
 * reads a file takes that for "no such file", and would find nothing wrong with it.
 */
export function watchedSnapshot<S extends Snapshot>(snapshot: S, absent: (path: string) => void): S {
  return {
    ...snapshot,
    readAll: (entries, visit) =>
      snapshot.readAll(entries, (entry, content) => {
        if (isFailure(content) && content.code === 'missing' && entry.contentId !== null) absent(entry.path)
        visit(entry, content)
      }),
  }
}
