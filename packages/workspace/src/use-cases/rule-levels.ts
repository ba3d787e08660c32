import {
  isRuleName,
  type JudgeOptions,
  type Level,
  LineIndex,
  levelIn,
  nearestRuleName,
  type Profile,
  type RuleName,
  rules,
} from '@onehead/core'
import { type Configuration, environmentConfigurationFor } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import type { OpenWorkspace } from './open-workspace.js'

/**
 * The level of each rule in each environment: what the environment's settings say, else the workspace's, else the profile's.
 *
 * @param profile instead of the workspace's
 */
export function levelsOf(
  { configuration, environments }: Pick<OpenWorkspace, 'configuration' | 'environments'>,
  profile: Profile = configuration.profile,
): JudgeOptions['levels'] {
  const defaults = new Map(rules.map((rule) => [rule.name as RuleName, levelIn(rule, profile)]))
  const own = new Map<string, Readonly<Record<string, Level>>>()
  for (const environment of environments) {
    const levels = environmentConfigurationFor(configuration, environment).rules
    if (levels) own.set(environment.path, levels)
  }
  return (rule, environment) =>
    own.get(environment ?? '')?.[rule] ?? configuration.rules[rule] ?? defaults.get(rule) ?? 'off'
}

/** A misspelt rule name would silently judge nothing: it is a usage error, in onehead.json as on the command line. */
export function refuseUnknownRules(
  configuration: Configuration,
  wanted: readonly string[],
  source: (path: string) => Uint8Array,
): void {
  for (const name of wanted) if (!isRuleName(name)) throw unknownRule(name, null)
  for (const { rule, span } of configuration.ruleSpans) {
    if (isRuleName(rule) || configuration.path === null) continue
    const { line, column } = new LineIndex(source(configuration.path)).position(span.start)
    throw unknownRule(rule, `${configuration.path}:${line}:${column}`)
  }
}

function unknownRule(name: string, place: string | null): UsageError {
  const near = nearestRuleName(name)
  const help = near ? `did you mean ${near}?` : '`onehead explain` lists the rules'
  return new UsageError(`no rule is called "${name}"`, place ? { help, place } : { help })
}
