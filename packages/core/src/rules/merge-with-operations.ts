import type { Script } from '../script/script.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { changesSomething } from './support/lint/function-words.js'
import {
  byScript,
  type NewOperation,
  newDowngradeOperations,
  newOperations,
  newScripts,
} from './support/lint/new-operations.js'

export const mergeWithOperations = defineRule({
  name: 'merge-with-operations',
  severity: 'warn',
  scope: 'script',
  summary: 'a merge revision changes the database itself',
  check(context) {
    const merges = newScripts(context).filter(({ script }) => isMerge(script))
    if (merges.length === 0) return []
    const all = [...newOperations(context), ...newDowngradeOperations(context)]
    const changes = byScript(all.filter(({ script, operation }) => isMerge(script) && changesSomething(operation)))
    return merges.flatMap(({ script }) => finding(context, script, changes.get(script) ?? []))
  },
})

function isMerge({ downRevisions }: Script): boolean {
  return downRevisions.length > 1
}

function finding(context: RuleContext, script: Script, changes: readonly NewOperation[]): readonly Finding[] {
  // SQL text is listed with what is read out of it: one place each.
  const places = new Map(changes.map((at) => [`${at.direction} ${at.operation.span.start}`, at]))
  if (places.size === 0) return []
  return [
    {
      message: `merge revision ${script.revision} also changes the database`,
      labels: [...places.values()].slice(0, MOST_LABELS).map((at) => labelAt(at, `in ${at.direction}()`)),
      notes: [
        'a merge is expected to join, and nothing else: who merges anew, or re-parents one side, loses what stands in it',
      ],
      help: context.isPublished(script.revision) ? null : 'move it to a revision of its own on top of the merge',
      key: [script.revision],
    },
  ]
}

const MOST_LABELS = 3
