import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { defineRule, type Finding, type Label, type RuleContext } from './rule.js'
import { joinHeads } from './support/join-heads.js'
import { isMergeWithoutParents, MERGE_WITHOUT_PARENTS, trueHeads } from './support/lineage.js'
import { meetingPoints, pictureOfHeads } from './support/picture.js'
import { standing } from './support/standing.js'
import { count, list } from './support/words.js'

const MOST_LABELS = 6

export const multipleHeads = defineRule({
  name: 'multiple-heads',
  severity: 'error',
  scope: 'graph',
  summary: 'a history does not end in the number of heads that it should',
  check(context) {
    const { history } = context
    if (history.error !== null || history.uncertain || history.map.cycles.length > 0) return []
    const heads = trueHeads(history)
    const { expectedHeads } = history.environment.settings
    if (heads.length === 0) return []
    if (typeof expectedHeads !== 'number') return labelledHeads(context, heads, expectedHeads)
    if (heads.length === expectedHeads) return []
    const expected = expectedHeads === 1 ? '' : `, ${expectedHeads} expected`
    const message = `this history has ${count(heads.length, 'head')}${expected}`
    return [heads.length > expectedHeads ? tooMany(context, heads, message) : tooFew(context, heads, message)]
  },
})

/** Each expected label must have exactly one head, and no head may stand beside them. */
function labelledHeads(context: RuleContext, heads: readonly string[], labels: readonly string[]): Finding[] {
  const { map } = context.history
  const findings: Finding[] = []
  for (const label of labels) {
    const own = heads.filter((head) => map.labels(head).includes(label))
    if (own.length > 1)
      findings.push(tooMany(context, own, `branch "${label}" has ${count(own.length, 'head')}`, label))
    if (own.length === 0) findings.push(noHead(context, heads, label))
  }
  const others = heads.filter((head) => !map.labels(head).some((label) => labels.includes(label)))
  if (others.length > 0) {
    const message = `${count(others.length, 'head')} ${others.length === 1 ? 'is' : 'are'} on no expected branch`
    findings.push({
      ...tooMany(context, others, message, ''),
      help: 'give the branch a label and add it to `expectedHeads`, or merge it into an expected branch',
      fix: null,
    })
  }
  return findings
}

function noHead(context: RuleContext, heads: readonly string[], label: string): Finding {
  return {
    message: `branch "${label}" has no head, 1 expected`,
    labels: headScripts(context.history, heads).slice(0, MOST_LABELS).map(labelOf(context)),
    help: `declare the branch label, or take "${label}" out of \`expectedHeads\` in onehead.json`,
    key: ['no head', label],
  }
}

function tooFew(context: RuleContext, heads: readonly string[], message: string): Finding {
  return {
    message,
    labels: headScripts(context.history, heads).slice(0, MOST_LABELS).map(labelOf(context)),
    notes: ['two lines that were meant to stay apart have been joined, or `expectedHeads` is out of date'],
    help: 'correct `expectedHeads` in onehead.json when the lines were joined on purpose',
    key: heads,
  }
}

function tooMany(
  context: RuleContext,
  heads: readonly string[],
  message: string,
  branch: string | null = null,
): Finding {
  const { history } = context
  const scripts = newFirst(context, headScripts(history, heads))
  const ids = scripts.map((script) => script.revision)
  const meetings = meetingPoints(history, ids)
  const { help, fix, notes } = joinHeads(context, scripts)
  return {
    message,
    labels: scripts.slice(0, MOST_LABELS).map(labelOf(context)),
    notes: [
      stopsHere(history, branch === null || branch === '' ? 'head' : `${branch}@head`),
      ...(ids.length > MOST_LABELS ? [`all heads: ${list(ids, 40)}`] : []),
      ...baseNotes(history, scripts, meetings),
      ...notes,
    ],
    help,
    fix,
    graph: pictureOfHeads(history, ids, tagsOf(context, meetings)),
    key: [...ids].sort(),
    stopsAlembic: true,
  }
}

/** In the words that people of this project type. */
function stopsHere({ environment }: History, target: string): string {
  if (environment.kind !== 'flask-migrate')
    return `\`alembic upgrade ${target}\` stops here, but \`alembic heads\` exits 0`
  const upgrade = target === 'head' ? 'flask db upgrade' : `flask db upgrade ${target}`
  return `\`${upgrade}\` stops here, but \`flask db heads\` exits 0`
}

function headScripts(history: History, heads: readonly string[]): Script[] {
  return heads.flatMap((head) => history.map.get(head) ?? [])
}

/** What somebody can still change stands first. */
function newFirst(context: RuleContext, scripts: readonly Script[]): Script[] {
  const isOld = (script: Script) => context.mayBePublished(script.revision)
  return [...scripts.filter((script) => !isOld(script)), ...scripts.filter(isOld)]
}

function labelOf(context: RuleContext): (script: Script) => Label {
  return ({ path, spans, revision }) => ({
    path,
    span: spans.downRevision,
    text: ['head', ...standing(context, revision)].join(', '),
  })
}

function tagsOf(context: RuleContext, meetings: readonly (string | null)[]): (id: string) => string[] {
  const { map } = context.history
  return (id) => {
    if (map.isHead(id)) return ['head', ...standing(context, id)]
    if (meetings.includes(id)) return ['branch point']
    return map.parents(id).length === 0 ? ['base'] : []
  }
}

/** Heads that never meet come from several bases; the second one is the cause, and some are easy to explain. */
function baseNotes(history: History, scripts: readonly Script[], meetings: readonly (string | null)[]): string[] {
  const notes = scripts
    .filter(isMergeWithoutParents)
    .map((script) => `${script.revision} has no parents: ${MERGE_WITHOUT_PARENTS}`)
  if (notes.length === 0 && meetings.includes(null) && history.map.bases.length > 1) {
    notes.push(
      `the lines never meet: this history has ${count(history.map.bases.length, 'base')} (${list(history.map.bases)})`,
    )
  }
  return notes
}
