import type { ProjectGraph } from '@nx/devkit'

/**
 * The environments of a project, as the plugin or its project.json give them to the check. Throws for a project that is not
 * there or has none.
 */
export function environmentsOf({ nodes }: Pick<ProjectGraph, 'nodes'>, project: string): readonly string[] {
  const targets = nodes[project]?.data.targets
  if (targets === undefined) throw new Error(`there is no project called "${project}"`)
  const checks = Object.values(targets).filter(({ executor }) => executor === '@onehead/nx:check')
  const environments = new Set(checks.flatMap(({ options }) => (options?.environments ?? []) as readonly string[]))
  if (environments.size === 0) throw new Error(`${project} has no Alembic environment`)
  return [...environments]
}
