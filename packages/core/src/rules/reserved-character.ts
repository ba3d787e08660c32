import type { Script } from '../script/script.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { docstringEdits, literalEdit, reparentEdits, START } from './support/edits.js'
import { list } from './support/words.js'

export const reservedCharacter = defineRule({
  name: 'reserved-character',
  severity: 'error',
  scope: 'graph',
  summary: 'a revision id contains `@`, `-`, `+` or `:`',
  check: (context) =>
    context.history.map.reservedCharacters.map(({ revision, characters }) => finding(context, revision, characters)),
})

function finding(context: RuleContext, script: Script, characters: readonly string[]): Finding {
  const { path, spans, revision } = script
  const proposal = revision.replace(/[@:+-]/g, '_')
  const fix = renaming(context, script, proposal)
  const onlyColon = characters.every((character) => character === ':')
  return {
    message: `revision id "${revision}" contains ${list(characters.map((character) => `"${character}"`))}`,
    labels: [{ path, span: spans.revision ?? START, text: 'reserved for the command line' }],
    notes: [
      onlyColon
        ? 'Alembic 1.17.1 and later refuse to load the history; earlier ones load it'
        : 'Alembic refuses to load the history',
    ],
    help:
      onlyColon && context.isPublished(revision)
        ? 'stay below Alembic 1.17.1: databases may have this id'
        : `use "_" instead: "${proposal}"`,
    fix,
    key: [revision],
    stopsAlembic: true,
  }
}

/** The id where it is declared and where children name it; null when a database may know it, or when others depend on it. */
function renaming(context: RuleContext, script: Script, to: string): Fix | null {
  const { history } = context
  const { path, spans, revision } = script
  const named = history.scripts.some((other) => other.dependsOn.includes(revision))
  const taken = history.map.get(to) !== undefined || history.map.duplicates.has(revision)
  if (spans.revision === null || named || taken || context.mayBePublished(revision)) return null
  const children = history.scripts.filter((other) => other.downRevisions.includes(revision))
  const edits = [
    literalEdit(context, path, spans.revision, to),
    ...docstringEdits(context, script, 'Revision ID', [to]),
    ...children.flatMap((child) => reparentEdits(context, child, revision, to) ?? []),
  ]
  return { applicability: 'ask', edits, command: null }
}
