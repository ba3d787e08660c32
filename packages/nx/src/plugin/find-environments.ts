import type { BrokenEnvironment, Environment } from '@onehead/core'
import {
  type Configuration,
  createLinkResolver,
  defaultConfiguration,
  findCandidates,
  loadConfiguration,
  loadEnvironments,
  type Snapshot,
  UsageError,
  workingTree,
} from '@onehead/workspace'
import type { AppEnvironment } from './app-environment.js'

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
  const known = new Set(files)
  const candidates = await findCandidates(workspaceRoot, configuration, snapshot)
  const found = await loadEnvironments(
    snapshot,
    candidates.filter(({ config }) => known.has(config) || !hasUsualName(config)),
    configuration,
    { root: workspaceRoot, links },
  )
  return {
    environments: [...found.environments.map(usable), ...found.broken.map(broken)],
    settingsFiles: ['onehead.json', configuration.baseline],
  }
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

function usable({ name, config, section, path, versionLocations, recursive, sourceless }: Environment): AppEnvironment {
  return { name, config, section, path, versionLocations, recursive, sourceless: sourceless ?? false }
}

function broken({ name, config, section }: BrokenEnvironment): AppEnvironment {
  return { name, config, section, path: null, versionLocations: [], recursive: false, sourceless: false }
}

/** Nx gives the plugin every file of such a name; one that `onehead.json` names otherwise it cannot know. */
function hasUsualName(config: string): boolean {
  return /(?:^|\/)(?:[^/]*alembic[^/]*\.ini|pyproject\.toml)$/.test(config)
}
