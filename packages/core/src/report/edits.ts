import type { Diagnostic } from '../rules/rule.js'
import type { Row } from './excerpt.js'
import { indexOfCodePoint, showLine } from './line-window.js'
import type { Page } from './page.js'

type Edit = NonNullable<Diagnostic['fix']>['edits'][number]

/** What the edits change in one stretch of one file. */
export interface EditPicture {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly rows: readonly Row[]
}

/** A stretch of more lines than this is shown by its beginning. */
const MOST_LINES = 6

/** The edits as `-` and `+` lines, computed on the user's own lines; edits on the same or touching lines make one picture. */
export function drawEdits(edits: readonly Edit[], room: number, page: Page): readonly EditPicture[] {
  return groupEdits(edits).map((group) => {
    const first = group[0]!
    const { line, column } = first.range.start
    const source = page.source(first.path)
    return {
      path: first.path,
      line,
      column,
      rows: source === null ? drawUnseen(group, room, page) : drawChange(group, source, room, page),
    }
  })
}

/** Files in the order in which the edits name them, each from its beginning. */
function groupEdits(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const paths = [...new Set(edits.map(({ path }) => path))]
  return paths.flatMap((path) => {
    const groups: Edit[][] = []
    const ordered = edits.filter((edit) => edit.path === path)
    ordered.sort((a, b) => a.range.start.offset - b.range.start.offset)
    for (const edit of ordered) {
      const last = groups.at(-1)?.at(-1)
      if (last && edit.range.start.line <= last.range.end.line) groups.at(-1)!.push(edit)
      else groups.push([edit])
    }
    return groups
  })
}

function drawChange(edits: readonly Edit[], source: readonly string[], room: number, page: Page): readonly Row[] {
  const firstLine = edits[0]!.range.start.line
  const lastLine = Math.max(...edits.map((edit) => edit.range.end.line))
  const old = Array.from({ length: lastLine - firstLine + 1 }, (_, index) => source[firstLine - 1 + index] ?? '')
  const changed = applyToLines(old, edits, firstLine)
  let same = 0
  while (same < old.length && same < changed.length && old[same] === changed[same]) same++
  let sameEnd = 0
  while (
    sameEnd < old.length - same &&
    sameEnd < changed.length - same &&
    old[old.length - 1 - sameEnd] === changed[changed.length - 1 - sameEnd]
  )
    sameEnd++
  const removed = old.slice(same, old.length - sameEnd)
  const added = changed.slice(same, changed.length - sameEnd)
  return drawDifference({ removed, added, line: firstLine + same, newLine: firstLine + same }, room, page)
}

/** Lines that go and lines that come in their place, without line ends. */
export interface Difference {
  readonly removed: readonly string[]
  readonly added: readonly string[]
  /** Number of the first of each, from 1. */
  readonly line: number
  readonly newLine: number
}

/** `-` and `+` lines, long ones cut so that the first difference is seen, many by their beginning. */
export function drawDifference(
  { removed, added, line, newLine }: Difference,
  room: number,
  page: Page,
): readonly Row[] {
  const at = firstDifference(removed[0] ?? '', added[0] ?? '')
  return [...drawLines('-', removed, line, at, room, page), ...drawLines('+', added, newLine, at, room, page)]
}

/** The lines after the edits; from the last to the first, so that earlier places stay what they are. */
function applyToLines(lines: readonly string[], edits: readonly Edit[], firstLine: number): readonly string[] {
  let text = lines.join('\n')
  const starts = lines.map((_, index) => lines.slice(0, index).reduce((length, line) => length + line.length + 1, 0))
  const indexOf = ({ line, column }: { line: number; column: number }) => {
    const own = line - firstLine
    return (starts[own] ?? text.length) + indexOfCodePoint(lines[own] ?? '', column - 1)
  }
  for (const edit of [...edits].reverse()) {
    text =
      text.slice(0, indexOf(edit.range.start)) + edit.text.replace(/\r\n/g, '\n') + text.slice(indexOf(edit.range.end))
  }
  return text.split('\n')
}

/** The first code point column (from 1) where two lines differ. */
function firstDifference(one: string, other: string): number {
  const left = [...one.slice(0, 10_000)]
  const right = [...other.slice(0, 10_000)]
  let index = 0
  while (index < left.length && left[index] === right[index]) index++
  return index + 1
}

function drawLines(
  sign: '-' | '+',
  lines: readonly string[],
  number: number,
  at: number,
  room: number,
  page: Page,
): readonly Row[] {
  const tone = sign === '-' ? 'removed' : 'added'
  const { ellipsis } = page.glyphs
  const rows = lines.slice(0, MOST_LINES).map((line, index): Row => {
    const focus = index === 0 ? at : 1
    return {
      number: number + index,
      text: page.paint(tone, `${sign} ${showLine(line, focus, focus + 24, room - 2, ellipsis).text}`),
    }
  })
  const left = lines.length - rows.length
  if (left > 0)
    rows.push({
      number: null,
      text: page.paint('faint', `${sign} ${ellipsis} ${left} more ${left === 1 ? 'line' : 'lines'}`),
    })
  return rows
}

/** Without the file only what is put in can be shown. */
function drawUnseen(edits: readonly Edit[], room: number, page: Page): readonly Row[] {
  return edits.flatMap((edit) =>
    drawLines('+', edit.text.replace(/\n$/, '').split('\n'), edit.range.start.line, 1, room, page),
  )
}
