import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'
import { shellWord } from '../text/shell-word.js'
import { defineRule, type Finding, type Publishing } from './rule.js'
import { referenceLabels } from './support/references.js'

const MOST_LABELS = 6

export const uncommittedRevision = defineRule({
  name: 'uncommitted-revision',
  severity: 'error',
  scope: 'publishing',
  summary: 'a pushed script needs a revision whose script is not committed',
  check({ history, publishing }) {
    if (publishing === null || publishing.uncommitted.size === 0) return []
    return [...needed(history, publishing)].map(([id, scripts]) =>
      finding(id, publishing.uncommitted.get(id)!, scripts),
    )
  },
})

function needed({ map }: History, { uncommitted }: Publishing): Map<string, Script[]> {
  const scripts = new Map<string, Script[]>()
  for (const { from, id, isLabel } of map.missing) {
    if (!isLabel && uncommitted.has(id)) scripts.set(id, [...(scripts.get(id) ?? []), from])
  }
  return scripts
}

function finding(id: string, path: string, scripts: readonly Script[]): Finding {
  return {
    message: `the script of revision "${id}" is not in this push`,
    labels: scripts.slice(0, MOST_LABELS).flatMap((script) => {
      const via = script.downRevisions.includes(id) ? 'down_revision' : 'depends_on'
      return referenceLabels(script, via, id, 'needed here')
    }),
    notes: [
      `${path} declares it in the working tree and is not committed`,
      `everywhere else Alembic ends in \`KeyError: '${id}'\` on every command that reads the history`,
    ],
    help: 'commit that script, and push again',
    fix: { applicability: 'ask', edits: [], command: `git add -- ${shellWord(path)} && git commit` },
    key: [id],
    stopsAlembic: true,
  }
}
