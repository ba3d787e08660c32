import type { History } from '../../history/history.js'
import type { Script } from '../../script/script.js'
import { isOneSlipAway } from '../../text/near.js'
import { stem } from './words.js'

/** Why somebody wrote an id that no script declares, and which script was meant. */
export interface NearRevision {
  readonly how: 'file-name' | 'spelling' | 'partial' | 'one-slip'
  /** One, or several where an abbreviated id fits several. */
  readonly scripts: readonly Script[]
}

/** Shorter ids differ by one character for good reasons: `0003` and `0004`. */
const SHORTEST_SLIP = 8
/** Alembic's own limit for abbreviated ids on the command line. */
const SHORTEST_PARTIAL = 4

/** Finds what was probably meant by an id that is not there. Built once for each history that misses something. */
export class NearRevisions {
  readonly #scripts: readonly Script[]
  readonly #byStem = new Map<string, Script[]>()
  readonly #byRevision = new Map<string, Script>()
  readonly #bySpelling = new Map<string, Script[]>()

  constructor(history: History) {
    this.#scripts = history.scripts
    for (const script of history.scripts) {
      push(this.#byStem, stem(script.path), script)
      this.#byRevision.set(script.revision, script)
      push(this.#bySpelling, spelling(script.revision), script)
    }
  }

  find(id: string, from: Script): NearRevision | null {
    const fitting = (scripts: readonly Script[] | undefined) =>
      scripts?.filter((script) => script.path !== from.path && script.revision !== from.revision) ?? []
    const named = fitting(this.#byStem.get(stem(id)))
    if (named.length === 1) return { how: 'file-name', scripts: named }
    const spelt = fitting(this.#bySpelling.get(spelling(id)))
    if (spelt.length === 1) return { how: 'spelling', scripts: spelt }
    const head = this.#byRevision.get(stem(id).split('_', 1)[0]!)
    if (head !== undefined && id.includes('_') && fitting([head]).length === 1)
      return { how: 'file-name', scripts: [head] }
    const partial = id.length >= SHORTEST_PARTIAL ? fitting(this.#scripts.filter((s) => s.revision.startsWith(id))) : []
    if (partial.length > 0) return { how: 'partial', scripts: partial }
    if (id.length < SHORTEST_SLIP || /^[\d_-]+$/.test(id)) return null
    const slips = fitting(this.#scripts.filter((script) => isOneSlipAway(script.revision, id)))
    return slips.length === 1 ? { how: 'one-slip', scripts: slips } : null
  }
}

function spelling(id: string): string {
  return id.trim().toLowerCase().replaceAll('-', '_')
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
