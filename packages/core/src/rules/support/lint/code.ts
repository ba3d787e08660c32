import type { Column, ColumnType } from '../../../operations/operation.js'
import type { Edit, Span } from '../../../text/span.js'
import type { Label, RuleContext } from '../../rule.js'
import type { NewScript } from './new-operations.js'

/** A place in the script of an operation: the whole call unless said otherwise. An ignore comment stands above its first line. */
export function labelAt(
  { script, operation }: Pick<NewScript, 'script'> & { readonly operation: { readonly span: Span } },
  text: string,
  span: Span = operation.span,
): Label {
  return { path: script.path, span, text }
}

/** The user's own text of a span. */
export function codeOf(context: RuleContext, { script }: Pick<NewScript, 'script'>, span: Span): string {
  return new TextDecoder().decode(context.source(script.path).subarray(span.start, span.end))
}

/** The user's own text on one line, with as little between the words as Python needs. */
export function codeOnOneLine(context: RuleContext, script: Pick<NewScript, 'script'>, span: Span): string {
  const text = codeOf(context, script, span)
  if (!text.includes('\n')) return text
  if (text.includes('#') || /'''|"""/.test(text)) return text
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/([([]) /g, '$1')
    .replace(/,? ([)\]])/g, '$1')
}

/** Another argument behind the last one of a call; null where a comment stands in between. */
export function argumentEdit(
  context: RuleContext,
  { script }: Pick<NewScript, 'script'>,
  call: Span,
  argument: string,
): Edit | null {
  const source = context.source(script.path)
  // Behind the last argument there are blanks, perhaps a comma, and the parenthesis: no comment, no string ends there.
  let at = call.end - 1
  if (source[at] !== CLOSE) return null
  while (isBlank(source[at - 1])) at--
  const hasComma = source[at - 1] === COMMA
  if (!hasComma && source[at - 1] === OPEN) return { path: script.path, span: { start: at, end: at }, text: argument }
  const lineStart = source.lastIndexOf(NEWLINE, at - 1) + 1
  if (at < call.end - 1 && source.subarray(lineStart, at).includes(HASH)) return null
  const text = hasComma ? ` ${argument},` : `, ${argument}`
  return { path: script.path, span: { start: at, end: at }, text }
}

/** What the library is called in front of a type: `sa.` of `sa.Boolean()`; null where the name was imported by itself. */
export function prefixOf(type: ColumnType | null): string | null {
  return /^((?:\w+\.)+)\w+/.exec(type?.text ?? '')?.[1] ?? null
}

/** `column invoice.paid`, as in messages. */
export function columnName(table: string, column: Pick<Column, 'name'> | string | null): string {
  const name = typeof column === 'string' ? column : column?.name
  return `${table}.${name ?? 'a column'}`
}

const CLOSE = 0x29
const OPEN = 0x28
const COMMA = 0x2c
const HASH = 0x23
const NEWLINE = 0x0a

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}
