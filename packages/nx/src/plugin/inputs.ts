import type { TargetConfiguration } from '@nx/devkit'
import { type AppEnvironment, directoryOf } from './app-environment.js'
import type { ToolVersion } from './tool-version.js'

type Input = NonNullable<TargetConfiguration['inputs']>[number]

/**
 * Exactly the files that the check of these environments reads, and the version of onehead that reads them.
 * `settingsFiles` are those that concern every environment (onehead.json, the baseline).
 * The colour of the output and everything else in the surroundings is left out: it never decides what is found.
 */
export function checkInputs(
  environments: readonly AppEnvironment[],
  settingsFiles: readonly string[],
  tool: ToolVersion,
): Input[] {
  const files = new Set(settingsFiles)
  const scripts = new Set<string>()
  for (const environment of environments) {
    files.add(environment.config)
    for (const neighbour of configurationNeighbours(environment)) files.add(neighbour)
    for (const pattern of scriptPatterns(environment)) scripts.add(pattern)
    for (const path of environment.linked) scripts.add(escapeGlob(path))
  }
  const onDisk = (pattern: string): Input => {
    const fileset = `{workspaceRoot}/${pattern}`
    return tool.canReadIgnored ? { fileset, includeIgnored: true } : fileset
  }
  return [
    ...[...files].sort().map((path) => `{workspaceRoot}/${escapeGlob(path)}`),
    // Alembic loads scripts that git ignores as well.
    ...[...scripts].sort().map(onDisk),
    ...tool.inputs,
  ]
}

/** Alembic reads alembic.ini and the pyproject.toml beside it together. */
function configurationNeighbours({ config }: AppEnvironment): readonly string[] {
  const directory = directoryOf(config)
  const beside = (name: string) => (directory === '' ? name : `${directory}/${name}`)
  return config.endsWith('.ini') ? [beside('pyproject.toml')] : [beside('alembic.ini')]
}

function scriptPatterns({ versionLocations, recursive, sourceless }: AppEnvironment): readonly string[] {
  const endings = sourceless ? ['*.py', '*.pyc'] : ['*.py']
  const depth = recursive || sourceless ? '**/' : ''
  return versionLocations.flatMap((location) =>
    endings.map((ending) => `${location === '' ? '' : `${escapeGlob(location)}/`}${depth}${ending}`),
  )
}

/** A character that means something in a glob matches any one character: a little too much is still correct. */
function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}()!+@|\\]/g, '?')
}
