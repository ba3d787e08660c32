import { describe, expect, it } from 'vitest'
import { cutEnd, visible, widthOf, wrap } from './cells.js'

describe('visible', () => {
  it.each([
    ['plain', 'plain'],
    ['größe 請求 🎉', 'größe 請求 🎉'],
    ['\x1b[31m\x00\x7f\x9b', '\\x1b[31m\\x00\\x7f\\x9b'],
    ['\t\r\n', '\\t\\r\\n'],
    ['\u202e\u2066\u061c\u200b\ufeff\u2028', '\\u202e\\u2066\\u061c\\u200b\\ufeff\\u2028'],
    ['\u{e0041}', '\\U000e0041'],
    ['a\ud800b', 'a\\ud800b'],
    ['👩‍👧 ✔️', '👩‍👧 ✔️'],
    ['a\u200db\ufe0f', 'a\\u200db\\ufe0f'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })
})

describe('widthOf', () => {
  it.each([
    ['abc', 3],
    ['請求', 4],
    ['ｱｲ', 2],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['✔️', 2],
    ['\u1112\u1161\u11ab', 2],
    ['한글', 4],
  ])('%j', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })
})

describe('cutEnd and wrap', () => {
  it('never take more than the width', () => {
    expect(cutEnd('請求書を追加', 6, '…')).toBe('請求…')
    expect(cutEnd('abc', 3, '…')).toBe('abc')
  })
  it('keep commands whole and tell an unclosed backtick from one', () => {
    expect(wrap('run `onehead explain multiple-heads` now', 24, '…')).toEqual([
      'run',
      '`onehead explain multiple-heads`',
      'now',
    ])
    expect(wrap('it`s a b', 6, '…')).toEqual(['it`s a', 'b'])
  })
  it('cut absurd words', () => {
    expect(wrap('x'.repeat(1_000_000), 60, '…')[0]).toHaveLength(240)
  })
})
