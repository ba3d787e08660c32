import type { GraphRow } from '../rules/rule.js'
import { cutEnd, visible, widthOf } from './cells.js'
import type { Glyphs } from './glyphs.js'
import { drawLanes } from './lanes.js'
import type { Paint } from './paint.js'

export interface GraphOptions {
  readonly glyphs: Glyphs
  readonly paint: Paint
  /** Columns that a line may take. */
  readonly width: number
}

/** Alembic's ids have twelve digits, PostgreSQL's limit is 32: longer ones are shown cut. */
const LONGEST_ID = 40

/**
 * Draws a history, newest first: `◆` for heads, `○` for the rest, ids and messages beside their sign, tags in one column.
 * Lines of text, without line ends.
 */
export function drawGraph(rows: readonly GraphRow[], options: GraphOptions): readonly string[] {
  const { glyphs, paint, width } = options
  const vertices = rows.map((row) => ({
    id: row.revision,
    parents: row.parents.map(({ revision, indirect }) => ({ id: revision, indirect })),
    sign: row.isHead ? glyphs.head : glyphs.revision,
  }))
  const maxLanes = Math.max(4, Math.floor(width / 5))
  const lines = drawLanes(vertices, glyphs, maxLanes).map(({ text, vertex }) => ({
    lanes: text,
    texts: vertex === null ? null : rowTexts(rows[vertex]!, widthOf(text), options),
  }))
  const tagColumn = Math.max(
    0,
    ...widths(lines.map(({ texts }) => (texts !== null && texts.tags !== '' ? texts.width : 0))),
  )
  return lines.map(({ lanes, texts }) => {
    if (texts === null) return paint('faint', lanes)
    const { row, id, message, tags } = texts
    const signed = paintSign(lanes, row, options)
    const start = `${signed}  ${paint('strong', id)}${message === '' ? '' : `  ${message}`}`
    if (tags === '') return start
    const gap = ' '.repeat(Math.max(2, tagColumn - texts.width + 3))
    return `${start}${gap}${paint(row.isHead ? 'head' : 'faint', tags)}`
  })
}

/** Spreading 10,000 numbers into one call is fine, 1,000,000 is not. */
function widths(all: readonly number[]): readonly number[] {
  return [all.reduce((widest, width) => Math.max(widest, width), 0)]
}

interface RowTexts {
  readonly row: GraphRow
  readonly id: string
  readonly message: string
  readonly tags: string
  /** Columns up to the end of the message. */
  readonly width: number
}

function rowTexts(row: GraphRow, lanesWidth: number, { glyphs, width }: GraphOptions): RowTexts {
  const id = cutEnd(visible(row.revision), LONGEST_ID, glyphs.ellipsis)
  const tags = cutEnd(row.tags.map(visible).join(', '), Math.floor(width / 2), glyphs.ellipsis)
  const beforeMessage = lanesWidth + 2 + widthOf(id) + 2
  const room = width - beforeMessage - (tags === '' ? 0 : widthOf(tags) + 3)
  const message = room < 8 ? '' : cutEnd(visible(row.message), room, glyphs.ellipsis)
  return { row, id, message, tags, width: message === '' ? beforeMessage - 2 : beforeMessage + widthOf(message) }
}

/** Only the sign of a head is coloured; the lanes around it stay faint. */
function paintSign(lanes: string, row: GraphRow, { glyphs, paint }: GraphOptions): string {
  const sign = row.isHead ? glyphs.head : glyphs.revision
  const at = lanes.indexOf(sign)
  if (at < 0) return lanes
  const painted = row.isHead ? paint('head', sign) : sign
  return paint('faint', lanes.slice(0, at)) + painted + paint('faint', lanes.slice(at + sign.length))
}
