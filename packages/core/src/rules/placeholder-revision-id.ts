import type { Script } from '../script/script.js'
import { freshId } from './duplicate-revision.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { docstringEdits, literalEdit, reparentEdits } from './support/edits.js'
import { referenceLabels } from './support/references.js'

/** Words that guides and templates put where an id belongs. Ids that real projects use (`a1b2c3d4e5f6`, `001`) are not here. */
const PLACEHOLDERS = new Set([
  'unique_id',
  'unique_revision_id',
  'previous_revision_id',
  'previous_revision',
  'prev_revision_id',
  'revision_id',
  'your_revision_id',
  'your_previous_revision_id',
  'new_revision_id',
  'current_revision_id',
  'parent_revision_id',
  'last_revision_id',
  'down_revision_id',
  'todo',
  'tbd',
  'fixme',
  'changeme',
  'change_me',
  'replace_me',
  'placeholder',
])

/** `<revision>`, `${up_revision}`, `{{ id }}`, `xxxx`. */
const SHAPES = /^(<[^<>]+>|\$\{.*\}|\{\{.*\}\}|x{4,}|X{4,})$/

/** True for an id that stands where somebody meant to write one. */
export function isPlaceholder(id: string): boolean {
  return PLACEHOLDERS.has(id.toLowerCase()) || SHAPES.test(id)
}

export const placeholderRevisionId = defineRule({
  name: 'placeholder-revision-id',
  severity: 'error',
  scope: 'graph',
  summary: 'an id was copied from a guide or a template and never filled in',
  check(context) {
    const { history } = context
    const findings: Finding[] = []
    for (const script of history.scripts) {
      if (isPlaceholder(script.revision)) findings.push(ownId(context, script))
      for (const parent of new Set(script.downRevisions)) {
        if (isPlaceholder(parent) && history.map.get(parent) === undefined)
          findings.push(parentId(context, script, parent))
      }
    }
    return findings
  },
})

function ownId(context: RuleContext, script: Script): Finding {
  const { history } = context
  const span = script.spans.revision ?? script.spans.downRevision
  const children = history.map.children(script.revision).flatMap((id) => history.map.get(id) ?? [])
  const fresh = freshId(history, script.path)
  const free = !context.mayBePublished(script.revision) && !history.map.duplicates.has(script.revision)
  const needed = history.scripts.some((other) => other.dependsOn.includes(script.revision))
  const editable = free && !needed && script.spans.revision !== null
  return {
    message: `"${script.revision}" is a placeholder, not a revision id`,
    labels: [{ path: script.path, span, text: 'never filled in' }],
    notes: ['the next script that is copied from the same guide declares the same id'],
    help: context.isPublished(script.revision)
      ? 'say why it stays: `# onehead: ignore placeholder-revision-id — <reason>`'
      : `give the script an id of its own${editable ? `, such as "${fresh}"` : ''}`,
    fix: editable
      ? {
          applicability: 'ask',
          edits: [
            literalEdit(context, script.path, span, fresh),
            ...docstringEdits(context, script, 'Revision ID', [fresh]),
            ...children.flatMap((child) => reparentEdits(context, child, script.revision, fresh) ?? []),
          ],
          command: null,
        }
      : null,
    key: ['revision', script.path],
  }
}

function parentId(context: RuleContext, script: Script, parent: string): Finding {
  const { map } = context.history
  const heads = map.heads.filter((id) => id !== script.revision)
  const others = heads.filter((id) => map.get(id)?.downRevisions.every((down) => !isPlaceholder(down)))
  const head = others.length === 1 ? others[0]! : null
  const edits = head === null ? null : reparentEdits(context, script, parent, head)
  return {
    message: `"${parent}" is a placeholder, not a revision id`,
    labels: referenceLabels(script, 'down_revision', parent, 'never filled in'),
    notes: [`Alembic ends in \`KeyError: '${parent}'\` on every command that reads the history`],
    help: head === null ? 'write the id of the revision that comes before, or None' : `revise the head: "${head}"`,
    fix: edits && { applicability: 'ask', edits, command: null },
    key: ['down_revision', script.path],
    stopsAlembic: true,
  }
}
