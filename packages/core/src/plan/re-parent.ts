import type { Script } from '../script/script.js'
import type { Draft } from './draft.js'
import { scriptsOf } from './lines.js'
import { parentEdits } from './parents.js'
import type { Move } from './plan.js'

/**
 * Puts a line (`own`, ids) on top of `onto` (an id outside it): whatever of it hangs on shared ground, or on nothing, hangs on `onto`
 * then. A merge inside the line keeps only the parents that are of the line, because the others lie below `onto` now.
 */
export function reparent(draft: Draft, own: ReadonlySet<string>, onto: string): readonly Move[] {
  const moves: Move[] = []
  const edits = scriptsOf(draft.history, own).flatMap((script) => {
    const to = parentsAfter(script, own, onto)
    if (sameList(to, script.downRevisions)) return []
    moves.push({ revision: script.revision, path: script.path, from: script.downRevisions, to })
    return parentEdits(draft, script, to)
  })
  draft.edit(edits)
  return moves
}

function parentsAfter({ downRevisions }: Script, own: ReadonlySet<string>, onto: string): readonly string[] {
  const inside = downRevisions.filter((id) => own.has(id))
  if (inside.length === downRevisions.length && inside.length > 0) return downRevisions
  return inside.length > 0 ? inside : [onto]
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index])
}
