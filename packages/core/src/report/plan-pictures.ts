import { stripVTControlCharacters } from 'node:util'
import type { Repair } from '../plan/plan.js'
import { widthOf } from './cells.js'
import type { Row } from './excerpt.js'
import type { Line } from './frame.js'
import { drawGraph } from './graph.js'
import type { Page } from './page.js'

const EMPTY: Row = { number: null, text: '' }

/** With less than this for each of two histories, one stands above the other. */
const LEAST_COLUMNS = 36
const GAP = 4

/** The history before and after, beside each other where there is room. */
export function drawPictures({ picture }: Repair, room: number, page: Page): readonly Line[] {
  if (picture === undefined || picture.before.length === 0) return []
  const { glyphs, paint } = page
  const half = Math.floor((room - GAP - 2) / 2)
  const beside = half >= LEAST_COLUMNS
  const draw = (rows: typeof picture.before) => drawGraph(rows, { glyphs, paint, width: beside ? half : room - 2 })
  const [before, after] = [draw(picture.before), draw(picture.after)]
  const heading = (word: string) => paint('faint', word)
  if (!beside) return [EMPTY, ...[heading('before'), ...before, '', heading('after'), ...after].map(indented), EMPTY]
  const left = [heading('before'), ...before]
  const right = [heading('after'), ...after]
  const column = Math.max(...left.map(shownWidth)) + GAP
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const text = left[index] ?? ''
    return `${text}${' '.repeat(column - shownWidth(text))}${right[index] ?? ''}`.trimEnd()
  })
  return [EMPTY, ...rows.map(indented), EMPTY]
}

const indented = (text: string): Row => ({ number: null, text: `  ${text}` })

function shownWidth(painted: string): number {
  return widthOf(stripVTControlCharacters(painted))
}
