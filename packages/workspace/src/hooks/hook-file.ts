import { BLOCK_END, BLOCK_START } from './block.js'
import type { HookName } from './hook-names.js'

/** Text here has one character per byte (`latin1`): what is not ours comes back byte by byte, whatever its encoding. */
export type Bytes = string

/** Where the managed block stands in a hook file, or why that cannot be said. */
export type BlockPlace =
  | { readonly kind: 'none' }
  /** `end` lies behind the line end of the last marker, where there is one. */
  | { readonly kind: 'one'; readonly start: number; readonly end: number }
  | { readonly kind: 'torn'; readonly reason: string }

/** Finds the managed block by its two marker lines. */
export function findBlock(text: Bytes, marks = { start: BLOCK_START, end: BLOCK_END }): BlockPlace {
  const starts = markerLines(text, marks.start)
  const ends = markerLines(text, marks.end)
  if (starts.length === 0 && ends.length === 0) return { kind: 'none' }
  if (starts.length > 1 || ends.length > 1) return { kind: 'torn', reason: 'has more than one onehead block' }
  if (ends.length === 0) return { kind: 'torn', reason: `has the line "${marks.start}" but not "${marks.end}"` }
  if (starts.length === 0) return { kind: 'torn', reason: `has the line "${marks.end}" but not "${marks.start}"` }
  const [start, end] = [starts[0]!, ends[0]!]
  if (end.start < start.start) return { kind: 'torn', reason: 'has the end of the onehead block before its beginning' }
  return { kind: 'one', start: start.start, end: end.end }
}

function markerLines(text: Bytes, marker: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = []
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline + 1
    if (text.startsWith(marker, start)) found.push({ start, end })
    start = end
  }
  return found
}

/** The text with `lines` as its managed block: in place of the one that is there, else where it runs first. */
export function putBlock(text: Bytes, lines: readonly string[]): Bytes {
  const place = findBlock(text)
  if (place.kind === 'torn') return text
  if (place.kind === 'one') {
    const own = endOfLine(text.slice(place.start, place.end))
    const hadLineEnd = text[place.end - 1] === '\n'
    return text.slice(0, place.start) + lines.join(own) + (hadLineEnd ? own : '') + text.slice(place.end)
  }
  const eol = endOfLine(text)
  const block = lines.join(eol)
  const at = insertionPoint(text)
  const before = text.slice(0, at)
  // A last line without a line end keeps being the last without one: it is given to the block, and back by `takeBlock`.
  return before === '' || before.endsWith('\n') ? before + block + eol + text.slice(at) : before + eol + block
}

/** The text without its managed block; exactly what it was before `putBlock` put one in. */
export function takeBlock(text: Bytes): Bytes {
  const place = findBlock(text)
  if (place.kind !== 'one') return text
  const { start, end } = place
  // Without a line end of its own the block has taken the one before it, in its own style: a lone CR there is not ours.
  const given = text[end - 1] === '\n' || start === 0 ? 0 : endOfLine(text.slice(start, end)).length
  return text.slice(0, start - given) + text.slice(end)
}

/** True when nothing is left that does anything: nothing, or a first line that names the shell. */
export function isEmptyHook(text: Bytes): boolean {
  return /^(#![^\n]*)?\s*$/.test(text)
}

/**
 * Before everything that could end the script or read standard input, but behind the first line and behind husky 8's
 * `. …/husky.sh`, which starts the whole script a second time.
 */
function insertionPoint(text: Bytes): number {
  const husky8 = /^[ \t]*(?:\.|source)[ \t][^\n]*\/husky\.sh[^\n]*(?:\n|$)/m.exec(text)
  if (husky8 !== null) return husky8.index + husky8[0].length
  const shebang = /^#![^\n]*(?:\n|$)/.exec(text)
  return shebang === null ? 0 : shebang[0].length
}

export function endOfLine(text: Bytes): '\n' | '\r\n' {
  return hasWindowsLines(text) ? '\r\n' : '\n'
}

export function hasWindowsLines(text: Bytes): boolean {
  return text.includes('\r\n')
}

/** Why our lines cannot stand in this file; null when `sh` or a shell like it runs it. */
export function foreignLanguage(text: Bytes): string | null {
  if (text.includes('\0')) return 'is a compiled program'
  const shebang = /^#!\s*([^\r\n]*)/.exec(text)
  if (shebang === null) return null
  const words = shebang[1]!.trim().split(/\s+/)
  const named = words.map((word) => word.slice(word.lastIndexOf('/') + 1))
  const interpreter = named[0] === 'env' ? named.slice(1).find((word) => !/^-|=/.test(word)) : named[0]
  return /^(?:sh|bash|dash|zsh|ksh|ash)(?:\.exe)?$/.test(interpreter ?? '')
    ? null
    : `is written for ${interpreter || 'an unknown program'}, not for a shell`
}

/** A line outside our block that already calls this hook of onehead. */
export function callsTool(text: Bytes, name: HookName): boolean {
  return takeBlock(text)
    .split('\n')
    .some((line) => !/^\s*#/.test(line) && calls(line, name))
}

export function calls(line: string, name: HookName): boolean {
  return new RegExp(`\\bonehead(?:\\.js)?["']?[ \\t]+hook[ \\t]+${name}(?![\\w-])`).test(line)
}

/** A line before the block behind which the script no longer comes to it. */
export function endsBeforeBlock(text: Bytes): string | null {
  const place = findBlock(text)
  if (place.kind !== 'one') return null
  const before = text.slice(0, place.start)
  return /^(?:exit|exec)\b[^\n]*/m.exec(before)?.[0]?.trim() ?? null
}
