import type { CreateNodes, CreateNodesContext, CreateNodesResultArray } from '@nx/devkit'
import { findEnvironments } from './plugin/find-environments.js'
import { ManifestReader } from './plugin/manifests.js'
import { normaliseOptions, type OneheadPluginOptions } from './plugin/options.js'
import { groupByProject } from './plugin/projects.js'
import { projectConfiguration } from './plugin/targets.js'
import { toolVersion } from './plugin/tool-version.js'

export type { OneheadPluginOptions } from './plugin/options.js'

export const name = '@onehead/nx'

/**
 * Project and package manifests are asked for too, so that no new project takes the name of another one; onehead.json may
 * name configurations that are called otherwise. One pair of braces: Nx before 23 cannot read nested ones.
 */
const FILES = '**/{alembic.ini,*alembic*.ini,pyproject.toml,project.json,package.json,onehead.json}'

/**
 * Infers a cacheable target for every project with an Alembic environment. The same function under both names: Nx 21
 * reads `createNodesV2`, Nx 23 and later prefer `createNodes`.
 */
export const createNodes: CreateNodes<OneheadPluginOptions> = [FILES, inferProjects]
export const createNodesV2: CreateNodes<OneheadPluginOptions> = createNodes

async function inferProjects(
  files: readonly string[],
  options: OneheadPluginOptions | undefined,
  context: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const { workspaceRoot, nxJsonConfiguration } = context
  const paths = files.map((file) => file.replaceAll('\\', '/'))
  const manifestFiles = paths.filter((path) => /(?:^|\/)(?:project|package)\.json$/.test(path))
  const { environments, settingsFiles } = await findEnvironments(
    workspaceRoot,
    paths.filter((path) => /\.(?:ini|toml)$/.test(path)),
  )
  if (environments.length === 0) return []
  const target = {
    options: normaliseOptions(options),
    tool: toolVersion(workspaceRoot, nxJsonConfiguration),
    settingsFiles,
  }
  const projects = groupByProject(environments, manifestFiles, new ManifestReader(workspaceRoot))
  return projects.map((project) => [
    project.environments[0]!.config,
    { projects: { [project.root]: projectConfiguration(project, target) } },
  ])
}
