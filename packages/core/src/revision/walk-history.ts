import type { Edges } from '../graph/edges.js'
import type { AlembicError } from '../script/script.js'
import { assertionError, cycleError, multipleHeads, revisionError } from './errors.js'
import type { AlembicEnds } from './heads.js'
import { sortHistory, sortLiterally } from './history-order.js'
import type { Revision } from './revision.js'
import type { Structure } from './structure.js'

export type HistoryWalk = { readonly order: readonly string[] } | { readonly error: AlembicError }

interface WalkFacts {
  readonly ends: AlembicEnds
  /** Parents and normalized dependencies. */
  readonly up: Edges
  readonly normalized: Edges
  /** The first cycle, or null. */
  readonly cycle: readonly string[] | null
}

/** What `alembic history` prints, newest first, for a map that Alembic builds; or how it fails. */
export function walkHistory(structure: Structure<Revision>, facts: WalkFacts): HistoryWalk {
  const { ids, slots, revisions } = structure
  const targets = facts.ends.resolvedHeads.map((id) => slots.get(id)!)
  const collected = collectRequired(structure, targets, facts.up)
  if (collected instanceof Uint8Array === false) return { error: collected }
  const heads = [...new Set(targets)].sort((a, b) => a - b)
  const isPlain = (slot: number) => facts.normalized[slot]!.length === 0 && revisions[slot]!.downRevisions.length === 1
  const order =
    facts.cycle === null ? sortHistory(collected, heads, facts.up) : sortLiterally(collected, heads, facts.up, isPlain)
  // Alembic would sort for ever. What it would say had it seen the cycle:
  if (order === null) return { error: cycleError('CycleDetected', facts.cycle!) }
  return lookUp(
    order.map((slot) => ids[slot]!),
    facts,
  )
}

/**
 * Everything that the targets need, themselves included. Alembic refuses targets that need one another, which only ids
 * declared twice can bring about.
 */
function collectRequired(
  { ids }: Structure<Revision>,
  targets: readonly number[],
  up: Edges,
): Uint8Array<ArrayBuffer> | AlembicError {
  const required = new Uint8Array(up.length)
  const isTarget = new Set(targets)
  for (const target of targets) {
    const met = new Set<number>()
    const todo = [target]
    while (todo.length > 0) {
      const slot = todo.pop()!
      if (slot !== target && isTarget.has(slot)) met.add(slot)
      if (required[slot] === 1) continue
      required[slot] = 1
      for (const next of up[slot]!) todo.push(next)
    }
    if (met.size > 0) {
      const others = [...met].sort((a, b) => a - b).map((slot) => ids[slot]!)
      const message = `Requested revision ${ids[target]!} overlaps with other requested revisions ${others.join(', ')}`
      return revisionError([ids[target]!, ...others], message)
    }
  }
  return required
}

/** Alembic looks every id up again before it prints it: one that is also a symbol then means the symbol. */
function lookUp(order: readonly string[], { ends }: WalkFacts): HistoryWalk {
  const symbols = new Map<string, readonly string[]>([
    ['head', ends.heads],
    ['heads', ends.resolvedHeads],
    ['base', []],
  ])
  if (!order.some((id) => symbols.has(id))) return { order }
  const found: string[] = []
  for (const id of order) {
    const meaning = symbols.get(id) ?? [id]
    if (meaning.length > 1) return { error: multipleHeads(meaning, id) }
    if (meaning.length === 0) return { error: assertionError([id]) }
    found.push(meaning[0]!)
  }
  return { order: found }
}
