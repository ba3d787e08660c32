import type { Diagnostic } from '../rules/rule.js'
import { listNames } from './counting.js'

/**
 * Environments that have the same scripts have the same findings in them: each carries its own in JSON, and people are told once, with
 * the names of the others.
 */
export function toldOnce<T extends { readonly diagnostic: Diagnostic }>(findings: readonly T[]): readonly T[] {
  const same = new Map<string, T[]>()
  const seen = new Map<string, number>()
  for (const finding of findings) {
    const { diagnostic } = finding
    const what = keyOf(diagnostic)
    // What one environment has twice are two things.
    const own = `${diagnostic.environment} ${what}`
    const number = seen.get(own) ?? 0
    seen.set(own, number + 1)
    const key = `${number} ${what}`
    same.set(key, [...(same.get(key) ?? []), finding])
  }
  return [...same.values()].map((all) => {
    const [first, ...others] = all as [T, ...T[]]
    if (others.length === 0) return first
    const names = others.map(({ diagnostic }) => diagnostic.environment)
    const note = `the same in ${listNames(names, 4)}, with the same scripts`
    return { ...first, diagnostic: { ...first.diagnostic, notes: [...first.diagnostic.notes, note] } }
  })
}

/** The same for diagnostics alone. */
export function diagnosticsOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return toldOnce(diagnostics.map((diagnostic) => ({ diagnostic }))).map(({ diagnostic }) => diagnostic)
}

function keyOf({ fingerprint, severity, message, labels }: Diagnostic): string {
  return JSON.stringify([fingerprint, severity, message, labels])
}
