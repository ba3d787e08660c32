import type { Script } from '../script/script.js'
import { shellWord } from '../text/shell-word.js'
import type { Edit } from '../text/span.js'
import { defineRule, type Finding, type Fix, type RuleContext } from './rule.js'
import { literalEdit, START } from './support/edits.js'
import { lineageHeads } from './support/lineage.js'
import { type NearRevision, NearRevisions } from './support/near-revision.js'
import { referenceLabels } from './support/references.js'
import { mayDeclare } from './support/unreadable.js'

export const unresolvedDependency = defineRule({
  name: 'unresolved-dependency',
  severity: 'error',
  scope: 'graph',
  summary: 'a depends_on names neither a revision id nor a branch label',
  check(context) {
    const { history } = context
    const missing = history.map.missing.filter(
      ({ via, id }) => via === 'depends_on' && !context.publishing?.uncommitted.has(id),
    )
    const empty = emptyTexts(context)
    if (missing.length === 0) return empty
    const near = new NearRevisions(history)
    const named = missing.flatMap(({ from, id }) => {
      const found = symbol(context, from, id) ?? slip(context, from, id, near.find(id, from))
      if (found === null && mayDeclare(history, id) !== undefined) return []
      return [found ?? unknown(context, from, id)]
    })
    return [...empty, ...named]
  },
})

/**
 * `depends_on = ''` means nothing to Alembic, except that such a base is no real base: where no other is left, all of its
 * descendants look like a cycle.
 */
function emptyTexts(context: RuleContext): Finding[] {
  const { error, scripts } = context.history
  if (error?.kind !== 'DependencyCycleDetected') return []
  const empty = scripts.filter(({ dependsOn, downRevisions }) => dependsOn[0] === '' && downRevisions.length === 0)
  return empty.map((from) => ({
    message: 'depends_on is an empty text',
    labels: referenceLabels(from, 'depends_on', '', 'names nothing'),
    notes: ['Alembic then sees no base to begin with, and ends in `DependencyCycleDetected` on every command'],
    help: 'write None',
    fix: {
      applicability: 'safe',
      edits: from.spans.dependsOn.map((span) => ({ path: from.path, span, text: 'None' })),
      command: null,
    },
    key: [from.revision, ''],
    stopsAlembic: true,
  }))
}

function finding(from: Script, id: string, text: string): Finding {
  return {
    message: `depends_on names "${id}", which is neither an id nor a branch label`,
    labels: referenceLabels(from, 'depends_on', id, text),
    notes: [`Alembic ends in a bare \`KeyError: '${id}'\` on every command that reads the history`],
    key: [from.revision, id],
    stopsAlembic: true,
  }
}

/** `label@head`, `heads`: good on the command line, unknown inside scripts. */
function symbol(context: RuleContext, from: Script, id: string): Finding | null {
  const { history } = context
  const [, label, word] = /^(?:(.+)@)?(heads?|base)$/.exec(id) ?? []
  if (word === undefined) return null
  const owner = history.scripts.find((script) => label !== undefined && script.branchLabels.includes(label))
  const heads = owner === undefined || word === 'base' ? [] : lineageHeads(history, owner.revision)
  const target = heads.length === 1 && heads[0] !== from.revision ? heads[0]! : null
  return {
    ...finding(from, id, 'works on the command line only'),
    help: target === null ? 'write the whole id of the revision, or a branch label' : `write the id: "${target}"`,
    fix: target === null ? null : replace(context, from, id, target, 'ask'),
  }
}

function slip(context: RuleContext, from: Script, id: string, near: NearRevision | null): Finding | null {
  if (near === null) return null
  const only = near.scripts.length === 1 ? near.scripts[0]! : null
  const text =
    near.how === 'partial' ? 'abbreviated; inside scripts Alembic needs the whole id' : 'no script declares it'
  const base = finding(from, id, text)
  return {
    ...base,
    labels: [
      ...base.labels,
      ...near.scripts
        .slice(0, 3)
        .map(({ path, spans }) => ({ path, span: spans.revision ?? START, text: 'declared here' })),
    ],
    help: only === null ? 'write the whole id' : `write the id: "${only.revision}"`,
    fix: only === null ? null : replace(context, from, id, only.revision, near.how === 'one-slip' ? 'ask' : 'safe'),
  }
}

function unknown(context: RuleContext, from: Script, id: string): Finding {
  const { environment } = context.history
  const places = environment.versionLocations.map(shellWord).join(' ')
  const base = finding(from, id, 'no script here declares it')
  return {
    ...base,
    notes: [
      ...base.notes!,
      `if it lives in another package, list "${id}" under \`externalRevisions\` of "${environment.path}" in onehead.json`,
    ],
    help: 'restore the script that declares it, or take it out of depends_on',
    fix: { applicability: 'ask', edits: [], command: `git log --all --oneline -S${shellWord(id)} -- ${places}` },
  }
}

function replace(
  context: RuleContext,
  from: Script,
  id: string,
  to: string,
  applicability: Fix['applicability'],
): Fix | null {
  const edits: Edit[] = from.dependsOn.flatMap((candidate, index) => {
    const span = from.spans.dependsOn[index]
    return candidate === id && span !== undefined ? [literalEdit(context, from.path, span, to)] : []
  })
  return edits.length === 0 ? null : { applicability, edits, command: null }
}
