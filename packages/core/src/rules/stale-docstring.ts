import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import type { Span } from '../text/span.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { type DocstringTitle, docstringLine, docstringValue } from './support/docstring.js'
import { docstringEdits } from './support/edits.js'

export const staleDocstring = defineRule({
  name: 'stale-docstring',
  severity: 'warn',
  scope: 'script',
  summary: 'the docstring names other ids than the script declares',
  check: (context) =>
    context.history.scripts.flatMap((script) => [...staleId(context, script), ...staleParents(context, script)]),
})

function staleId(context: RuleContext, script: Script): Finding[] {
  if (script.spans.revision === null) return []
  const says = docstringValue(script, 'Revision ID')
  if (says === null || words(says).includes(script.revision)) return []
  return [finding(context, script, 'Revision ID', [script.revision])]
}

function staleParents(context: RuleContext, script: Script): Finding[] {
  const says = docstringValue(script, 'Revises')
  if (says === null || agrees(context.history, says, script.downRevisions)) return []
  return [finding(context, script, 'Revises', script.downRevisions)]
}

/** Free words beside the ids are welcome; a missing id, or one of another revision, is not. */
function agrees(history: History, says: string, parents: readonly string[]): boolean {
  const named = words(says)
  if (parents.some((parent) => !named.includes(parent))) return false
  if (parents.length > 0) return !named.some((word) => !parents.includes(word) && history.map.get(word) !== undefined)
  return named.length !== 1 ? !named.some((word) => history.map.get(word) !== undefined) : isNobody(named[0]!)
}

/** Ids as templates of all times write them: `a, b`, `('a', 'b')`. */
function words(text: string): string[] {
  return text.split(/[\s,;()[\]'"]+/).filter((word) => word !== '')
}

function isNobody(word: string): boolean {
  return /^(none|<?base>?|-|null|nothing|n\/a)$/i.test(word)
}

function finding(context: RuleContext, script: Script, title: DocstringTitle, ids: readonly string[]): Finding {
  const edits = docstringEdits(context, script, title, ids)
  const truth = ids.length === 0 ? 'nothing' : ids.join(', ')
  const isParents = title === 'Revises'
  return {
    message: `the docstring names ${isParents ? 'other parents than' : 'another revision id than'} the script`,
    labels: [
      {
        path: script.path,
        span: placeOf(context, script, title),
        text: `the script ${isParents ? 'revises' : 'declares'} ${truth}`,
      },
    ],
    notes: ['Alembic never reads this line, but people do'],
    help: `write \`${`${title}: ${ids.join(', ')}`.trim()}\``,
    fix: edits.length === 0 ? null : { applicability: 'safe', edits, command: null },
    key: [script.path, title],
  }
}

function placeOf(context: RuleContext, script: Script, title: DocstringTitle): Span {
  const fallback =
    title === 'Revises' ? script.spans.downRevision : (script.spans.revision ?? script.spans.downRevision)
  return docstringLine(context, script, title)?.span ?? script.reading.docstring?.span ?? fallback
}
