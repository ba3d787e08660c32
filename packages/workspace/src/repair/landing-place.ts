import { type Configuration, loadConfiguration } from '../configuration/index.js'
import { downloadFor } from '../gate/download.js'
import { refreshTarget } from '../gate/fetch-target.js'
import { readOperatorSettings } from '../gate/operator.js'
import type { Download } from '../git/absent-objects.js'
import { type Changes, listChanges, NO_CHANGES } from '../git/changes.js'
import { findGitDirectories, type GitDirectories } from '../git/directories.js'
import { mergeBase } from '../git/merge-base.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { runGit } from '../git/process.js'
import { openRepository, type Repository } from '../git/repository.js'
import type { Target } from '../git/target.js'
import { workingTree } from '../snapshot/working-tree.js'
import { findLanding, NoTarget } from '../use-cases/landing.js'
import { type GitProgress, readProgress } from './progress.js'

/** Where a repair happens: the repository, what is checked out, and the branch that the work will land on. */
export interface LandingPlace {
  readonly root: string
  readonly configuration: Configuration
  readonly repository: Repository
  readonly directories: GitDirectories | null
  readonly objects: GitObjects
  readonly changes: Changes
  readonly progress: GitProgress
  /** The commit checked out; null before the first. */
  readonly head: string | null
  /** Null where nobody knows one: then everything committed counts as published. */
  readonly target: Target | null
  /** True where everything that the target has is here already, or is being merged just now. */
  readonly includesTarget: boolean
  /** Commits of the target that are not here. */
  readonly behind: number
  /** Worth saying: no target, no answer from the remote. */
  readonly notices: readonly string[]
}

export interface LandingOptions {
  readonly root: string
  /** True: the remote is not asked. */
  readonly offline: boolean
  /** Seconds since 1970. */
  readonly now: number
}

/**
 * Looks at where the workspace stands, after asking the remote what the target is today (bounded, never a prompt). Null
 * outside git. The caller closes `objects`. Throws `UsageError` for a broken onehead.json, and for a configured target that
 * is not known here.
 */
export async function findLandingPlace({ root, offline, now }: LandingOptions): Promise<LandingPlace | null> {
  const repository = await openRepository(root)
  if (repository === null) return null
  const configuration = await loadConfiguration(workingTree(root))
  const directories = findGitDirectories(root, process.env)
  const objects = openObjects(root)
  try {
    if (!offline) objects.downloadWith(downloads(root))
    const notices: string[] = []
    const target = await landingTarget(root, objects, configuration, notices)
    const fresh =
      target === null || offline
        ? target
        : await refreshed(root, objects, configuration, target, notices, { directories, now })
    const head = (await objects.read('HEAD^{commit}'))?.oid ?? null
    const progress = readProgress(directories)
    const behind = fresh === null || head === null ? 0 : await countBehind(root, head, fresh.commit)
    const isMerging = fresh !== null && (await anyContains(root, progress.merging, fresh.commit))
    const changes = (await listChanges(repository)) ?? NO_CHANGES
    const includesTarget = fresh !== null && (behind === 0 || isMerging)
    return {
      root,
      configuration,
      repository,
      directories,
      objects,
      changes,
      progress,
      head,
      target: fresh,
      includesTarget,
      behind,
      notices,
    }
  } catch (error) {
    objects.close()
    throw error
  }
}

/** What a partial clone lacks comes from where the target does. */
function downloads(root: string): Download {
  let download: Promise<Download> | null = null
  return async (oids) => {
    download ??= readOperatorSettings(root).then((settings) => downloadFor(root, { ...settings, fetch: 'always' }))
    return (await download)(oids)
  }
}

async function landingTarget(
  root: string,
  objects: GitObjects,
  configuration: Configuration,
  notices: string[],
): Promise<Target | null> {
  try {
    return await findLanding(root, objects, configuration)
  } catch (error) {
    if (!(error instanceof NoTarget)) throw error
    const asking = error.asking === null ? '' : ` (${error.asking})`
    notices.push(`no target branch is known, so everything committed counts as published${asking}`)
    return null
  }
}

async function refreshed(
  root: string,
  objects: GitObjects,
  configuration: Configuration,
  target: Target,
  notices: string[],
  { directories, now }: { readonly directories: GitDirectories | null; readonly now: number },
): Promise<Target> {
  const settings = await readOperatorSettings(root)
  // A push has the remote's own word for the branch that it pushes; a repair has to ask for it like for any other.
  const asked: Target = { ...target, why: 'configured' }
  const { failure } = await refreshTarget(root, asked, { ...settings, fetch: 'always' }, directories, now)
  if (failure !== null) notices.push(`${target.name} may have moved: ${failure}`)
  return (await landingTarget(root, objects, configuration, [])) ?? target
}

async function countBehind(root: string, head: string, target: string): Promise<number> {
  const { code, stdout } = await runGit(root, ['rev-list', '--count', `${head}..${target}`])
  return code === 0 ? Number(stdout.toString('latin1')) : 0
}

async function anyContains(root: string, commits: readonly string[], target: string): Promise<boolean> {
  for (const commit of commits) if ((await mergeBase(root, commit, target)) === target) return true
  return false
}
