import type { Column, ColumnType, OperationContext } from '../../../operations/operation.js'
import type { Edit, Span } from '../../../text/span.js'
import type { Label, RuleContext } from '../../rule.js'
import { pythonString } from '../edits.js'
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
  return UTF8.decode(context.source(script.path).subarray(span.start, span.end))
}

const UTF8 = new TextDecoder()

/** The user's own text on one line, with as little between the words as Python needs. */
export function codeOnOneLine(context: RuleContext, script: Pick<NewScript, 'script'>, span: Span): string {
  return onOneLine(codeOf(context, script, span))
}

/** Lines joined, where no comment and no text of several lines is in them. */
function onOneLine(code: string): string {
  if (!code.includes('\n') || code.includes('#') || /'''|"""/.test(code)) return code
  return code
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

/**
 * A column as its author writes it, on one line, with arguments changed or added: `{ nullable: 'True' }`. Null where it is
 * written in SQL, or where the text cannot be changed without losing something.
 */
export function columnCode(
  context: RuleContext,
  at: Pick<NewScript, 'script'> & { readonly operation: { readonly fromSql: boolean } },
  { span, arguments: given }: Column,
  changes: Readonly<Record<string, string>>,
): string | null {
  if (at.operation.fromSql) return null
  const edits: Edit[] = []
  const added: string[] = []
  for (const [name, text] of Object.entries(changes)) {
    const argument = given.get(name)
    if (argument === undefined) added.push(`${name}=${text}`)
    else edits.push({ path: at.script.path, span: argument.value, text })
  }
  const appended = added.length === 0 ? null : argumentEdit(context, at, span, added.join(', '))
  if (added.length > 0 && appended === null) return null
  if (appended !== null) edits.push(appended)
  if (edits.some((edit) => edit.span.start < span.start || edit.span.end > span.end)) return null
  edits.sort((a, b) => a.span.start - b.span.start)
  let code = ''
  let from = span.start
  for (const edit of edits) {
    code += codeOf(context, at, { start: from, end: edit.span.start }) + edit.text
    from = edit.span.end
  }
  return onOneLine(code + codeOf(context, at, { start: from, end: span.end }))
}

/** What an `op.…` call is about, for code to paste. */
interface CallPlace {
  readonly operation: {
    readonly table: string | null
    readonly schema: string | null
    readonly context: OperationContext
  }
}

/** `op.drop_column('invoice', 'paid')`, or inside `batch_alter_table` where the user's own call is. */
export function callCode(
  { operation: { table, schema, context } }: CallPlace,
  name: string,
  ...given: readonly string[]
): readonly string[] {
  const inSchema = schema === null ? [] : [`schema=${quoted(schema)}`]
  const place = quoted(table ?? '')
  if (!context.batch) return [`op.${name}(${[place, ...given, ...inSchema].join(', ')})`]
  return [
    `with op.batch_alter_table(${[place, ...inSchema].join(', ')}) as batch_op:`,
    `    batch_op.${name}(${given.join(', ')})`,
  ]
}

/** `op.execute("UPDATE invoice SET paid = …")`: `<value>` is for the reader to fill in. */
export function backfillCode({ operation: { table, schema } }: CallPlace, column: string, value = '<value>'): string {
  const name = schema === null ? sqlName(table ?? '') : `${sqlName(schema)}.${sqlName(table ?? '')}`
  const sql = `UPDATE ${name} SET ${sqlName(column)} = ${value} WHERE ${sqlName(column)} IS NULL`
  return `op.execute(${pythonString(sql, sql.includes('"') ? "'" : '"')})`
}

/** A text as Python writes it. */
export function quoted(text: string): string {
  return pythonString(text, "'")
}

function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
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
