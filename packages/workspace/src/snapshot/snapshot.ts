/** One name in a directory of a snapshot. Paths are workspace-relative with `/`, the root is `''`. */
export interface Entry {
  readonly path: string
  readonly mode: 'file' | 'symlink' | 'directory' | 'submodule' | 'other'
  /** The blob or tree id in git; `null` on disk. */
  readonly contentId: string | null
}

/** Why a file has no content: data, not an exception, because one file never stops the others. */
export interface ReadFailure {
  readonly code: 'missing' | 'not-downloaded' | 'forbidden' | 'too-large' | 'failed'
  /** For people, without a path. */
  readonly message: string
}

export type Content = Uint8Array | ReadFailure

export type MaybePromise<T> = T | Promise<T>

/**
 * A tree of files at one moment: the working tree, the index, a commit, or the predicted merge of two commits.
 * Everything behind it (environments, scripts, history, rules) is the same whichever it is.
 */
export interface Snapshot {
  /** For messages: `the working tree`, `commit 1a2b3c4`, … */
  readonly description: string
  /**
   * Entries directly in `directory`, in Python's code-point order of names; `null` where it is not a directory.
   * Symlinks in the path are the caller's to resolve first. Throws `DirectoryUnreadable` where it may not be read:
   * that is not the same as empty.
   */
  list(directory: string): MaybePromise<readonly Entry[] | null>
  /**
   * Reads the entries in one batch and calls `visit` once for each, in order. A symlink's content is its target text.
   * The bytes are only valid during the call: copy what must live longer.
   */
  readAll(entries: readonly Entry[], visit: (entry: Entry, content: Content) => void): MaybePromise<void>
}

export function isFailure(content: Content): content is ReadFailure {
  return !(content instanceof Uint8Array)
}

/** A directory exists and may not be read. */
export class DirectoryUnreadable extends Error {
  readonly directory: string
  constructor(directory: string) {
    super(`the directory ${directory || '.'} may not be read`)
    this.name = 'DirectoryUnreadable'
    this.directory = directory
  }
}
