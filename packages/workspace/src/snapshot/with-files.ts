import { overlay } from './overlay.js'
import type { Entry, Snapshot } from './snapshot.js'

/**
 * A snapshot with some files replaced by these bytes, or gone (`null`), by workspace-relative path: a tree that lies
 * nowhere yet.
 */
export function withFiles(
  base: Snapshot,
  files: ReadonlyMap<string, Uint8Array | null>,
  description: string,
): Snapshot {
  if (files.size === 0) return base
  const entries = new Map<string, Entry | null>()
  for (const [path, bytes] of files) entries.set(path, bytes === null ? null : { path, mode: 'file', contentId: null })
  const listed = overlay(base, entries, description)
  return {
    description,
    list: (directory) => listed.list(directory),
    async readAll(wanted, visit) {
      // In order, although what lies below answers later: runs of entries from one place each.
      let run: Entry[] = []
      for (const entry of wanted) {
        const bytes = files.get(entry.path)
        if (bytes === undefined) {
          run.push(entry)
          continue
        }
        await base.readAll(run, visit)
        run = []
        visit(entry, bytes ?? { code: 'missing', message: 'no such file' })
      }
      await base.readAll(run, visit)
    },
  }
}
