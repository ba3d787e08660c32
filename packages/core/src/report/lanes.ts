import type { Glyphs } from './glyphs.js'

/** One vertex of any directed acyclic graph, as the drawing needs it. */
export interface Vertex {
  readonly id: string
  readonly parents: readonly { readonly id: string; readonly indirect: boolean }[]
  /** The sign drawn for it, one column wide. */
  readonly sign: string
}

/** One drawn line: `vertex` is the index of the vertex it shows, or null for a line that only connects. */
export interface LaneLine {
  readonly text: string
  readonly vertex: number | null
}

interface Lane {
  readonly indirect: boolean
}

const UP = 1
const DOWN = 2
const LEFT = 4
const RIGHT = 8

/**
 * Draws a graph in columns, children above parents. Every parent that waits for its row has one lane; a vertex whose parent
 * already has one joins it. A lane that a connection crosses is drawn whole (`─│─`), one that it meets is not (`├`, `┼`).
 *
 * @param vertices in an order where each parent is later than its children; other parents are drawn as elided (`~`)
 * @param maxLanes lanes further right are not drawn but marked with an ellipsis
 */
export function drawLanes(vertices: readonly Vertex[], glyphs: Glyphs, maxLanes: number): readonly LaneLine[] {
  const position = new Map(vertices.map(({ id }, index) => [id, index]))
  const lanes = new Lanes()
  const lines: LaneLine[] = []
  let endedAt = -1
  vertices.forEach((vertex, index) => {
    const waited = lanes.has(vertex.id)
    const at = lanes.take(vertex.id)
    // Right under a base, a vertex that nothing leads to would look like its parent.
    if (!waited && at === endedAt) lines.push({ text: drawVertex(lanes, at, ' ', glyphs, maxLanes), vertex: null })
    lines.push({ text: drawVertex(lanes, at, vertex.sign, glyphs, maxLanes), vertex: index })
    const parents = vertex.parents.filter(({ id }) => (position.get(id) ?? -1) > index)
    const links = lanes.assign(at, parents)
    const needed = links.joined.some((lane) => lane !== at) || lanes.at(at)?.indirect === true
    if (needed) pushConnection(lines, drawConnection(lanes, at, links, glyphs, maxLanes))
    else if (parents.length < vertex.parents.length && parents.length === 0)
      lines.push({ text: drawVertex(lanes, at, glyphs.elided, glyphs, maxLanes), vertex: null })
    endedAt = vertex.parents.length === 0 ? at : -1
    lanes.trim()
  })
  return lines
}

function pushConnection(lines: LaneLine[], text: string | null): void {
  if (text !== null) lines.push({ text, vertex: null })
}

interface Links {
  /** Lanes that the vertex is connected to, its own included. */
  readonly joined: readonly number[]
  /** Those among them that begin here. */
  readonly begun: ReadonlySet<number>
  /** Those among them that end here, because what they waited for moved into the vertex's own lane. */
  readonly ended: ReadonlySet<number>
}

/** Which column waits for which vertex. */
class Lanes {
  readonly #lanes: (Lane | null)[] = []
  readonly #laneOf = new Map<string, number>()
  /** No lane before this one is free. */
  #firstFree = 0

  get length(): number {
    return this.#lanes.length
  }

  at(index: number): Lane | null {
    return this.#lanes[index] ?? null
  }

  /** True when some lane waits for this vertex. */
  has(id: string): boolean {
    return this.#laneOf.has(id)
  }

  /** The column of a vertex whose row has come: the lane that waited for it, else a free one. The lane ends here. */
  take(id: string): number {
    const waiting = this.#laneOf.get(id)
    const at = waiting ?? this.#free()
    this.#laneOf.delete(id)
    this.#lanes[at] = null
    this.#firstFree = Math.min(this.#firstFree, at)
    return at
  }

  /**
   * Gives every parent a lane: the one it has, else the vertex's own while that is free, else a new one. A parent that waits
   * further right moves into the vertex's own lane, so that pictures grow to the left; not for merges, where a line that
   * ends beside the others could be read as theirs.
   */
  assign(own: number, parents: Vertex['parents']): Links {
    const joined: number[] = []
    const begun = new Set<number>()
    const ended = new Set<number>()
    for (const { id, indirect } of parents) {
      const lane = this.#laneOf.get(id)
      const ownIsFree = this.#lanes[own] == null
      if (lane === undefined) {
        const free = ownIsFree ? own : this.#free()
        this.#lanes[free] = { indirect }
        this.#laneOf.set(id, free)
        begun.add(free)
        joined.push(free)
      } else if (parents.length === 1 && lane > own) {
        this.#lanes[own] = this.#lanes[lane]!
        this.#lanes[lane] = null
        this.#laneOf.set(id, own)
        this.#firstFree = Math.min(this.#firstFree, lane)
        ended.add(lane)
        joined.push(lane)
      } else if (!joined.includes(lane)) joined.push(lane)
    }
    return { joined, begun, ended }
  }

  /** Forgets free lanes at the right end. */
  trim(): void {
    while (this.#lanes.length > 0 && this.#lanes[this.#lanes.length - 1] === null) this.#lanes.pop()
    this.#firstFree = Math.min(this.#firstFree, this.#lanes.length)
  }

  #free(): number {
    let index = this.#firstFree
    while (this.#lanes[index] != null) index++
    this.#firstFree = index
    if (index === this.#lanes.length) this.#lanes.push(null)
    return index
  }
}

function drawVertex(lanes: Lanes, at: number, sign: string, glyphs: Glyphs, maxLanes: number): string {
  const count = Math.min(Math.max(lanes.length, at + 1), maxLanes)
  let text = ''
  for (let index = 0; index < count; index++) {
    const lane = lanes.at(index)
    text += index === at ? sign : lane === null ? ' ' : lane.indirect ? glyphs.indirect : glyphs.lanes[UP | DOWN]
    text += ' '
  }
  if (at >= maxLanes) text += `${glyphs.ellipsis}${sign} `
  else if (lanes.length > maxLanes) text += glyphs.ellipsis
  return text.trimEnd()
}

/** The line between a vertex and its parents' lanes; null where all of it would be too far right to be drawn. */
function drawConnection(lanes: Lanes, at: number, links: Links, glyphs: Glyphs, maxLanes: number): string | null {
  const first = Math.min(at, ...links.joined)
  const last = Math.max(at, ...links.joined)
  if (first >= maxLanes) return null
  const joined = new Set(links.joined)
  const count = Math.min(lanes.length, maxLanes)
  let text = ''
  for (let index = 0; index < count; index++) {
    text += drawCell(index)
    text += index >= first && index < last ? glyphs.lanes[LEFT | RIGHT] : ' '
  }
  return (lanes.length > maxLanes ? text + glyphs.ellipsis : text).trimEnd()

  function drawCell(index: number): string {
    const lane = lanes.at(index)
    const meets = index === at || joined.has(index)
    const begins = links.begun.has(index) && index !== at
    const above = index === at || links.ended.has(index) || (lane !== null && !begins)
    const vertical = (above ? UP : 0) | (lane === null ? 0 : DOWN)
    const sides = (index > first && index <= last ? LEFT : 0) | (index >= first && index < last ? RIGHT : 0)
    const bits = meets ? vertical | sides : vertical === 0 ? sides : vertical
    return bits === (UP | DOWN) && lane?.indirect === true ? glyphs.indirect : glyphs.lanes[bits]!
  }
}
