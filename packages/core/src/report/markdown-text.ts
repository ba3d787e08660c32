import { visible, wrap } from './cells.js'
import { createPage, type Page, type TextOptions } from './page.js'
import { paintCode } from './paint.js'

/**
 * One of our own pages as terminal text: headings, paragraphs, lists, quotes, tables and code blocks as our pages use them, not
 * Markdown at large.
 */
export function formatMarkdown(markdown: string, options: TextOptions = {}): string {
  const page = createPage(options)
  const lines = markdown.replace(/<!--[\s\S]*?-->\n?/g, '').split(/\r?\n/)
  const blocks: string[] = []
  for (let at = 0; at < lines.length; ) {
    const { end, text } = readBlock(lines, at, page)
    if (text !== null) blocks.push(text)
    at = end
  }
  return `${blocks.join('\n\n')}\n`
}

/**
 * A rule's page for somebody who met the rule in a terminal: of its examples, which are also its tests, only the first.
 */
export function formatRulePage(markdown: string, options: TextOptions = {}): string {
  return formatMarkdown(shortPage(markdown), options)
}

/** The same as Markdown. */
export function shortPage(markdown: string): string {
  let examples = 0
  let isKept = true
  let fence: string | null = null
  const kept = markdown.split('\n').filter((line) => {
    if (fence !== null) fence = line.trim() === fence ? null : fence
    else if (FENCE.test(line)) fence = FENCE.exec(line)![1]!
    else if (line.startsWith('### ')) isKept = examples++ === 0
    else if (HEADING.test(line)) isKept = true
    return isKept
  })
  return kept.join('\n')
}

interface Block {
  /** The first line after it. */
  readonly end: number
  readonly text: string | null
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*(.*)$/
const HEADING = /^(#{1,6})\s+(.*)$/
const ITEM = /^(\s*)([-*]|\d+\.)\s+(.*)$/

function readBlock(lines: readonly string[], at: number, page: Page): Block {
  const line = lines[at]!
  if (line.trim() === '') return { end: at + 1, text: null }
  const fence = FENCE.exec(line)
  if (fence) return readCode(lines, at, fence[1]!, fence[2]!, page)
  const heading = HEADING.exec(line)
  if (heading) return { end: at + 1, text: drawHeading(heading[1]!.length, heading[2]!, page) }
  if (ITEM.test(line)) return readList(lines, at, page)
  if (line.startsWith('|')) return readVerbatim(lines, at, (one) => one.startsWith('|'))
  return readParagraph(lines, at, page)
}

function drawHeading(level: number, text: string, { paint }: Page): string {
  const plain = visible(inline(text)).replace(/`/g, '')
  return level === 1 ? paint('head', plain) : paint('strong', plain)
}

/** A code block keeps its lines; what the fence says about it (a file name) stands above it. */
function readCode(lines: readonly string[], at: number, fence: string, info: string, { paint, glyphs }: Page): Block {
  let end = at + 1
  while (end < lines.length && !lines[end]!.trim().startsWith(fence)) end++
  const caption = info
    .trim()
    .split(/\s+/)
    .slice(1)
    .join(' ')
    .replace(/^path=/, '')
  const body = lines
    .slice(at + 1, end)
    .map((line) => `  ${paint('faint', glyphs.bar)} ${visible(line.replace(/\t/g, '    '))}`.trimEnd())
  return {
    end: end + 1,
    text: [...(caption === '' ? [] : [`  ${paint('faint', visible(caption))}`]), ...body].join('\n'),
  }
}

function readList(lines: readonly string[], at: number, page: Page): Block {
  const items: string[] = []
  let end = at
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]!)
    if (!item) break
    const words = [item[3]!]
    end++
    while (end < lines.length && /^\s+\S/.test(lines[end]!) && !ITEM.test(lines[end]!)) words.push(lines[end++]!.trim())
    const depth = Math.floor(item[1]!.length / 2)
    const sign = /\d/.test(item[2]!) ? item[2]! : page.glyphs.bullet
    items.push(drawIndented(words.join(' '), `${'  '.repeat(depth + 1)}${sign} `, page))
  }
  return { end, text: items.join('\n') }
}

function readVerbatim(lines: readonly string[], at: number, belongs: (line: string) => boolean): Block {
  let end = at
  while (end < lines.length && belongs(lines[end]!)) end++
  return { end, text: lines.slice(at, end).map(visible).join('\n') }
}

function isParagraph(line: string): boolean {
  return line.trim() !== '' && !FENCE.test(line) && !ITEM.test(line) && !HEADING.test(line)
}

function readParagraph(lines: readonly string[], at: number, page: Page): Block {
  let end = at
  const words: string[] = []
  while (end < lines.length && isParagraph(lines[end]!)) words.push(lines[end++]!.trim())
  const quoted = words[0]!.startsWith('>')
  const text = words.map((word) => (quoted ? word.replace(/^>\s?/, '') : word)).join(' ')
  return { end, text: drawIndented(text, quoted ? `${page.glyphs.bar} ` : '', page) }
}

function drawIndented(text: string, start: string, { width, glyphs, paint }: Page): string {
  const indent = ' '.repeat(start.length)
  return wrap(visible(inline(text)), width - start.length, glyphs.ellipsis)
    .map((line, index) => (index === 0 ? start : indent) + paintCode(line, paint))
    .join('\n')
}

/** Emphasis goes, links become their words, with the address where it leads out of our own pages. */
function inline(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words: string, target: string) =>
      /^https?:/.test(target) ? `${words} (${target})` : words,
    )
    .replace(/\*\*([^*]+)\*\*/g, '$1')
}
