import type { Script } from '../../script/script.js'
import type { Edit, Span } from '../../text/span.js'
import type { Sources } from '../rule.js'
import { bytesAsText } from './bytes.js'
import { docstringLine } from './docstring.js'

/** A span for a finding about a whole file. */
export const START: Span = { start: 0, end: 0 }

/** Replaces a literal by another string, with the quotes that its author uses. */
export function literalEdit(context: Sources, path: string, span: Span, value: string): Edit {
  const before = bytesAsText(context.source(path), span)
  const quote = before.startsWith("'") ? "'" : '"'
  return { path, span, text: pythonString(value, before.startsWith('N') ? "'" : quote) }
}

/**
 * What changes when `script` names `to` where it named `from`: the literal (a base's `None` where `from` is null), and
 * the `Revises:` line of the docstring where it says the same thing. Null where the literal cannot be told apart.
 */
export function reparentEdits(context: Sources, script: Script, from: string | null, to: string): Edit[] | null {
  const edits: Edit[] = []
  if (from === null) {
    edits.push(literalEdit(context, script.path, script.spans.downRevision, to))
  } else {
    script.downRevisions.forEach((id, index) => {
      const span = script.spans.downRevisions[index]
      if (id === from && span !== undefined) edits.push(literalEdit(context, script.path, span, to))
    })
  }
  if (edits.length === 0) return null
  const after = from === null ? [to] : script.downRevisions.map((id) => (id === from ? to : id))
  return [...edits, ...revisesEdits(context, script, after)]
}

/** The `Revises:` line brought in line with `downRevisions`, where there is such a line. */
export function revisesEdits(context: Sources, script: Script, downRevisions: readonly string[]): Edit[] {
  return docstringEdits(context, script, 'Revises', downRevisions)
}

/** The line `title:` of the docstring says `ids`; nothing where the line is absent or cannot be edited byte by byte. */
export function docstringEdits(
  context: Sources,
  script: Script,
  title: 'Revises' | 'Revision ID',
  ids: readonly string[],
): Edit[] {
  const line = docstringLine(context, script, title)
  const text = ids.join(', ')
  if (line === null || !/^[\w .,@+:-]*$/.test(text)) return []
  const glue = line.span.start === line.span.end && !line.spaced ? ' ' : ''
  return [{ path: script.path, span: line.span, text: glue + text }]
}

/** A literal of this text, with nothing in it that a source file could not hold. */
export function pythonString(value: string, quote: "'" | '"'): string {
  if (!NEEDS_ESCAPES.test(value)) return `${quote}${value}${quote}`
  const body = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(/[\u0000-\u001f\u007f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `${quote}${body}${quote}`
}

/** Some of it only in one kind of quotes. */
const NEEDS_ESCAPES = /["'\\\u0000-\u001f\u007f]/
