import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UNICODE } from './glyphs.js'
import { drawLanes, type LaneLine, type Vertex } from './lanes.js'

/** Any directed acyclic graph: vertex `i` may have parents among the later ones. */
const graphs = fc.array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 }).map((lists) =>
  lists.map((list, index): Vertex => {
    const later = [...new Set(list)].map((offset) => index + 1 + offset).filter((parent) => parent < lists.length)
    return { id: `${index}`, sign: '○', parents: [...new Set(later)].map((id) => ({ id: `${id}`, indirect: false })) }
  }),
)

const DOWN = '│╮┤╭├┬┼'
const RIGHT = '─╰╭├┴┬┼'
const LEFT = '─╯╮┤┴┬┼'

/** Follows the drawn lines from a vertex down to every vertex that they reach, as an eye does. */
function trace(lines: readonly LaneLine[], from: number): Set<string> {
  const found = new Set<string>()
  const glyph = (line: number, column: number) => lines[line]?.text[column] ?? ' '
  const goDown = (line: number, column: number): void => {
    if (line >= lines.length) return
    if (lines[line]!.vertex !== null) {
      if (glyph(line, column) === '○') found.add(`${lines[line]!.vertex}`)
      else if (glyph(line, column) === '│') goDown(line + 1, column)
      return
    }
    if (DOWN.includes(glyph(line, column))) goDown(line + 1, column)
    else if (glyph(line, column) !== ' ') goAside(line, column)
  }
  const goAside = (line: number, column: number): void => {
    for (const [step, side, back] of [
      [1, RIGHT, LEFT],
      [-1, LEFT, RIGHT],
    ] as const) {
      if (!side.includes(glyph(line, column))) continue
      for (let at = column + step; ; at += step) {
        const here = glyph(line, at)
        if (here === '│') continue
        if (!back.includes(here)) break
        if (DOWN.includes(here)) goDown(line + 1, at)
        if (!side.includes(here)) break
      }
    }
  }
  const start = lines.findIndex(({ vertex }) => vertex === from)
  const column = lines[start]!.text.indexOf('○')
  const below = lines[start + 1]
  if (below === undefined) return found
  if (below.vertex === null && below.text[column] !== '│') {
    if (DOWN.includes(glyph(start + 1, column))) goDown(start + 2, column)
    goAside(start + 1, column)
  } else goDown(start + 1, column)
  return found
}

describe('drawLanes', () => {
  it('leads the eye from every vertex to its parents and to nothing else', () => {
    fc.assert(
      fc.property(graphs, (vertices) => {
        const lines = drawLanes(vertices, UNICODE, 100)
        vertices.forEach((vertex, index) => {
          expect([...trace(lines, index)].sort(), `${vertex.id}\n${lines.map(({ text }) => text).join('\n')}`).toEqual(
            vertex.parents.map(({ id }) => id).sort(),
          )
        })
      }),
      { numRuns: 500 },
    )
  })

  it('never draws further right than it may', () => {
    fc.assert(
      fc.property(graphs, (vertices) => {
        for (const { text } of drawLanes(vertices, UNICODE, 3)) expect(text.length).toBeLessThanOrEqual(8)
      }),
    )
  })
})
