import type { Diagnostic, Severity } from '../rules/rule.js'
import { visible, widthOf, wrap } from './cells.js'
import { showLine } from './line-window.js'
import type { Page } from './page.js'
import { paintCode, type Tone } from './paint.js'

type Label = Diagnostic['labels'][number]

/** A line of a picture: what stands left of the bar, and what right of it. */
export interface Row {
  /** A line number, or nothing. */
  readonly number: number | null
  /** Painted already. */
  readonly text: string
  /** What stands instead of the bar, such as the sign for lines left out. */
  readonly bar?: string
}

/** The labels of one file. */
export interface LabelledFile {
  readonly path: string
  readonly labels: readonly Label[]
}

/** One group per file, in the order in which the labels name them. */
export function groupByFile(labels: readonly Label[]): readonly LabelledFile[] {
  const files = new Map<string, Label[]>()
  for (const label of labels) {
    const known = files.get(label.path)
    if (known) known.push(label)
    else files.set(label.path, [label])
  }
  return [...files].map(([path, grouped]) => ({ path, labels: grouped }))
}

/**
 * The user's own lines with what the labels point at underlined: `━` for the primary label, `─` for the others.
 * Lines in file order, each once; a gap between them is marked.
 *
 * @param primary the diagnostic's first label, wherever it is
 */
export function drawExcerpt(
  file: LabelledFile,
  primary: Label,
  severity: Severity,
  room: number,
  page: Page,
): readonly Row[] {
  const source = page.source(file.path)
  const rows: Row[] = []
  let shown = 0
  const ordered = [...file.labels].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column,
  )
  for (const label of ordered) {
    const { start } = label.range
    const line = source?.[start.line - 1]
    const tone: Tone = label === primary ? severity : 'info'
    if (line === undefined) {
      rows.push(...drawText(label.text, 0, room, tone, page))
      continue
    }
    const span = spanOnLine(label, line)
    const focus = ordered.find((other) => other.range.start.line === start.line)!
    const focusSpan = spanOnLine(focus, line)
    const window = showLine(line, focusSpan.from, focusSpan.to, room, page.glyphs.ellipsis)
    if (shown !== start.line) {
      if (shown > 0 && start.line > shown + 1) rows.push({ number: null, text: '', bar: page.glyphs.gap })
      rows.push({ number: start.line, text: window.text })
      shown = start.line
    }
    const from = window.columnOf(span.from)
    const length = Math.max(1, window.columnOf(span.to) - from)
    const sign = label === primary ? page.glyphs.primary : page.glyphs.secondary
    rows.push(...drawUnderline(from, sign.repeat(length), span.text, room, tone, page))
  }
  return rows
}

/** The part of a label's range on its first line, as code point columns, and its words. */
function spanOnLine(label: Label, line: string): { from: number; to: number; text: string } {
  const { start, end } = label.range
  if (end.line === start.line) return { from: start.column, to: end.column, text: label.text }
  const words = `up to line ${end.line}`
  const text = label.text === '' ? words : `${label.text} (${words})`
  return { from: start.column, to: start.column + line.length, text }
}

/** The underline with its words behind it, or below it where there is no room. */
function drawUnderline(
  from: number,
  line: string,
  words: string,
  room: number,
  tone: Tone,
  page: Page,
): readonly Row[] {
  const indent = ' '.repeat(from)
  const underline = indent + page.paint(tone, line)
  const text = visible(words)
  if (text === '') return [{ number: null, text: underline }]
  if (from + widthOf(line) + 1 + widthOf(text) <= room)
    return [{ number: null, text: `${underline} ${page.paint(tone, text)}` }]
  const below = Math.min(from, Math.floor(room / 3))
  return [{ number: null, text: underline }, ...drawText(text, below, room, tone, page)]
}

function drawText(words: string, indent: number, room: number, tone: Tone, page: Page): readonly Row[] {
  if (words === '') return []
  return wrap(visible(words), room - indent, page.glyphs.ellipsis).map((text) => ({
    number: null,
    text: ' '.repeat(indent) + page.paint(tone, text),
  }))
}

/** Words with a heading such as `note: `; further lines stand under the first word. */
export function drawNote(heading: string, text: string, room: number, page: Page): readonly string[] {
  const indent = ' '.repeat(heading.length)
  return wrap(visible(text), room - heading.length, page.glyphs.ellipsis).map(
    (line, index) => (index === 0 ? page.paint('strong', heading) : indent) + paintCode(line, page.paint),
  )
}
