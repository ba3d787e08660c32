import type { History } from '../history/history.js'
import { firstLine } from '../rules/support/words.js'
import type { Script } from '../script/script.js'
import type { NoticedRevision } from './notice.js'

export function noticed({ revision, message, path }: Script): NoticedRevision {
  return { revision, message: firstLine(message), path }
}

/** Some scripts of a history, in load order where nothing else decides; in a cycle, in some order. */
export function parentsFirst({ map }: History, scripts: readonly Script[]): Script[] {
  const waiting = new Map(scripts.map((script) => [script.revision, script]))
  const sorted = new Set<Script>()
  for (const script of scripts) {
    const stack = [script]
    while (stack.length > 0) {
      const last = stack.at(-1)!
      // Taken out when first met, so that a cycle ends.
      waiting.delete(last.revision)
      const parent = map.parents(last.revision).find((id) => waiting.has(id))
      if (parent !== undefined) stack.push(waiting.get(parent)!)
      else sorted.add(stack.pop()!)
    }
  }
  return [...sorted]
}
