/**
 * How text occupies the columns of a terminal, and what must never reach one as it is. Widths follow Unicode's East Asian
 * Width (wide and fullwidth = 2) and terminals' habit with combining marks (0) and joined emoji (2).
 */

/** Obeyed, hidden or reordered by a terminal instead of shown: controls, format and bidi characters, line separators, halves of pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u

/** The joiner inside an emoji and the selector behind one are how that emoji is written; everywhere else they are hidden. */
const HIDDEN_OR_EMOJI =
  /(?<=\uFE0F|[\p{Extended_Pictographic}\p{Emoji_Modifier}])\u200D(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}0-9#*])[\uFE0E\uFE0F]|([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}])/gu

const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]/u

/** Several characters drawn as one wide one: emoji sequences, flags, Hangul written in parts. */
const JOINED =
  /\u200D\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|\p{Emoji_Modifier}|\uFE0F|[\u1100-\u115f][\u1160-\u11ff]/u

const MARK = /\p{Mark}/u
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/
const TAB_STOP = 4

/** One thing that a reader sees, made of one or more code points. */
export interface Cell {
  readonly text: string
  readonly width: number
  readonly codePoints: number
}

/** The text with every character that a terminal would not show written as Python writes it: `\x1b`, `\u202e`, `\U000e0041`. */
export function visible(text: string): string {
  if (!HIDDEN.test(text)) return text
  return text.replace(HIDDEN_OR_EMOJI, (whole, hidden: string | undefined) =>
    hidden === undefined ? whole : escapeCharacter(hidden),
  )
}

/** Like `visible`, for text of several lines: `\n` stays. */
export function visibleLines(text: string): string {
  return HIDDEN.test(text) ? text.split('\n').map(visible).join('\n') : text
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!
  if (code === 0x09) return '\\t'
  if (code === 0x0a) return '\\n'
  if (code === 0x0d) return '\\r'
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

let segmenter: Intl.Segmenter | undefined

/** Splits a line into what a reader sees; tabs become spaces up to the next stop, hidden characters their escapes. */
export function toCells(line: string): readonly Cell[] {
  const cells: Cell[] = []
  if (PRINTABLE_ASCII.test(line)) {
    for (const text of line) cells.push({ text, width: 1, codePoints: 1 })
    return cells
  }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let column = 0
  for (const { segment } of segmenter.segment(line)) {
    const text = segment === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : visible(segment)
    const width = clusterWidth(text)
    cells.push({ text, width, codePoints: countCodePoints(segment) })
    column += width
  }
  return cells
}

function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function clusterWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  if (JOINED.test(text)) return 2
  let width = 0
  for (const character of text) width += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** Columns that the text takes; it must be `visible` already. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let width = 0
  for (const cell of toCells(text)) width += cell.width
  return width
}

/** The text filled with spaces up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** The text if it fits, else as much of its beginning as leaves room for `ellipsis`. */
export function cutEnd(text: string, width: number, ellipsis: string): string {
  if (text.length <= width && widthOf(text) <= width) return text
  let used = widthOf(ellipsis)
  let kept = ''
  // No cell is narrower than a column except marks, so a few times the width is more than enough to look at.
  for (const cell of toCells(text.slice(0, width * 8))) {
    if (used + cell.width > width) break
    kept += cell.text
    used += cell.width
  }
  return kept + ellipsis
}

/** Longest word kept whole: ids and paths are copied, so they are cut only when absurd. */
const LONGEST_WORD = 240

/**
 * Breaks text at spaces into lines of at most `width` columns (the first at most `first`). What stands between backticks is a
 * command or a name and stays in one piece; a word longer than a line has a line of its own, and an absurd one is cut.
 */
export function wrap(text: string, width: number, ellipsis: string, first = width): readonly string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  let room = first
  for (const word of splitWords(text)) {
    const shown = word.length > LONGEST_WORD ? cutEnd(word, LONGEST_WORD, ellipsis) : word
    const wide = widthOf(shown)
    if (used > 0 && used + 1 + wide > room) {
      lines.push(line)
      line = shown
      used = wide
      room = width
    } else {
      line = used > 0 ? `${line} ${shown}` : shown
      used += wide + (used > 0 ? 1 : 0)
    }
  }
  lines.push(line)
  return lines
}

function splitWords(text: string): readonly string[] {
  const words: string[] = []
  let open = false
  for (const word of text.split(' ')) {
    if (open) words.push(`${words.pop()} ${word}`)
    else if (word !== '') words.push(word)
    if (countBackticks(word) % 2 === 1) open = !open
  }
  // A backtick that is never closed is a character like any other.
  if (open) return text.split(' ').filter((word) => word !== '')
  return words
}

function countBackticks(word: string): number {
  let count = 0
  for (let at = word.indexOf('`'); at >= 0; at = word.indexOf('`', at + 1)) count++
  return count
}
