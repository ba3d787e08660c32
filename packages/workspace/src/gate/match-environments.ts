import type { Environment } from '@onehead/core'

/**
 * The environment of another commit that is the same history: by script directory, else by configuration, else by name (an
 * app that was moved).
 */
export function sameEnvironment(environment: Environment, others: readonly Environment[]): Environment | null {
  const { path, config, section, name } = environment
  return (
    others.find((other) => other.path === path && other.section === section) ??
    others.find((other) => other.path === path) ??
    others.find((other) => other.config === config && other.section === section) ??
    others.find((other) => other.name === name && other.section === section) ??
    others.find((other) => lastOf(other.name) === lastOf(name) && other.section === section) ??
    null
  )
}

/** `services/billing` and `apps/billing` are the same app. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** The scripts of one commit under the name and settings of another, so that what is said of both can be compared. */
export function asEnvironment(environment: Environment, { versionLocations, recursive }: Environment): Environment {
  return { ...environment, versionLocations, recursive }
}
