import type { EnvironmentSettings } from '@onehead/core'
import type { Configuration, EnvironmentConfiguration, EnvironmentEntry } from './configuration.js'

/** What a key of `environments` may be compared with. Only what is known already has to be given. */
export interface EnvironmentIdentity {
  readonly config: string
  readonly section: string
  /** The script directory. */
  readonly path?: string
  readonly name?: string
}

/** From the least to the most telling: a later one wins over an earlier one. */
const FORMS: readonly ((environment: EnvironmentIdentity) => string | undefined)[] = [
  ({ config }) => dotted(config.slice(0, Math.max(0, config.lastIndexOf('/')))),
  ({ path }) => (path === undefined ? undefined : dotted(path)),
  ({ name }) => name,
  ({ config }) => config,
  ({ config, section }) => `${config}#${section}`,
]

/** The keys that name this environment, the most telling last. */
export function entriesFor(
  configuration: Configuration,
  environment: EnvironmentIdentity,
): readonly EnvironmentEntry[] {
  const { entries } = configuration.environments
  if (entries.length === 0) return []
  return FORMS.flatMap((form) => {
    const wanted = form(environment)
    return wanted === undefined ? [] : entries.filter((entry) => entry.key === wanted)
  })
}

/** Everything `onehead.json` says about one environment: all matching keys, the most telling wins option by option. */
export function environmentConfigurationFor(
  configuration: Configuration,
  environment: EnvironmentIdentity,
): EnvironmentConfiguration {
  let merged: EnvironmentConfiguration = {}
  for (const { settings } of entriesFor(configuration, environment)) {
    merged = {
      ...merged,
      ...settings,
      ...(merged.rules && settings.rules ? { rules: { ...merged.rules, ...settings.rules } } : {}),
      ...(merged.env && settings.env ? { env: { ...merged.env, ...settings.env } } : {}),
    }
  }
  return merged
}

/** What concerns the history of one environment, complete with defaults. */
export function settingsFor(configuration: Configuration, environment: EnvironmentIdentity): EnvironmentSettings {
  const { expectedHeads, externalRevisions, replacedRevisions, dialect, fileName } = environmentConfigurationFor(
    configuration,
    environment,
  )
  return {
    expectedHeads: expectedHeads ?? 1,
    externalRevisions: externalRevisions ?? [],
    ...(replacedRevisions === undefined ? {} : { replacedRevisions }),
    dialects: dialect ?? configuration.dialects,
    fileName: fileName ?? null,
  }
}

/** A path as a key: the root is `.`. */
function dotted(path: string): string {
  return path === '' ? '.' : path
}
