import type { Environment } from '@onehead/core'

/** Whether Alembic would look for a script at this path (workspace-relative). */
export function isIn({ versionLocations }: Pick<Environment, 'versionLocations'>, path: string): boolean {
  return versionLocations.some((location) => location === '' || path.startsWith(`${location}/`))
}
