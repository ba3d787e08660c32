import type { Script } from '../script/script.js'
import { defineRule, type Finding, type Label, type Publishing, type RuleContext } from './rule.js'
import { START } from './support/edits.js'
import { isReplaced, replacementNote } from './support/replaced.js'
import { restoreFrom } from './support/restored.js'
import { baseName, list } from './support/words.js'

export const rewrittenPublishedRevision = defineRule({
  name: 'rewritten-published-revision',
  severity: 'error',
  scope: 'publishing',
  summary: 'a push changes what a published revision does, or its place',
  check(context) {
    const { history, publishing, source } = context
    if (publishing === null) return []
    const { before, sourceBefore, sameMeaning } = publishing
    return [...publishing.edited].sort().flatMap((id) => {
      const old = before.map.get(id)
      const now = history.map.get(id)
      if (old === undefined || now === undefined || isReplaced(history, id)) return []
      // Which of two scripts is meant, nobody can say before one of them is gone.
      if (history.map.duplicates.has(id) || before.map.duplicates.has(id)) return []
      return sameMeaning(sourceBefore(old.path), source(now.path), baseName(now.path))
        ? []
        : [finding(context, publishing, old, now)]
    })
  },
})

function finding({ history }: RuleContext, publishing: Publishing, old: Script, now: Script): Finding {
  const id = now.revision
  const moved = !sameIds(old.downRevisions, now.downRevisions)
  const above = now.downRevisions.filter((parent) => !old.downRevisions.includes(parent))
  return {
    message: moved ? `published revision ${id} has another parent now` : `published revision ${id} was changed`,
    labels: [labelOf(publishing.target, old, now, moved)],
    notes: [
      moved && above.length > 0
        ? `a database that has run ${id} will never run ${list(above)}: Alembic takes it for done`
        : 'databases that have run it keep what it did before; others get what it does now',
      replacementNote(history, [id]),
    ],
    help: moved
      ? 'restore its parent, and add a merge revision where two lines must meet'
      : 'restore the script, and put the change into a new revision',
    fix: {
      applicability: 'ask',
      edits: [],
      command: restoreFrom(publishing.target, [{ from: old.path, to: now.path }]),
    },
    key: [id],
  }
}

function labelOf(target: string, old: Script, now: Script, moved: boolean): Label {
  if (moved) {
    const before = old.downRevisions.length === 0 ? 'None' : old.downRevisions.map((id) => `"${id}"`).join(', ')
    return { path: now.path, span: now.spans.downRevision, text: `${before} on ${target}` }
  }
  const identifiers = !sameIds(old.dependsOn, now.dependsOn)
    ? 'another depends_on'
    : sameIds(old.branchLabels, now.branchLabels)
      ? 'other operations'
      : 'other branch labels'
  return { path: now.path, span: now.spans.revision ?? START, text: `on ${target} with ${identifiers}` }
}

function sameIds(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index])
}
