import type { History } from '../history/history.js'
import type { Script } from '../script/script.js'

/** What one head has for itself. */
export interface Line {
  readonly head: Script
  /** Ids that no other of the heads descends from; the head is among them. */
  readonly own: ReadonlySet<string>
}

/** The lines that end in these heads, each with what it does not share with any other. Heads without a script are left out. */
export function linesOf({ map }: History, heads: readonly string[]): readonly Line[] {
  const ancestries = heads.map((head) => map.ancestors([head], { dependencies: false }))
  return heads.flatMap((id, index) => {
    const head = map.get(id)
    if (head === undefined) return []
    const others = ancestries.filter((_, other) => other !== index)
    const own = [...ancestries[index]!].filter((one) => others.every((ancestry) => !ancestry.has(one)))
    return [{ head, own: new Set(own) }]
  })
}

/** The scripts of these ids, in load order. */
export function scriptsOf({ map }: History, ids: ReadonlySet<string>): readonly Script[] {
  return map.revisions.filter(({ revision }) => ids.has(revision))
}

/** Ids none of whose children are among them. */
export function topsOf({ map }: History, ids: ReadonlySet<string>): readonly string[] {
  return [...ids].filter((id) => map.children(id).every((child) => !ids.has(child)))
}
