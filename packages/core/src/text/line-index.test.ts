import { describe, expect, it } from 'vitest'
import { LineIndex } from './line-index.js'

const index = (text: string) => new LineIndex(new TextEncoder().encode(text))

describe('LineIndex', () => {
  it('counts lines by LF, CRLF and lone CR', () => {
    const lines = index('a\nb\r\nc\rd')
    expect(lines.lineCount).toBe(4)
    expect([0, 2, 5, 7].map((offset) => lines.position(offset).line)).toEqual([1, 2, 3, 4])
    expect(lines.position(4)).toEqual({ line: 2, column: 3, offset: 4 })
  })

  it('counts columns in code points, offsets in bytes', () => {
    const lines = index("x = 'é😀' # b")
    expect(lines.position(12)).toEqual({ line: 1, column: 9, offset: 12 })
  })

  it('answers the same, whatever was asked before', () => {
    const text = '\ufeffrévision = "é"\ndown = "日本"; x = 1'
    const length = new TextEncoder().encode(text).length
    const lines = index(text)
    for (let first = 0; first <= length; first++) {
      for (let second = 0; second <= length; second++) {
        lines.position(first)
        expect(lines.position(second)).toEqual(index(text).position(second))
      }
    }
  })

  it('gives a byte order mark no column', () => {
    const lines = index('\ufeffrevision')
    expect(lines.position(3)).toEqual({ line: 1, column: 1, offset: 3 })
    expect(lines.position(0)).toEqual({ line: 1, column: 1, offset: 0 })
    expect(lines.lineSpan(1)).toEqual({ start: 3, end: 11 })
  })

  it('draws offsets outside the file to its ends', () => {
    expect(index('ab').position(99)).toEqual({ line: 1, column: 3, offset: 2 })
    expect(index('').position(-1)).toEqual({ line: 1, column: 1, offset: 0 })
  })

  it('gives the span of a line without its end', () => {
    const lines = index('one\r\ntwo\rthree\n')
    expect([1, 2, 3, 4].map((line) => lines.lineSpan(line))).toEqual([
      { start: 0, end: 3 },
      { start: 5, end: 8 },
      { start: 9, end: 14 },
      { start: 15, end: 15 },
    ])
    expect(() => lines.lineSpan(5)).toThrow(RangeError)
  })
})
