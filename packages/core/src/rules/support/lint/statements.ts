import type { Edit, Span } from '../../../text/span.js'
import type { RuleContext } from '../../rule.js'
import { codeOf } from './code.js'
import type { NewScript } from './new-operations.js'

/**
 * Puts a statement inside a `with`, where it stands on lines of its own, and indents all of them. Null where anything else
 * stands on its lines, or where a text of several lines would change.
 */
export function withEdits(
  context: RuleContext,
  at: Pick<NewScript, 'script'>,
  statement: Span,
  manager: string,
): readonly Edit[] | null {
  const { path } = at.script
  const source = context.source(path)
  let lineStart = statement.start
  while (source[lineStart - 1] === BLANK || source[lineStart - 1] === TAB) lineStart--
  if (source[lineStart - 1] !== NEWLINE || !endsItsLine(source, statement.end)) return null
  const code = codeOf(context, at, statement)
  if (code.includes('\n') && /'''|"""|\\\r?\n/.test(code)) return null
  const indent = codeOf(context, at, { start: lineStart, end: statement.start })
  const step = indent.includes('\t') ? '\t' : '    '
  const lineEnd = source[lineStart - 2] === RETURN ? '\r\n' : '\n'
  const insert = (offset: number, text: string): Edit => ({ path, span: { start: offset, end: offset }, text })
  return [
    insert(statement.start, `with ${manager}:${lineEnd}${indent}${step}`),
    ...lineStarts(source, statement).map((offset) => insert(offset, step)),
  ]
}

/** Where further lines of a span begin, but for empty ones. */
function lineStarts(source: Uint8Array, { start, end }: Span): readonly number[] {
  const starts: number[] = []
  for (let at = source.indexOf(NEWLINE, start) + 1; at > 0 && at < end; at = source.indexOf(NEWLINE, at) + 1) {
    if (source[at] !== NEWLINE && source[at] !== RETURN) starts.push(at)
  }
  return starts
}

/** True where nothing but a comment comes behind: no second statement, no operator. */
function endsItsLine(source: Uint8Array, end: number): boolean {
  let at = end
  while (source[at] === BLANK || source[at] === TAB) at++
  const next = source[at]
  return next === undefined || next === NEWLINE || next === RETURN || next === HASH
}

const TAB = 0x09
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const HASH = 0x23
