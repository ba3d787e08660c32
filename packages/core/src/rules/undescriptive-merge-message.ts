import type { Script } from '../script/script.js'
import type { Span } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { mergeMessage } from './support/join-heads.js'
import { saysWhatIsMerged } from './support/merge-words.js'
import { firstLine } from './support/words.js'

export const undescriptiveMergeMessage = defineRule({
  name: 'undescriptive-merge-message',
  severity: 'info',
  profiles: { strict: 'warn' },
  scope: 'script',
  summary: 'the message of a merge revision does not say what it merges',
  check: (context) =>
    context.history.scripts
      .filter((script) => script.downRevisions.length > 1 && !saysWhatIsMerged(script.message, script.downRevisions))
      .map((script) => finding(context, script)),
})

function finding(context: RuleContext, script: Script): Finding {
  const { map } = context.history
  const parents = script.downRevisions.flatMap((id) => map.get(id) ?? [])
  const said = firstLine(script.message)
  return {
    message: said === '' ? 'this merge has no message' : `the message "${said}" does not say what is merged`,
    labels: [
      {
        path: script.path,
        span: placeOf(context, script),
        text: script.reading.docstring === null ? 'no docstring' : 'the message',
      },
    ],
    help: parents.length > 1 ? `name both lines, such as "${mergeMessage(parents)}"` : 'name both lines',
    key: [script.revision],
  }
}

/** The first line of the docstring that says something. */
function placeOf(context: RuleContext, script: Script): Span {
  const { docstring } = script.reading
  if (docstring === null) return script.spans.revision ?? script.spans.downRevision
  const bytes = context.source(script.path)
  let { start } = docstring.span
  const isSpace = (byte: number | undefined) => byte === 10 || byte === 13 || byte === 32 || byte === 9
  while (start < docstring.span.end && (bytes[start] === 34 || bytes[start] === 39 || isSpace(bytes[start]))) start++
  let end = start
  while (end < docstring.span.end && bytes[end] !== 10 && bytes[end] !== 13) end++
  while (end > start && (bytes[end - 1] === 34 || bytes[end - 1] === 39)) end--
  return end > start ? { start, end } : docstring.span
}
