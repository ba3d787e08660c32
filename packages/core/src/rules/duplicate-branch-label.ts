import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { defineRule, type Finding, type Label } from './rule.js'
import { START } from './support/edits.js'
import { descendsFrom } from './support/lineage.js'

export const duplicateBranchLabel = defineRule({
  name: 'duplicate-branch-label',
  severity: 'error',
  scope: 'graph',
  summary: 'a branch label is declared twice, or is also a revision id',
  check({ history }) {
    const { labelClashes, duplicates } = history.map
    // Two copies of one script clash in everything; the copy is the cause.
    const real = labelClashes.filter(
      ({ revisions: [a, b] }) => a.path === b.path || !(duplicates.has(a.revision) && a.revision === b.revision),
    )
    return real.map(({ label, revisions }) => finding(history, label, revisions))
  },
})

function finding(history: History, label: string, [first, second]: readonly [Script, Script]): Finding {
  const isId = first.revision === label || second.revision === label
  const once = first.path === second.path
  return {
    message: isId ? `branch label "${label}" is also a revision id` : `branch label "${label}" is declared twice`,
    labels: once
      ? placesOf(first, label)
      : [...placesOf(first, label).slice(0, 1), ...placesOf(second, label).slice(0, 1)],
    notes: [`Alembic ends in \`Branch name '${label}' in revision … already used by revision …\``],
    help: isId ? 'rename the label' : helpOf(history, first, second),
    key: [label],
    stopsAlembic: true,
  }
}

function helpOf(history: History, first: Script, second: Script): string {
  if (first.path === second.path) return 'name the label once'
  const lower = [first, second].find((script) => {
    const other = script === first ? second : first
    return descendsFrom(history, other.revision, script.revision)
  })
  if (lower === undefined) return 'rename one of the two'
  return `keep it on ${lower.revision} only: a label reaches all revisions that follow`
}

function placesOf(script: Script, label: string): Label[] {
  const { path, spans, revision } = script
  if (revision === label) return [{ path, span: spans.revision ?? START, text: 'a revision id' }]
  return script.branchLabels.flatMap((candidate, index) => {
    const span = spans.branchLabels[index]
    return candidate === label && span !== undefined ? [{ path, span, text: `declared for revision ${revision}` }] : []
  })
}
