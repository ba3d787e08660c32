import type { History } from '../../history/history.js'
import type { GraphRow } from '../rule.js'
import { ancestry } from './lineage.js'
import { firstLine } from './words.js'

const MOST_ROWS = 12
const MOST_HEADS = 6
/** A line of work with more revisions in between is drawn as a dashed line. */
const MOST_BETWEEN = 2

/**
 * The part of a history where its heads part: the heads, their way down to where they meet, newest first. At most
 * `MOST_ROWS` rows; what is left out is an indirect line.
 */
export function pictureOfHeads(
  history: History,
  heads: readonly string[],
  tagsOf: (id: string) => readonly string[],
): GraphRow[] {
  const drawn = heads.slice(0, MOST_HEADS)
  return pictureOf(history, drawn, choose(history, drawn), tagsOf)
}

/**
 * The chosen revisions of a history as rows, newest first, with what lies between them as indirect lines.
 *
 * @param heads those among `chosen` that no other of them descends from
 */
export function pictureOf(
  history: History,
  heads: readonly string[],
  chosen: ReadonlySet<string>,
  tagsOf: (id: string) => readonly string[],
): GraphRow[] {
  const edges = new Map([...chosen].map((id) => [id, edgesOf(history, id, chosen)]))
  prune(edges)
  return order(heads, edges).map((id) => ({
    revision: id,
    message: firstLine(history.map.get(id)?.message ?? ''),
    parents: edges.get(id)!,
    tags: tagsOf(id),
    isHead: history.map.isHead(id),
  }))
}

/** Where `heads` meet: for each but the first, the nearest revision that those before it also descend from. */
export function meetingPoints(history: History, heads: readonly string[]): (string | null)[] {
  return ways(history, heads).map(({ meets }) => meets)
}

interface Way {
  readonly head: string
  /** From the head downwards, without the point where it meets the others. */
  readonly path: readonly string[]
  readonly meets: string | null
}

function ways(history: History, heads: readonly string[]): Way[] {
  const reached = new Set<string>()
  const result: Way[] = []
  heads.forEach((head, index) => {
    if (index > 0) result.push(wayTo(history, head, reached))
    for (const id of ancestry(history, head)) reached.add(id)
  })
  return result
}

/** The shortest way from `head` down into `reached`; down to a base where it never gets there. */
function wayTo(history: History, head: string, reached: ReadonlySet<string>): Way {
  const cameFrom = new Map<string, string | null>([[head, null]])
  let last = head
  for (const id of cameFrom.keys()) {
    if (reached.has(id)) {
      const path = pathBack(cameFrom, id)
      return { head, path: path.slice(0, -1), meets: id }
    }
    last = id
    for (const parent of history.map.parents(id)) if (!cameFrom.has(parent)) cameFrom.set(parent, id)
  }
  return { head, path: pathBack(cameFrom, last), meets: null }
}

function pathBack(cameFrom: ReadonlyMap<string, string | null>, end: string): string[] {
  const path: string[] = []
  for (let id: string | null = end; id !== null; id = cameFrom.get(id) ?? null) path.push(id)
  return path.reverse()
}

function choose(history: History, heads: readonly string[]): Set<string> {
  const chosen = new Set(heads)
  const other = ways(history, heads)
  const first = heads[0]!
  const meeting = new Set(other.flatMap(({ meets }) => meets ?? []))
  for (const id of meeting) chosen.add(id)
  const paths = [wayTo(history, first, meeting).path, ...other.map(({ path }) => path)]
  for (const path of paths) if (other.some(({ meets }) => meets === null)) chosen.add(path.at(-1)!)
  for (const path of paths) {
    const between = path.slice(1).filter((id) => !chosen.has(id))
    if (between.length > MOST_BETWEEN || chosen.size + between.length > MOST_ROWS) continue
    for (const id of between) chosen.add(id)
  }
  return chosen
}

type Edge = GraphRow['parents'][number]

/** The chosen revisions that are met first on every way down from `id`. */
function edgesOf(history: History, id: string, chosen: ReadonlySet<string>): Edge[] {
  const edges: Edge[] = []
  const direct = new Set(history.map.parents(id))
  const seen = new Set(direct)
  for (const parent of seen) {
    if (chosen.has(parent)) edges.push({ revision: parent, indirect: !direct.has(parent) })
    else for (const next of history.map.parents(parent)) seen.add(next)
  }
  return edges
}

/** Drops an indirect line to a revision that another line leads to anyway. */
function prune(edges: Map<string, Edge[]>): void {
  const reaches = (from: string, to: string): boolean =>
    from === to || (edges.get(from) ?? []).some((edge) => reaches(edge.revision, to))
  for (const [id, lines] of edges) {
    const kept = lines.filter(
      (line) => !line.indirect || !lines.some((other) => other !== line && reaches(other.revision, line.revision)),
    )
    edges.set(id, kept)
  }
}

/** Every revision before its parents; one line of work is drawn to its end before the next begins. */
function order(heads: readonly string[], edges: ReadonlyMap<string, readonly Edge[]>): string[] {
  const waiting = new Map<string, number>()
  for (const lines of edges.values()) {
    for (const { revision } of lines) waiting.set(revision, (waiting.get(revision) ?? 0) + 1)
  }
  const stack = [...heads].reverse().filter((head) => (waiting.get(head) ?? 0) === 0)
  const result: string[] = []
  while (stack.length > 0) {
    const id = stack.pop()!
    result.push(id)
    for (const { revision } of edges.get(id) ?? []) {
      const left = waiting.get(revision)! - 1
      waiting.set(revision, left)
      if (left === 0) stack.push(revision)
    }
  }
  return result
}
