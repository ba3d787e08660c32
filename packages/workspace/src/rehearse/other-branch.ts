import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { History } from '@onehead/core'
import { isFailure } from '../snapshot/snapshot.js'
import { chooseSnapshot } from '../use-cases/choose-snapshot.js'
import { loadHistoriesAt } from '../use-cases/histories-at.js'
import type { OpenWorkspace } from '../use-cases/open-workspace.js'

/** Revisions that come with another branch. */
export interface BroughtScripts {
  /** Their messages, by id. */
  readonly messages: ReadonlyMap<string, string>
  /** Absolute: the folder with their scripts. */
  readonly folder: string
}

/**
 * Writes the scripts that a merge with `ref` would bring into a folder of ours, for Alembic to load them besides the project's own. Null
 * where it brings none. Throws `UsageError` outside git, and for a name that is no commit.
 */
export async function bringScripts(
  root: string,
  ref: string,
  history: History,
  { configuration }: OpenWorkspace,
  work: string,
): Promise<BroughtScripts | null> {
  const chosen = await chooseSnapshot(root, { mergeWith: ref })
  try {
    const { path, config, section } = history.environment
    const { histories } = await loadHistoriesAt(chosen.snapshot, configuration, {
      only: (other) => other.path === path && other.config === config && other.section === section,
    })
    const brought = [...(histories[0]?.map.revisions ?? [])].filter(({ revision }) => !history.map.has(revision))
    if (brought.length === 0) return null
    const folder = join(work, 'brought')
    mkdirSync(folder)
    const entries = brought.map((one) => ({ path: one.path, mode: 'file' as const, contentId: null }))
    await chosen.snapshot.readAll(entries, (entry, content) => {
      if (!isFailure(content)) writeFileSync(join(folder, basename(entry.path)), content)
    })
    return { messages: new Map(brought.map(({ revision, message }) => [revision, message])), folder }
  } finally {
    chosen.close()
  }
}
