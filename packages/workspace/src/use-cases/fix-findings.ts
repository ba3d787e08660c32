import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planSafeFixes, scan, toScript } from '@onehead/core'
import { applyChanges } from '../apply/index.js'
import { loadConfiguration } from '../configuration/index.js'
import { listChanges } from '../git/changes.js'
import { runGit } from '../git/process.js'
import { openRepository } from '../git/repository.js'
import { workingTree } from '../snapshot/working-tree.js'
import { type CheckOptions, type CheckResult, check } from './check.js'
import { findUnpublished } from './unpublished.js'

/** What `check --fix` has done. */
export interface FixedFindings {
  /** What is left. */
  readonly result: CheckResult
  /** Files that were edited, workspace-relative. */
  readonly edited: readonly string[]
}

/**
 * Checks the working tree, applies the fixes that are safe to scripts that are not published, and checks again. Fixes that
 * meet in one place are left to the next run, so that one repair can be taken back as a whole. Throws `UsageError` as `check`
 * does, and `ApplyRefused` where a file cannot be written.
 *
 * @param command as it was typed
 * @param now milliseconds since 1970
 */
export async function fixFindings(options: CheckOptions, command: string, now: number): Promise<FixedFindings> {
  const { root } = options
  const isEditable = await findEditable(root)
  const result = await check(options)
  const { diagnostics } = result.report
  const changes = planSafeFixes(diagnostics, isEditable, (path) => readFileSync(join(root, path)))
  if (changes.length === 0) return { result, edited: [] }
  const environments = [...new Set(diagnostics.map(({ environment }) => environment))]
  const head = await headOf(root)
  const git = head === null ? null : { kind: null, headBefore: head, target: null, committed: null }
  const at = new Date(now).toISOString()
  const { written } = await applyChanges(root, changes, { kind: 'check', command, at, environments, git, moves: [] })
  return { result: await check(options), edited: written }
}

/** Only scripts that nobody else has: new here, or changed since the target without being published under their id. */
export async function findEditable(root: string): Promise<(path: string) => boolean> {
  const repository = await openRepository(root)
  // Outside git nobody can tell what others have.
  if (repository === null) return () => false
  const configuration = await loadConfiguration(workingTree(root))
  const changes = await listChanges(repository)
  const unpublished = await findUnpublished(root, repository.prefix, configuration, changes)
  return (path) => {
    if (changes?.added.has(path)) return !isPublishedId(root, path, unpublished?.publishedIds)
    return unpublished?.paths.has(path) === true && !isPublishedId(root, path, unpublished.publishedIds)
  }
}

function isPublishedId(root: string, path: string, published: ReadonlySet<string> | undefined): boolean {
  const script = toScript(path, scan(readFileSync(join(root, path))))
  return 'revision' in script && published?.has(script.revision) === true
}

async function headOf(root: string): Promise<string | null> {
  const { code, stdout } = await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  return code === 0 ? stdout.toString('latin1').trim() : null
}
