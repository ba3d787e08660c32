import type { Diagnostic } from '@onehead/core'
import { UsageError } from '../errors.js'
import { compareNames } from '../snapshot/order.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import type { Configuration } from './configuration.js'
import { type JsonText, parseJson } from './json-text.js'
import { readRootFile } from './load.js'

/** Old debt that the team has parked, by fingerprint. */
export interface Baseline {
  /** The file it was read from, or null where there is none. */
  readonly path: string | null
  readonly fingerprints: ReadonlySet<string>
  /** Rule → its fingerprints. */
  readonly byRule: ReadonlyMap<string, ReadonlySet<string>>
}

const NONE: Baseline = { path: null, fingerprints: new Set(), byRule: new Map() }
const FINGERPRINT = /^[0-9a-f]{16}$/

/**
 * Reads the baseline file of a snapshot. Absent is an empty baseline: then nothing is parked.
 * Throws `UsageError` with `path:line:column` where it is broken.
 */
export async function loadBaseline(snapshot: Snapshot, configuration: Configuration): Promise<Baseline> {
  const path = configuration.baseline
  const bytes = await readRootFile(snapshot, path)
  if (bytes === null) return NONE
  return readBaseline(await parseJson(path, bytes))
}

function readBaseline(json: JsonText): Baseline {
  const { value } = json
  if (!isObject(value)) throw broken(json, [], 'a baseline is an object: {…}')
  if (value.schemaVersion !== 1) throw broken(json, ['schemaVersion'], '"schemaVersion" is not 1')
  if (!isObject(value.rules)) throw broken(json, ['rules'], '"rules" is not an object: {…}')
  const fingerprints = new Set<string>()
  const byRule = new Map<string, ReadonlySet<string>>()
  for (const [rule, list] of Object.entries(value.rules)) {
    if (!Array.isArray(list)) throw broken(json, ['rules', rule], `"${rule}" is not a list of fingerprints`)
    for (const [index, fingerprint] of list.entries()) {
      if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) {
        throw broken(json, ['rules', rule, index], 'a fingerprint has 16 hexadecimal digits')
      }
      fingerprints.add(fingerprint)
    }
    byRule.set(rule, new Set(list))
  }
  return { path: json.path, fingerprints, byRule }
}

function broken(json: JsonText, location: readonly (string | number)[], message: string): UsageError {
  const help = 'restore the file from git, or delete it: then nothing is parked'
  return new UsageError(`${json.path} is not a baseline: ${message}`, { place: json.placeOf(location), help })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The text of a baseline that parks these diagnostics: sorted, one fingerprint a line, so that two branches that park
 * different debt merge without help.
 */
export function formatBaseline(diagnostics: readonly Pick<Diagnostic, 'rule' | 'fingerprint'>[]): string {
  const byRule = new Map<string, Set<string>>()
  for (const { rule, fingerprint } of diagnostics) {
    const known = byRule.get(rule)
    if (known === undefined) byRule.set(rule, new Set([fingerprint]))
    else known.add(fingerprint)
  }
  const names = [...byRule.keys()].sort(compareNames)
  const rules = Object.fromEntries(names.map((rule) => [rule, [...byRule.get(rule)!].sort(compareNames)]))
  return `${JSON.stringify({ schemaVersion: 1, rules }, null, 2)}\n`
}
