/** What the plugin needs to know of one environment, usable or broken. Paths are workspace-relative with `/`, the root is `''`. */
export interface AppEnvironment {
  readonly name: string
  /** The configuration file. */
  readonly config: string
  readonly section: string
  /** The script directory; `null` where the configuration is too broken to tell. */
  readonly path: string | null
  readonly versionLocations: readonly string[]
  readonly recursive: boolean
  readonly sourceless: boolean
  /** Scripts elsewhere in the workspace that a version location links to. */
  readonly linked: readonly string[]
}

/** How the check executor is told which environment is meant. */
export function environmentKey(environment: AppEnvironment): string {
  return `${environment.config}#${environment.section}`
}

/** `''` for the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

/** `directory` and everything above it, nearest first, without the workspace root. */
export function ancestorsBelowRoot(directory: string): readonly string[] {
  const parts = directory.split('/').filter((part) => part !== '')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'))
}
