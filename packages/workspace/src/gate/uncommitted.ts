import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, scan, toScript } from '@onehead/core'

/**
 * Ids that scripts in the working tree declare, with their paths; only those wanted. For parents that a push does not have:
 * the file may have been forgotten. Reads the disk, and nothing on it is trusted: it is only named.
 *
 * @param root absolute path of the workspace
 */
export function findInWorkingTree(
  root: string,
  { versionLocations }: Environment,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (wanted.size === 0) return found
  for (const location of versionLocations) {
    for (const name of namesIn(join(root, location))) {
      const path = `${location}/${name}`
      const id = revisionOf(root, path)
      if (id !== null && wanted.has(id)) found.set(id, path)
    }
  }
  return found
}

function namesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.py')).map(({ name }) => name)
  } catch {
    return []
  }
}

function revisionOf(root: string, path: string): string | null {
  try {
    const script = toScript(path, scan(readFileSync(join(root, path))))
    return 'revision' in script ? script.revision : null
  } catch {
    return null
  }
}
