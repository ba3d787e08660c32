import type { TextOptions } from '@onehead/core'
import type { Call } from './command.js'
import { placeWords } from './place.js'

// What is printed to be typed next has to find the same environments, and to mean the same.

type Core = typeof import('@onehead/core')

/** How the plans of a command are to look. */
export function moveLook({ given, look }: Call, showPath: (path: string) => string, { shellWord }: Core): TextOptions {
  return { ...look, showPath, repeated: placeWords(given).map(shellWord).join(' ') }
}

/** The command that was typed, without --dry-run. */
export function typedAgain(
  { given, look }: Call,
  command: string,
  { shellWord }: Core,
  more: readonly string[] = [],
): string {
  const words = given.words((name) => name !== 'dry-run')
  const all = words.includes('--') ? [...more, ...words] : [...words, ...more]
  return [look.program, command, ...all.map(shellWord)].join(' ')
}

/**
 * The last line of a dry run; empty where it is refused, or there is nothing to run.
 * @param command what runs it
 */
export function endOfDryRun(environments: readonly { readonly kind: string }[], command: string): string {
  const isPlanned = environments.some(({ kind }) => kind === 'untouched')
  const isRefused = environments.some(({ kind }) => kind === 'refused')
  return isPlanned && !isRefused ? `nothing is run yet; next: \`${command}\`\n` : ''
}
