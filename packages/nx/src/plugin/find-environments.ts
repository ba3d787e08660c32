import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokenEnvironment, Environment } from '@onehead/core'
import {
  type Candidate,
  type Configuration,
  createLinkResolver,
  defaultConfiguration,
  findCandidates,
  type LinkResolver,
  loadConfiguration,
  loadEnvironments,
  type Snapshot,
  selectUsual,
  UsageError,
  workingTree,
} from '@onehead/workspace'
import { type AppEnvironment, ancestorsBelowRoot, directoryOf } from './app-environment.js'

export interface FoundEnvironments {
  readonly environments: readonly AppEnvironment[]
  /** Workspace-relative files that concern every environment. */
  readonly settingsFiles: readonly string[]
}

/**
 * The environments of a workspace, usable or broken: a broken one keeps its target, which then fails with the reason.
 * `files` are the configuration files that Nx knows, that is without those that git, Nx or the plugin's `exclude` leave out.
 */
export async function findEnvironments(workspaceRoot: string, files: readonly string[]): Promise<FoundEnvironments> {
  const snapshot = workingTree(workspaceRoot)
  const configuration = await readConfiguration(snapshot)
  const links = createLinkResolver(snapshot, workspaceRoot)
  const candidates = await listCandidates(workspaceRoot, files, configuration, snapshot)
  const found = await loadEnvironments(snapshot, candidates, configuration, { root: workspaceRoot, links })
  const environments: AppEnvironment[] = []
  for (const one of found.environments) environments.push(await describeUsable(one, snapshot, links))
  return {
    environments: [...environments, ...found.broken.map(describeBroken)],
    settingsFiles: ['onehead.json', configuration.baseline],
  }
}

/** Nx has looked for the usual names already; only patterns in onehead.json make it worth looking again. */
async function listCandidates(
  workspaceRoot: string,
  files: readonly string[],
  configuration: Configuration,
  snapshot: Snapshot,
): Promise<readonly Candidate[]> {
  const usual = selectUsual(files)
  const { include, exclude } = configuration.environments
  if (include === null && exclude.length === 0) {
    const isForeign = foreignDirectories(workspaceRoot)
    return usual.filter((config) => !isForeign(directoryOf(config))).map((config) => ({ config }))
  }
  const known = new Set(usual)
  const found = await findCandidates(workspaceRoot, configuration, snapshot)
  return found.filter(({ config }) => known.has(config) || !hasUsualName(config))
}

/** True below nested repositories, other worktrees and virtual environments, which Nx lists where git would not. */
function foreignDirectories(workspaceRoot: string): (directory: string) => boolean {
  const known = new Map<string, boolean>()
  const isMarked = (directory: string) => {
    let marked = known.get(directory)
    if (marked === undefined) {
      marked = ['.git', 'pyvenv.cfg'].some((mark) => existsSync(join(workspaceRoot, directory, mark)))
      known.set(directory, marked)
    }
    return marked
  }
  return (directory) => ancestorsBelowRoot(directory).some(isMarked)
}

/** The graph survives a broken onehead.json: every check then fails with its line and column. */
async function readConfiguration(snapshot: Snapshot): Promise<Configuration> {
  try {
    return await loadConfiguration(snapshot)
  } catch (error) {
    if (error instanceof UsageError) return defaultConfiguration
    throw error
  }
}

async function describeUsable(
  environment: Environment,
  snapshot: Snapshot,
  links: LinkResolver,
): Promise<AppEnvironment> {
  const { name, config, section, path, versionLocations, recursive, sourceless } = environment
  const linked = await listLinkedScripts(environment, snapshot, links)
  return { name, config, section, path, versionLocations, recursive, sourceless: sourceless ?? false, linked }
}

/** Nx does not follow links when it hashes files, and Alembic does when it loads them: the files behind them are inputs too. */
async function listLinkedScripts(
  { versionLocations, recursive }: Environment,
  snapshot: Snapshot,
  links: LinkResolver,
): Promise<readonly string[]> {
  const linked: string[] = []
  const pending = [...versionLocations]
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const { path, mode } of (await snapshot.list(directory)) ?? []) {
      if (mode === 'directory' && recursive) pending.push(path)
      if (mode !== 'symlink') continue
      const target = await links.resolve(path)
      if (target.kind === 'found' && target.mode === 'file') linked.push(target.path)
    }
  }
  return linked.sort()
}

function describeBroken({ name, config, section }: BrokenEnvironment): AppEnvironment {
  return {
    name,
    config,
    section,
    path: null,
    versionLocations: [],
    recursive: false,
    sourceless: false,
    linked: [],
  }
}

/** Nx gives the plugin every file of such a name; one that `onehead.json` names otherwise it cannot know. */
function hasUsualName(config: string): boolean {
  return /(?:^|\/)(?:[^/]*alembic[^/]*\.ini|pyproject\.toml)$/.test(config)
}
