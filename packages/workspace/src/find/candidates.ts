import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from '../configuration/index.js'
import type { Candidate } from '../environment/index.js'
import { openRepository, type Repository } from '../git/repository.js'
import { createLinkResolver } from '../snapshot/links.js'
import { compareNames } from '../snapshot/order.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { globFiles } from './glob.js'
import { globTest } from './pattern.js'
import { hasUsualName, isSkipped, VENV_MARK, withoutVirtualEnvironments } from './usual.js'
import { type Wanted, whatIsWanted } from './wanted.js'

/**
 * The configuration files of a workspace that may declare environments, in code-point order.
 *
 * In git: tracked files and untracked ones that are not ignored, by one `git ls-files`. Elsewhere: files below the root,
 * `.gitignore` files respected. Never below templates (`{{`), virtual environments, installed packages, build output,
 * nested repositories or worktrees. `environments.include` of `onehead.json` replaces the usual names; a file that it
 * names without a pattern is `explicit`. `root` is absolute; `repository` is the one around it, where somebody opened it already, `untracked` its
 * files that are neither tracked nor ignored, where somebody knows them: git then need not walk the directories.
 * Throws `UsageError` for patterns that leave the workspace.
 */
export async function findCandidates(
  root: string,
  configuration: Configuration,
  snapshot: Snapshot,
  repository: Promise<Repository | null> = openRepository(root),
  untracked: readonly string[] | null = null,
): Promise<readonly Candidate[]> {
  const wanted = await whatIsWanted(configuration, createLinkResolver(snapshot, root))
  const listed = wanted.patterns.length === 0 ? [] : await listFiles(root, wanted, await repository, untracked)
  const marks = listed.filter((path) => path === VENV_MARK || path.endsWith(`/${VENV_MARK}`))
  const byName = configuration.environments.include === null
  const kept = listed.filter((path) => !isSkipped(path) && !marks.includes(path) && (!byName || hasUsualName(path)))
  const isNested = nestedRepositories(root)
  const explicit = new Set(wanted.named)
  const all = new Set([...explicit, ...withoutVirtualEnvironments(kept, marks).filter((path) => !isNested(path))])
  return [...all].sort(compareNames).map((config) => (explicit.has(config) ? { config, explicit: true } : { config }))
}

/** True for what lies in another repository or worktree below the root; git itself misses those without a commit. */
function nestedRepositories(root: string): (path: string) => boolean {
  const known = new Map<string, boolean>([['', false]])
  const isInside = (directory: string): boolean => {
    let inside = known.get(directory)
    if (inside === undefined) {
      inside = existsSync(join(root, directory, '.git')) || isInside(parentOf(directory))
      known.set(directory, inside)
    }
    return inside
  }
  return (path) => isInside(parentOf(path))
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

async function listFiles(
  root: string,
  wanted: Wanted,
  repository: Repository | null,
  untracked: readonly string[] | null,
): Promise<string[]> {
  const patterns = [...wanted.patterns, `**/${VENV_MARK}`]
  const fromGit = repository && (await listFromGit(repository, patterns, wanted.excluded, untracked))
  return fromGit ?? globFiles(root, patterns, wanted.excluded)
}

function selectFitting(paths: readonly string[], patterns: readonly string[], excluded: readonly string[]): string[] {
  if (paths.length === 0) return []
  const [wanted, unwanted] = [patterns.map(globTest), excluded.map(globTest)]
  return paths.filter((path) => wanted.some((test) => test(path)) && !unwanted.some((test) => test(path)))
}

/** What every path ends with that fits a pattern for names in any directory; null for other patterns. */
function endingOf(pattern: string): string | null {
  return /^\*\*\/(?:[\w.*-]*\*)?([\w.-]+)$/.exec(pattern)?.[1] ?? null
}

/** `null` where git has nothing to say: it fails, or the whole workspace is ignored by a repository around it. */
async function listFromGit(
  repository: Repository,
  patterns: readonly string[],
  excluded: readonly string[],
  untracked: readonly string[] | null,
): Promise<string[] | null> {
  // Git tells by the end of a path in a fraction of the time that a pattern takes, and we sort out the rest.
  const endings = patterns.map(endingOf)
  const byEnding = endings.every((one) => one !== null)
  const wanted = byEnding ? endings.map((one) => `*${one}`) : patterns.map((one) => `:(glob)${one}`)
  const specs = [...wanted, ...excluded.map((one) => `:(exclude,glob)${one}`)]
  const others = untracked === null ? ['--others', '--exclude-standard'] : []
  const args = ['ls-files', '-z', '--cached', ...others, '--', ...specs]
  const output = await repository.raw(args).catch(() => null)
  if (output === null) return null
  const listed = output.split('\0').filter((path) => path !== '' && !path.endsWith('/'))
  const fitting = byEnding ? selectFitting(listed, patterns, []) : listed
  const paths = new Set([...fitting, ...selectFitting(untracked ?? [], patterns, excluded)])
  if (paths.size === 0 && repository.prefix !== '') {
    const isIgnored = await repository.raw(['check-ignore', '--', '.']).then(
      () => true,
      () => false,
    )
    if (isIgnored) return null
  }
  return [...paths]
}
