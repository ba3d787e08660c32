import type { Repository } from './repository.js'

/** What the working tree has that the last commit has not. Paths are relative to the workspace root. */
export interface Changes {
  /** Untracked or added: not in the last commit under this path. */
  readonly added: ReadonlySet<string>
  /** All of them, changed ones too. */
  readonly changed: ReadonlySet<string>
}

/** Asks git for changed Python files; `null` outside a repository or where git cannot answer. Never rejects. */
export async function listChanges(repository: Repository | null): Promise<Changes | null> {
  if (repository === null) return null
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--', '*.py']
  return repository.raw(args).then(
    (status) => parseStatus(status, repository.prefix),
    () => null,
  )
}

/** `XY path` entries ended by NUL (git-status, porcelain format v1 with `-z`; no renames). */
export function parseStatus(status: string, prefix: string): Changes {
  const added = new Set<string>()
  const changed = new Set<string>()
  for (const entry of status.split('\0')) {
    const path = entry.slice(3)
    if (!path.startsWith(prefix)) continue
    changed.add(path.slice(prefix.length))
    if (entry.startsWith('??') || entry[0] === 'A') added.add(path.slice(prefix.length))
  }
  return { added, changed }
}
