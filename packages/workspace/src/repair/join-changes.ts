import { type FileChange, type PlannedRepair, type Refusal, refusal } from '@onehead/core'
import { areEqual } from '../apply/bytes.js'

/**
 * What the plans of several environments write. A script that they share is written once; where they need different things
 * of it, nothing can be right for both.
 */
export function joinChanges(planned: readonly Pick<PlannedRepair, 'repair' | 'changes'>[]): {
  readonly changes: readonly FileChange[]
  readonly refusals: readonly Refusal[]
} {
  const changes = new Map<string, { readonly change: FileChange; readonly environment: string }>()
  const refusals: Refusal[] = []
  for (const { repair, changes: own } of planned) {
    const environment = repair.environment.name
    for (const change of own) {
      const known = changes.get(change.path)
      if (known === undefined) changes.set(change.path, { change, environment })
      else if (!areEqual(known.change.after, change.after)) {
        refusals.push(sharedScript(change.path, known.environment, environment))
      }
    }
  }
  return refusals.length > 0
    ? { changes: [], refusals }
    : { changes: [...changes.values()].map(({ change }) => change), refusals }
}

function sharedScript(path: string, one: string, other: string): Refusal {
  return refusal('shared-script', `${one} and ${other} share ${path}, and need different parents of it`, {
    path,
    help: 'repair it by hand: what is right for one would break the other',
  })
}
