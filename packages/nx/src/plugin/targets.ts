import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit'
import { type AppEnvironment, environmentKey } from './app-environment.js'
import { checkInputs } from './inputs.js'
import type { PluginOptions } from './options.js'
import type { AppProject } from './projects.js'
import type { ToolVersion } from './tool-version.js'

export interface TargetContext {
  readonly options: PluginOptions
  readonly tool: ToolVersion
  /** Files that concern every environment of the workspace. */
  readonly settingsFiles: readonly string[]
}

const GROUP = 'Migrations'

/** What the plugin says about one project: a target for all of its environments, and one for each where there are several. */
export function projectConfiguration(project: AppProject, context: TargetContext): ProjectConfiguration {
  const { checkTargetName, prTargetName, fixTargetName, mergeTargetName, rebaseTargetName } = context.options
  const { statusTargetName, upgradeTargetName, rehearseTargetName } = context.options
  const targets: Record<string, TargetConfiguration> = {}
  targets[checkTargetName] = checkTarget(project, project.environments, checkTargetName, context)
  if (project.environments.length > 1) {
    for (const [name, environment] of nameEnvironments(project)) {
      const target = `${checkTargetName}:${name}`
      targets[target] = checkTarget(project, [environment], target, context)
    }
  }
  targets[prTargetName] = prTarget(project, prTargetName)
  targets[fixTargetName] = repairTarget(project, fixTargetName, 'fix')
  targets[mergeTargetName] = repairTarget(project, mergeTargetName, 'merge')
  targets[rebaseTargetName] = repairTarget(project, rebaseTargetName, 'rebase')
  targets[statusTargetName] = databaseTarget(project, statusTargetName, 'status')
  targets[upgradeTargetName] = databaseTarget(project, upgradeTargetName, 'upgrade')
  targets[rehearseTargetName] = databaseTarget(project, rehearseTargetName, 'rehearse')
  return {
    root: project.root,
    ...(project.name === null ? {} : { name: project.name }),
    targets,
    metadata: { targetGroups: { [GROUP]: Object.keys(targets) } },
  }
}

function checkTarget(
  project: AppProject,
  environments: readonly AppEnvironment[],
  target: string,
  context: TargetContext,
): TargetConfiguration {
  const command = `npx nx run ${project.calledAs}:${target}`
  return {
    executor: '@onehead/nx:check',
    options: { environments: environments.map(environmentKey) },
    cache: true,
    inputs: checkInputs(environments, context.settingsFiles, context.tool),
    outputs: [],
    metadata: {
      technologies: ['alembic'],
      description: `Reads the Alembic history of ${listed(environments)} without running it and fails on a second head or anything else that stops an upgrade`,
      help: { command, example: { options: { maxWarnings: 0 } } },
    },
  }
}

/** Asks git, whose answers are no inputs of Nx: never cached. */
function prTarget(project: AppProject, target: string): TargetConfiguration {
  const { environments } = project
  return {
    executor: '@onehead/nx:pr',
    options: { environments: environments.map(environmentKey) },
    cache: false,
    metadata: {
      technologies: ['alembic'],
      description: `Judges the Alembic history of ${listed(environments)} as it will be once this branch is merged into its target`,
      help: { command: `npx nx run ${project.calledAs}:${target}`, example: { options: { target: 'origin/main' } } },
    },
  }
}

const REPAIRS = {
  fix: { does: 'Brings back to one head, with reasons,', example: { dryRun: true } },
  merge: { does: 'Joins with a merge revision the heads of', example: { message: 'merge refunds and due dates' } },
  rebase: { does: 'Puts the unpublished revisions on top of those of the target in', example: { dryRun: true } },
} as const

/** Writes into the workspace and, where the target has to come in first, into git: never cached, and one at a time. */
function repairTarget(project: AppProject, target: string, kind: keyof typeof REPAIRS): TargetConfiguration {
  const { environments } = project
  const { does, example } = REPAIRS[kind]
  return {
    executor: `@onehead/nx:${kind}`,
    options: { environments: environments.map(environmentKey) },
    cache: false,
    parallelism: false,
    metadata: {
      technologies: ['alembic'],
      description: `${does} the Alembic history of ${listed(environments)}`,
      help: { command: `npx nx run ${project.calledAs}:${target}`, example: { options: example } },
    },
  }
}

const DATABASES = {
  status: { does: 'Asks where they stand: the databases of', example: { checkHeads: true }, isAlone: false },
  upgrade: { does: 'Backs up, upgrades and verifies the databases of', example: { dryRun: true }, isAlone: true },
  rehearse: {
    does: 'Runs on copies what an upgrade would run, up, down and up again: the databases of',
    example: { since: 'base' },
    isAlone: false,
  },
} as const

/**
 * Databases are no inputs of Nx: never cached. Never batched either, because only a task of its own gets the .env files of its
 * project. What changes databases runs one at a time; what reads them, or copies of them, may run beside others.
 */
function databaseTarget(project: AppProject, target: string, kind: keyof typeof DATABASES): TargetConfiguration {
  const { environments } = project
  const { does, example, isAlone } = DATABASES[kind]
  return {
    executor: `@onehead/nx:${kind}`,
    options: { environments: environments.map(environmentKey) },
    cache: false,
    ...(isAlone ? { parallelism: false } : {}),
    metadata: {
      technologies: ['alembic'],
      description: `${does} ${listed(environments)}`,
      help: { command: `npx nx run ${project.calledAs}:${target}`, example: { options: example } },
    },
  }
}

/** Names that are short (within the project), legible in a target, and different from each other. */
function nameEnvironments({ root, environments }: AppProject): ReadonlyMap<string, AppEnvironment> {
  const names = new Map<string, AppEnvironment>()
  for (const environment of environments) {
    const isInside = environment.name === root || /^[/#]/.test(environment.name.slice(root.length))
    const within =
      isInside && environment.name.startsWith(root) ? environment.name.slice(root.length) : environment.name
    const plain =
      (within.replace(/^[/#]/, '') || environment.section).replace(/[^\w./@-]+/g, '-').replace(/^-+|-+$/g, '') ||
      'environment'
    let name = plain
    for (let number = 2; names.has(name); number++) name = `${plain}-${number}`
    names.set(name, environment)
  }
  return names
}

function listed(environments: readonly AppEnvironment[]): string {
  const names = environments.map((environment) => environment.name)
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}
