import { visible, widthOf, wrap } from './cells.js'
import { drawNote, type Row } from './excerpt.js'
import type { Page } from './page.js'
import { paintCode, type Tone } from './paint.js'

/** A line of a framed picture: a place, words, source, or the line that closes it. Texts are painted already. */
export type Line = Row | { readonly place: string } | { readonly note: string } | { readonly last: string }

/** Words with a heading such as `note: ` as lines of a frame. */
export function noteLines(heading: string, text: string, room: number, page: Page): readonly Line[] {
  return drawNote(heading, text, room, page).map((line, index) =>
    index === 0 ? { note: line } : { number: null, text: line },
  )
}

/** @param gutter columns for line numbers */
export function drawLine(line: Line, gutter: number, { glyphs, paint }: Page): string {
  const blank = ' '.repeat(gutter + 1)
  if ('place' in line) return `${blank}${paint('faint', glyphs.place)} ${line.place}`
  if ('note' in line) return `${blank}${paint('faint', glyphs.branch)} ${line.note}`
  if ('last' in line) return `${blank}${paint('faint', glyphs.last)} ${line.last}`
  const number = line.number === null ? blank : `${`${line.number}`.padStart(gutter)} `
  return `${paint('faint', number + (line.bar ?? glyphs.bar))} ${line.text}`.trimEnd()
}

/** A word such as `warning:` and text behind it, without a frame; further lines are indented. */
export function hang(tone: Tone, word: string, text: string, page: Page, indent = ''): readonly string[] {
  const room = page.width - indent.length
  const first = room - widthOf(word) - 1
  return wrap(visible(text), room - 2, page.glyphs.ellipsis, first).map((line, index) => {
    const shown = paintCode(line, page.paint)
    return index === 0 ? `${indent}${page.paint(tone, word)} ${shown}` : `${indent}  ${shown}`
  })
}
