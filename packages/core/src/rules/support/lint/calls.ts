import type { Operation } from '../../../operations/operation.js'
import type { RuleContext } from '../../rule.js'
import { argumentEdit, codeOnOneLine } from './code.js'
import type { NewScript } from './new-operations.js'

/** The user's own call on one line, with one argument more; null where there is no such call: in SQL, in a batch, in a helper. */
export function callWith(
  context: RuleContext,
  at: Pick<NewScript, 'script'> & { readonly operation: Operation },
  argument: string,
): string | null {
  const { span, callSite, fromSql, context: around } = at.operation
  if (fromSql || around.batch || callSite.start !== span.start) return null
  const edit = argumentEdit(context, at, span, argument)
  if (edit === null) return null
  const start = codeOnOneLine(context, at, { start: span.start, end: edit.span.start })
  return `${start.trimEnd()}${edit.text.replace(/,$/, '')})`
}
