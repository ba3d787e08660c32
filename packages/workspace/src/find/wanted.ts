import type { Configuration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import type { LinkResolver } from '../snapshot/links.js'
import { USUAL_NAMES } from './usual.js'

/** Patterns with `/`, `*`, `**`, `?` and `[…]`, relative to the root. */
export interface Wanted {
  readonly patterns: readonly string[]
  readonly excluded: readonly string[]
  /** Files that `environments.include` names without a pattern. */
  readonly named: readonly string[]
}

/** Which configuration files `onehead.json` asks for; the usual names where it asks for none. Throws `UsageError` for patterns that leave the workspace. */
export async function whatIsWanted(configuration: Configuration, links: LinkResolver): Promise<Wanted> {
  const { include, exclude } = configuration.environments
  const excluded = exclude.map((pattern) => cleanPattern(pattern, 'exclude')).flatMap((one) => [one, `${one}/**`])
  if (include === null) return { patterns: USUAL_NAMES.map((name) => `**/${name}`), excluded, named: [] }
  const patterns: string[] = []
  const named: string[] = []
  for (const pattern of include.map((one) => cleanPattern(one, 'include'))) {
    const isPattern = /[*?[]/.test(pattern)
    const found = isPattern ? null : await links.resolve(pattern)
    if (isPattern) patterns.push(pattern)
    if (found === null || (found.kind === 'found' && found.mode === 'directory')) {
      patterns.push(...USUAL_NAMES.map((name) => (pattern === '.' ? `**/${name}` : `${pattern}/**/${name}`)))
    } else if (!excluded.includes(pattern)) named.push(pattern)
  }
  return { patterns, excluded, named }
}

function cleanPattern(pattern: string, key: 'include' | 'exclude'): string {
  const segments = pattern.split('/').filter((segment) => segment !== '.' && segment !== '')
  if (pattern.startsWith('/') || segments.includes('..')) {
    const help = 'write it relative to the workspace root'
    throw new UsageError(`"${pattern}" in environments.${key} of onehead.json leaves the workspace`, { help })
  }
  return segments.join('/') || '.'
}
