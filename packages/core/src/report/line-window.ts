import { type Cell, toCells, widthOf } from './cells.js'

/** A line of source as it is shown: cut around what matters when it is too long. */
export interface LineWindow {
  readonly text: string
  /** The display column (from 0) of a code point column (from 1), held inside what is shown. */
  readonly columnOf: (column: number) => number
}

/** Code points before the focus that may matter for the window; a 5 MB line is never measured whole. */
const LOOK_BACK = 400

/**
 * Shows a line in at most `width` columns so that the code points from column `from` (1-based) to `to` (excluded) are seen,
 * as far as they fit; what is left out is marked.
 */
export function showLine(line: string, from: number, to: number, width: number, ellipsis: string): LineWindow {
  const skipped = Math.max(0, from - 1 - LOOK_BACK)
  const start = indexOfCodePoint(line, skipped)
  const end = line.length - start > width * 8 + LOOK_BACK * 2 ? start + width * 8 + LOOK_BACK * 2 : line.length
  const cells = toCells(line.slice(start, end))
  // starts[i] is the display column of cell i, columns[i] its first code point column; both have one entry more than cells.
  const starts = [0]
  const columns = [skipped + 1]
  cells.forEach((cell, index) => {
    starts.push(starts[index]! + cell.width)
    columns.push(columns[index]! + cell.codePoints)
  })
  const total = starts[cells.length]!
  const { first, last } = chooseCells(cells, starts, columns, { from, to, width, cutBefore: skipped > 0, ellipsis })
  const before = first > 0 || skipped > 0 ? ellipsis : ''
  const after = last < cells.length || end < line.length ? ellipsis : ''
  const offset = widthOf(before) - starts[first]!
  const shownEnd = Math.min(starts[last]!, total) + offset
  return {
    text: before + joinCells(cells, first, last) + after,
    columnOf: (column) => Math.min(shownEnd, Math.max(widthOf(before), starts[lastAtMost(columns, column)]! + offset)),
  }
}

interface Focus {
  readonly from: number
  readonly to: number
  readonly width: number
  readonly cutBefore: boolean
  readonly ellipsis: string
}

/** The range of cells to show: from the beginning when the focus fits there, else with a third of the width before it. */
function chooseCells(cells: readonly Cell[], starts: readonly number[], columns: readonly number[], focus: Focus) {
  const { width, ellipsis } = focus
  const total = starts[cells.length]!
  if (!focus.cutBefore && total <= width) return { first: 0, last: cells.length }
  const mark = widthOf(ellipsis)
  const focusStart = starts[lastAtMost(columns, focus.from)]!
  const focusEnd = starts[lastAtMost(columns, focus.to)]!
  const fromBeginning = !focus.cutBefore && (focusEnd + mark <= width || focusStart <= width / 3)
  const wanted = fromBeginning
    ? 0
    : focusStart - Math.max(0, Math.min(Math.floor(width / 3), width - 2 * mark - (focusEnd - focusStart)))
  const first = fromBeginning ? 0 : lastAtMost(starts, Math.max(0, wanted))
  const room = width - mark - (first > 0 || focus.cutBefore ? mark : 0)
  const last = Math.max(first + 1, lastAtMost(starts, starts[first]! + room))
  return { first, last: Math.min(last, cells.length) }
}

function joinCells(cells: readonly Cell[], first: number, last: number): string {
  let text = ''
  for (let index = first; index < last; index++) text += cells[index]!.text
  return text
}

/** The last index whose value is at most `value`, in an ascending list that begins with a smaller one; else 0. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (values[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** The UTF-16 index of a code point counted from 0. */
export function indexOfCodePoint(line: string, count: number): number {
  let index = 0
  for (let left = count; left > 0 && index < line.length; left--) index += line.codePointAt(index)! > 0xffff ? 2 : 1
  return index
}
