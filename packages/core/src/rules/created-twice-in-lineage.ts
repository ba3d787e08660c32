import { Lineage, type Repetition } from '../overlap/lineage.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { guardWords, nameObject } from './support/database-words.js'
import { standing } from './support/standing.js'

export const createdTwiceInLineage = defineRule({
  name: 'created-twice-in-lineage',
  severity: 'error',
  scope: 'script',
  summary: 'a new script creates what a script below it has created already',
  check(context) {
    const { history, isJudged } = context
    const walk = history.map.history()
    if ('error' in walk || history.uncertain) return []
    const parentsFirst = [...walk.order].reverse().flatMap((id) => history.map.get(id) ?? [])
    const judged = parentsFirst.filter(({ revision }) => isJudged(revision))
    if (judged.length === 0) return []
    const lineage = new Lineage(parentsFirst, {
      ...context,
      ancestors: (revisions) => history.map.ancestors(revisions),
      isAncestor: (revision, other) => history.map.isAncestor(revision, other),
      dialects: history.environment.settings.dialects,
    })
    return lineage.repetitions(judged).map((one) => finding(context, one))
  },
})

function finding(context: RuleContext, { object, again, before }: Repetition): Finding {
  const thing = nameObject(object)
  const said = ({ revision }: { readonly revision: string }) => standing(context, revision).map((word) => `, ${word}`)
  return {
    message: `${again.revision} creates ${thing}, which ${before.revision} has created`,
    labels: [
      { path: again.path, span: again.span, text: ['created again', ...said(again)].join('') },
      { path: before.path, span: before.span, text: ['created before', ...said(before)].join('') },
    ],
    notes: ['nothing takes it away in between, so that an upgrade that runs both of them fails here'],
    help: context.isPublished(again.revision) ? null : `take it out of ${again.revision}${guardWords(object)}`,
    key: [nameObject(object), again.revision, before.revision],
  }
}
