import type { IgnoreComment } from './reading.js'
import { decodeBytes, type Source } from './source.js'

const comment = /^#\s*onehead:\s*ignore(-file)?(?![-\w])\s*(.*)$/su
/** Em dash, en dash, two hyphens, or one hyphen between blanks. */
const reasonMark = /\s*(?:—|–|--)\s*|\s+-\s+/u

/** Reads the comment `start` to `end`; null where it is none of ours. `line` counts from 1. */
export function readIgnore(source: Source, start: number, end: number, line: number): IgnoreComment | null {
  if (!source.text.slice(start, end).includes('onehead:')) return null
  const text = decodeBytes(source, start, end)
  const match = text === null ? null : comment.exec(text.trimEnd())
  if (match === null) return null
  const mark = reasonMark.exec(match[2]!)
  const list = mark === null ? match[2]! : match[2]!.slice(0, mark.index)
  return {
    scope: match[1] === undefined ? 'line' : 'file',
    rules: list.split(/[\s,]+/).filter((rule) => rule !== ''),
    reason: mark === null ? '' : match[2]!.slice(mark.index + mark[0].length).trim(),
    span: { start, end },
    line,
    alone: /^[ \t\f]*$/.test(source.text.slice(lineStart(source, start), start)),
  }
}

function lineStart(source: Source, from: number): number {
  let at = from
  while (at > source.start && source.text[at - 1] !== '\n' && source.text[at - 1] !== '\r') at--
  return at
}
