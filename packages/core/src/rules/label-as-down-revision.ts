import type { Script } from '../script/script.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { reparentEdits } from './support/edits.js'
import { lineageHeads } from './support/lineage.js'
import { referenceLabels } from './support/references.js'

export const labelAsDownRevision = defineRule({
  name: 'label-as-down-revision',
  severity: 'error',
  scope: 'graph',
  summary: 'a down_revision names a branch label instead of a revision id',
  check: (context) =>
    context.history.map.missing
      .filter(({ via, isLabel }) => via === 'down_revision' && isLabel)
      .map(({ from, id }) => finding(context, from, id)),
})

function finding(context: RuleContext, from: Script, label: string): Finding {
  const { history } = context
  const owner = history.scripts.find((script) => script.branchLabels.includes(label))
  const heads = owner === undefined ? [] : lineageHeads(history, owner.revision).filter((id) => id !== from.revision)
  const parent = heads.length === 1 ? heads[0]! : null
  const edits = parent === null ? null : reparentEdits(context, from, label, parent)
  return {
    message: `down_revision names the branch label "${label}"`,
    labels: [
      ...referenceLabels(from, 'down_revision', label, 'a branch label, not a revision id'),
      ...(owner === undefined ? [] : ownerLabel(owner, label)),
    ],
    notes: [`Alembic ends in \`KeyError: '${label}'\` on every command that reads the history`],
    help:
      parent === null
        ? 'write the id of the revision that comes before'
        : `write the id of the branch's head: "${parent}"`,
    fix: edits && { applicability: 'ask', edits, command: null },
    key: [from.revision, label],
    stopsAlembic: true,
  }
}

function ownerLabel(owner: Script, label: string) {
  const span = owner.spans.branchLabels[owner.branchLabels.indexOf(label)]
  return span === undefined ? [] : [{ path: owner.path, span, text: `the label belongs to revision ${owner.revision}` }]
}
