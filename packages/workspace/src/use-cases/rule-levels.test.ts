import { type Environment, type Profile, profiles, type RuleName, rules } from '@onehead/core'
import { describe, expect, test } from 'vitest'
import { type Configuration, defaultConfiguration } from '../configuration/index.js'
import { levelsOf } from './rule-levels.js'

const environment: Environment = {
  name: 'billing',
  path: 'billing/migrations',
  config: 'billing/alembic.ini',
  section: 'alembic',
  kind: 'alembic',
  versionLocations: ['billing/migrations/versions'],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
}

/** The level of a rule in billing. */
function level(rule: RuleName, changes: Partial<Configuration>, profile?: Profile) {
  const configuration = { ...defaultConfiguration, ...changes }
  return levelsOf({ configuration, environments: [environment] }, profile)(rule, environment.path, 'off')
}

/** One that is quiet until somebody asks for everything. */
const quiet = rules.find(({ severity, ...rule }) => severity !== 'error' && 'profiles' in rule)!
const strict = (quiet as { readonly profiles?: { readonly strict?: string } }).profiles?.strict

describe('the level of a rule', () => {
  test('is its own in the recommended profile, which nobody has to choose', () => {
    for (const { name, severity } of rules) expect(level(name, {})).toBe(severity)
    for (const { name, severity } of rules) expect(level(name, { profile: 'recommended' })).toBe(severity)
  })

  test('is that of the profile which the workspace chooses', () => {
    expect(level(quiet.name, { profile: 'strict' })).toBe(strict)
    expect(strict).not.toBe(quiet.severity)
  })

  test('is that of the profile asked for now, whatever the workspace chooses', () => {
    expect(level(quiet.name, { profile: 'strict' }, 'recommended')).toBe(quiet.severity)
    expect(level(quiet.name, { profile: 'recommended' }, 'strict')).toBe(strict)
  })

  test('is what the workspace says of this rule, whatever the profile', () => {
    for (const profile of profiles) expect(level(quiet.name, { profile, rules: { [quiet.name]: 'off' } })).toBe('off')
  })

  test('is what the environment says, above all', () => {
    const span = { start: 0, end: 0 }
    const entries = [{ key: 'billing/migrations', span, settings: { rules: { [quiet.name]: 'info' as const } } }]
    const environments = { ...defaultConfiguration.environments, entries }
    expect(level(quiet.name, { profile: 'strict', rules: { [quiet.name]: 'off' }, environments })).toBe('info')
    expect(level('multiple-heads', { profile: 'strict', environments })).toBe('error')
  })
})
