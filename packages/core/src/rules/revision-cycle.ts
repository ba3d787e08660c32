import type { History } from '../history/history.js'
import { defineRule, type Finding, type Label } from './rule.js'
import { referenceLabels } from './support/references.js'
import { count } from './support/words.js'

type Cycle = History['map']['cycles'][number]

const MOST_LABELS = 6
const MOST_DRAWN = 10

export const revisionCycle = defineRule({
  name: 'revision-cycle',
  severity: 'error',
  scope: 'graph',
  summary: 'revisions follow each other in a circle',
  check({ history }) {
    const { cycles, duplicates } = history.map
    // Where an id is declared twice the circle is an illusion: two scripts are taken for one.
    const real = cycles.filter(({ revisions }) => !revisions.some((id) => duplicates.has(id)))
    return real.map((cycle) => finding(history, cycle))
  },
})

function finding(history: History, cycle: Cycle): Finding {
  const { revisions, throughDependency } = cycle
  const alone = revisions.length === 1
  const how = throughDependency ? 'depends on itself' : 'revises itself'
  return {
    message: alone
      ? `revision "${revisions[0]}" ${how}`
      : `${count(revisions.length, 'revision')} form a cycle${throughDependency ? ' through depends_on' : ''}`,
    labels: steps(history, cycle),
    notes: [`the cycle: ${drawing(revisions)}`, alembicSays(history, cycle)],
    help: alone
      ? 'name the revision that comes before, or None for a base'
      : 'let the one that was edited last name another parent: the revision before the circle began',
    key: [...revisions].sort(),
    stopsAlembic: true,
  }
}

/** `a → b → a`: each arrow leads to what a revision names as its parent or dependency. */
function drawing(revisions: readonly string[]): string {
  const shown = revisions.slice(0, MOST_DRAWN)
  const rest = revisions.length - shown.length
  return [...shown, ...(rest > 0 ? [`(${rest} more)`] : []), revisions[0]!].join(' → ')
}

function steps(history: History, { revisions }: Cycle): Label[] {
  return revisions.slice(0, MOST_LABELS).flatMap((id, index) => {
    const script = history.map.get(id)
    const next = revisions[(index + 1) % revisions.length]!
    if (script === undefined) return []
    const via = script.downRevisions.includes(next) ? 'down_revision' : 'depends_on'
    const text = `${id} ${via === 'down_revision' ? 'revises' : 'depends on'} ${next === id ? 'itself' : next}`
    const labels = referenceLabels(script, via, next, text)
    return labels.slice(0, 1)
  })
}

function alembicSays(history: History, { revisions }: Cycle): string {
  const { error } = history
  if (error === null) {
    return 'Alembic does not notice: `alembic heads` answers, while `alembic history` and `alembic upgrade` may never end'
  }
  const guilty = new Set(revisions)
  const named = new Set(error.revisions)
  const innocent = error.revisions.filter((id) => !guilty.has(id)).length
  const namesAll = revisions.every((id) => named.has(id))
  if (!/Cycle|Loop/.test(error.kind)) return `Alembic does not get that far: it ends in \`${error.kind}\``
  if (!namesAll || innocent === 0) return `Alembic ends in \`${error.kind}\``
  return `Alembic ends in \`${error.kind}\` and names ${innocent} more that ${innocent === 1 ? 'is' : 'are'} innocent`
}
