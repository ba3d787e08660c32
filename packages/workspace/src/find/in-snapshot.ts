import type { Configuration } from '../configuration/index.js'
import type { Candidate } from '../environment/index.js'
import { createLinkResolver } from '../snapshot/links.js'
import { compareNames } from '../snapshot/order.js'
import { DirectoryUnreadable, type Entry, type Snapshot } from '../snapshot/snapshot.js'
import { globTest } from './pattern.js'
import { hasUsualName, isSkipped, VENV_MARK } from './usual.js'
import { whatIsWanted } from './wanted.js'

/** Directories that are listed at a time: enough to keep git busy. */
const AT_ONCE = 256

/**
 * `findCandidates` for a snapshot that is not on disk (a commit, a predicted merge): the same rules, by walking its
 * directories. What git tracks is never ignored, and a submodule is another repository. Not entered: skipped directories,
 * virtual environments, and `versions` beside an `env.py`, where only scripts are. Throws `UsageError` as there.
 */
export async function findCandidatesInSnapshot(
  snapshot: Snapshot,
  configuration: Configuration,
): Promise<readonly Candidate[]> {
  const { patterns, excluded, named } = await whatIsWanted(configuration, createLinkResolver(snapshot, null))
  const byName = configuration.environments.include === null
  const wanted = byName ? [hasUsualName] : patterns.map(globTest)
  const unwanted = excluded.map(globTest)
  const explicit = new Set(named)
  const found = new Set(named)
  let level = patterns.length === 0 ? [] : ['']
  while (level.length > 0) {
    const below: string[] = []
    for (let start = 0; start < level.length; start += AT_ONCE) {
      const listings = await Promise.all(
        level.slice(start, start + AT_ONCE).map((directory) => entriesOf(snapshot, directory)),
      )
      for (const entries of listings) look(entries, below)
    }
    level = below
  }
  return [...found].sort(compareNames).map((config) => (explicit.has(config) ? { config, explicit: true } : { config }))

  function look(entries: readonly Entry[], below: string[]): void {
    if (entries.some(({ path, mode }) => mode === 'file' && nameOf(path) === VENV_MARK)) return
    const isScriptDirectory = entries.some(({ path, mode }) => mode === 'file' && nameOf(path) === 'env.py')
    for (const { path, mode } of entries) {
      if (unwanted.some((test) => test(path))) continue
      if (mode === 'directory') {
        const holdsScripts = isScriptDirectory && nameOf(path) === 'versions'
        if (!holdsScripts && !isSkipped(`${path}/`)) below.push(path)
      } else if (mode !== 'submodule' && wanted.some((test) => test(path)) && !isSkipped(path)) found.add(path)
    }
  }
}

/** A directory that may not be read holds no configuration that anybody could read. */
async function entriesOf(snapshot: Snapshot, directory: string): Promise<readonly Entry[]> {
  try {
    return (await snapshot.list(directory)) ?? []
  } catch (error) {
    if (error instanceof DirectoryUnreadable) return []
    throw error
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
