import type { EnvironmentSettings, History } from '../../history/history.js'
import { trueHeads } from './lineage.js'

/** How many heads a history has beyond those that it may have, and which heads take part in that. */
export interface Surplus {
  readonly count: number
  readonly heads: readonly string[]
}

/**
 * Heads beyond what `expectedHeads` allows. `null` where heads cannot be told: Alembic refuses to load the history, only
 * Python knows a part of it, or it goes round in circles.
 */
export function surplusHeads(history: History, expectedHeads: EnvironmentSettings['expectedHeads']): Surplus | null {
  if (history.error !== null || history.uncertain || history.map.cycles.length > 0) return null
  const heads = trueHeads(history)
  if (typeof expectedHeads === 'number') {
    const count = Math.max(0, heads.length - expectedHeads)
    return { count, heads: count === 0 ? [] : heads }
  }
  const labelled = new Map<string, string[]>()
  const others: string[] = []
  for (const head of heads) {
    const label = history.map.labels(head).find((one) => expectedHeads.includes(one))
    if (label === undefined) others.push(head)
    else labelled.set(label, [...(labelled.get(label) ?? []), head])
  }
  const crowded = [...labelled.values()].filter((own) => own.length > 1)
  const count = others.length + crowded.reduce((sum, own) => sum + own.length - 1, 0)
  return { count, heads: [...others, ...crowded.flat()] }
}
