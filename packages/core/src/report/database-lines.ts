import type { DatabaseTrouble, ListedBackup } from './backup-report.js'
import { padEnd, visible, wrap } from './cells.js'
import { count, formatNumber, listNames } from './counting.js'
import { hang } from './frame.js'
import type { Page } from './page.js'
import { paintCode } from './paint.js'

const INDENT = '    '

/** Where the text behind a word begins. */
const COLUMN = INDENT.length + 7

/** So many tables are shown with their rows. */
const MOST_TABLES = 12

/** A word in a column of its own, and what belongs to it. */
export function field(word: string, text: string, page: Page): readonly string[] {
  const start = `${INDENT}${page.paint('faint', padEnd(word, 6))} `
  const lines = wrap(visible(text), page.width - COLUMN, page.glyphs.ellipsis)
  return lines.map((line, index) => (index === 0 ? start : ' '.repeat(COLUMN)) + paintCode(line, page.paint))
}

/** Numbered steps behind a word; each hangs behind its number. */
export function stepLines(word: string, steps: readonly string[], page: Page): readonly string[] {
  return steps.flatMap((step, index) => {
    const number = `${index + 1}. `
    const [first = '', ...rest] = wrap(visible(step), page.width - COLUMN - number.length, page.glyphs.ellipsis)
    const start = `${INDENT}${page.paint('faint', padEnd(index === 0 ? word : '', 6))} ${number}`
    const further = rest.map((line) => ' '.repeat(COLUMN + number.length) + paintCode(line, page.paint))
    return [start + paintCode(first, page.paint), ...further]
  })
}

/** A command that is copied: kept whole, in a line of its own where it has a word in front. */
export function commandLine(word: string, command: string, page: Page): string {
  return `${INDENT}${page.paint('faint', padEnd(word, 6))} ${page.paint('code', visible(page.command(command)))}`
}

/** What to do now, and the command that does it. */
export function nextLines(text: string, command: string | null, page: Page): readonly string[] {
  return [
    ...hang('strong', 'next:', text, page, INDENT),
    ...(command === null ? [] : [`${INDENT}  ${page.paint('code', visible(page.command(command)))}`]),
  ]
}

export function headline(tone: 'success' | 'error' | 'warn' | 'strong', text: string, page: Page): readonly string[] {
  const { success, failure, warning, bullet } = page.glyphs
  return hang(tone, { success, error: failure, warn: warning, strong: bullet }[tone], text, page)
}

export function drawTrouble({ message, help }: DatabaseTrouble, page: Page): readonly string[] {
  return [
    ...hang('faint', 'because', message, page, INDENT),
    ...(help === null ? [] : hang('strong', 'cure:', help, page, INDENT)),
  ]
}

export function warnLines(warnings: readonly string[], page: Page): readonly string[] {
  return warnings.flatMap((text) => hang('warn', 'warning:', text, page, INDENT))
}

/** `3c9e51a7b204`, `base` where there is none. */
export function sayRevisions(revisions: readonly string[]): string {
  return listNames(revisions, 4) || 'base'
}

/** When a backup was taken, where the database stood then, and how much it is. */
export function sayListed({ takenAt, revisions, bytes, tables }: ListedBackup): string {
  const at = revisions === null ? [] : [`at ${sayRevisions(revisions)}`]
  const number = tables === null ? [] : [count(tables, 'table')]
  return [sayTime(takenAt), ...at, sayBytes(bytes), ...number].join(', ')
}

/** `2026-01-05 10:00:00 UTC` */
export function sayTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

export function sayBytes(bytes: number): string {
  const kilobytes = bytes / 1024
  if (kilobytes < 1024) return `${formatNumber(Math.max(1, Math.round(kilobytes)))} kB`
  const megabytes = kilobytes / 1024
  return megabytes < 1024 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1024).toFixed(1)} GB`
}

/** `invoice 7, users 2 and 3 more`: rows of each table, those with most rows first. */
export function sayRows(rows: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(rows).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  if (sorted.length === 0) return 'no tables'
  const shown = sorted.slice(0, MOST_TABLES).map(([name, number]) => `${visible(name)} ${formatNumber(number)}`)
  const more = sorted.length - shown.length
  return shown.join(', ') + (more === 0 ? '' : ` and ${count(more, 'more table')}`)
}
