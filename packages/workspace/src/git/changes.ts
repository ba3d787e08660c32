import type { Repository } from './repository.js'

/** What the working tree has that the last commit has not. Paths are relative to the workspace root; scripts are `*.py`. */
export interface Changes {
  /** Scripts that are untracked or added: not in the last commit under this path. */
  readonly added: ReadonlySet<string>
  /** All such scripts, changed ones too. */
  readonly changed: ReadonlySet<string>
  /** Scripts that the last commit has under this path, and that are changed, moved or gone here. */
  readonly replaced: ReadonlySet<string>
  /** Every file that is neither tracked nor ignored, scripts or not. */
  readonly untracked: readonly string[]
}

export const NO_CHANGES: Changes = { added: new Set(), changed: new Set(), replaced: new Set(), untracked: [] }

/** Asks git for changes; `null` outside a repository or where git cannot answer. Never rejects. */
export async function listChanges(repository: Repository | null): Promise<Changes | null> {
  if (repository === null) return null
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=all',
    '--',
    '.',
  ]
  return repository.raw(args).then(
    (status) => parseStatus(status, repository.prefix),
    () => null,
  )
}

/** `XY path` entries ended by NUL (git-status, porcelain format v1 with `-z`; no renames). */
function parseStatus(status: string, prefix: string): Changes {
  const added = new Set<string>()
  const changed = new Set<string>()
  const replaced = new Set<string>()
  const untracked: string[] = []
  for (const entry of status.split('\0')) {
    const path = entry.slice(3)
    if (!path.startsWith(prefix)) continue
    const own = path.slice(prefix.length)
    const isUntracked = entry.startsWith('??')
    if (isUntracked && !own.endsWith('/')) untracked.push(own)
    if (!own.endsWith('.py')) continue
    changed.add(own)
    const isAdded = isUntracked || entry[0] === 'A'
    // One path may have two entries: taken out of the index, it lies on disk as untracked.
    ;(isAdded ? added : replaced).add(own)
  }
  return { added, changed, replaced, untracked }
}
