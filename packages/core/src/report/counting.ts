import { visible } from './cells.js'

/** `1 head`, `2 heads`, `100,000 revisions`. */
export function count(number: number, word: string): string {
  return `${formatNumber(number)} ${number === 1 ? word : `${word}s`}`
}

export function formatNumber(number: number): string {
  return `${number}`.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `40 ms`, `2.4 s`. */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** `billing`, `billing and users`, `billing, users and 3 more`: names as they may be shown. */
export function listNames(names: readonly string[], most = 2): string {
  const shown = names.slice(0, most).map(visible)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${formatNumber(more)} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
