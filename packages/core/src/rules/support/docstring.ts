import type { Script } from '../../script/script.js'
import type { Span } from '../../text/span.js'
import type { Sources } from '../rule.js'
import { bytesAsText } from './bytes.js'

export type DocstringTitle = 'Revises' | 'Revision ID'

const PATTERNS: Record<DocstringTitle, RegExp> = {
  Revises: /^[ \t]*Revises:(.*)$/m,
  'Revision ID': /^[ \t]*Revision ID:(.*)$/m,
}
const RAW_PATTERNS: Record<DocstringTitle, RegExp> = {
  Revises: /(?<=^|["'])([ \t]*Revises:([ \t]*))(.*)$/m,
  'Revision ID': /(?<=^|["'])([ \t]*Revision ID:([ \t]*))(.*)$/m,
}

/** What the docstring says behind `title:`, or null where it has no such line. Reads the decoded text only. */
export function docstringValue(script: Script, title: DocstringTitle): string | null {
  const match = PATTERNS[title].exec(script.longdoc)
  return match === null ? null : match[1]!.trim()
}

/**
 * The bytes behind `title:` in the file, without the spaces around them; null where the line is absent or not written
 * as it reads (escapes, implicit concatenation). `spaced` tells whether a space stands before it.
 */
export function docstringLine(
  context: Sources,
  script: Script,
  title: DocstringTitle,
): { readonly span: Span; readonly spaced: boolean } | null {
  const { docstring } = script.reading
  const value = docstringValue(script, title)
  if (docstring === null || value === null) return null
  const raw = bytesAsText(context.source(script.path), docstring.span)
  const match = RAW_PATTERNS[title].exec(raw)
  if (match === null) return null
  const start = docstring.span.start + match.index + match[1]!.length
  const text = match[3]!.replace(/["']+$/, '').trimEnd()
  if (text !== value) return null
  return { span: { start, end: start + text.length }, spaced: match[2] !== '' }
}

/** `Create Date: 2026-11-20 07:22:10` as text that sorts by time within one project, or null. */
export function createDate(script: Script): string | null {
  return (
    /^[ \t]*Create Date:[ \t]*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)/m.exec(script.longdoc)?.[1] ?? null
  )
}

/** The one that was created last, as far as the docstrings tell; where they do not, the last of the list. */
export function newestOf(scripts: readonly Script[]): Script | undefined {
  let newest: Script | undefined
  let newestDate: string | null = null
  for (const script of scripts) {
    const date = createDate(script)
    if (newest === undefined || newestDate === null || date === null || date >= newestDate) {
      newest = script
      newestDate = date
    }
  }
  return newest
}
