import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { defineRule, type Finding, type Label, type Publishing } from './rule.js'
import { START } from './support/edits.js'
import { isReplaced, replacementNote } from './support/replaced.js'
import { placeHere, restoreFrom } from './support/restored.js'
import { mayDeclare } from './support/unreadable.js'
import { list } from './support/words.js'

const MOST_LABELS = 6

export const deletedPublishedRevision = defineRule({
  name: 'deleted-published-revision',
  severity: 'error',
  scope: 'publishing',
  summary: 'a push takes away a revision that is published',
  check({ history, publishing }) {
    if (publishing === null) return []
    const gone = [...publishing.before.map.revisions].filter(
      ({ revision }) =>
        !history.map.has(revision) && !isReplaced(history, revision) && mayDeclare(history, revision) === undefined,
    )
    return gone.length === 0 ? [] : [finding(history, publishing, gone)]
  },
})

function finding(history: History, publishing: Publishing, gone: readonly Script[]): Finding {
  const ids = gone.map((script) => script.revision)
  const one = ids.length === 1
  const before = publishing.before.environment
  const lost = gone
    .map(({ path }) => ({ from: path, to: placeHere(path, before, history.environment) }))
    .filter(({ to }) => history.scripts.every(({ path }) => path !== to))
  const target = publishing.target
  return {
    message: one ? `published revision ${ids[0]} is gone` : `${ids.length} published revisions are gone`,
    labels: gone.slice(0, MOST_LABELS).map((script) => labelOf(history, target, script)),
    notes: [
      ...(one ? [] : [`gone: ${list(ids, 12)}`]),
      `Alembic stops with "Can't locate revision identified by '${ids[0]}'" on every database that is at it`,
      replacementNote(history, ids),
    ],
    help: one
      ? 'restore its script, and undo it by a new revision'
      : 'restore their scripts, and undo them by a new revision',
    fix:
      lost.length === 0
        ? null
        : {
            applicability: 'ask',
            edits: [],
            command: restoreFrom(target, lost),
          },
    key: [...ids].sort(),
  }
}

/** A file that is still there says what it declares now. */
function labelOf(history: History, target: string, { path, spans }: Script): Label {
  const now = history.scripts.find((script) => script.path === path)
  if (now === undefined)
    return { path, span: spans.revision ?? START, text: `on ${target}, and in no script of this push` }
  return { path, span: now.spans.revision ?? START, text: `this file declares "${now.revision}" now` }
}
