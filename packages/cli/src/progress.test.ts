import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { world } from '../../../test/support/world.js'
import { createLiveLine, isWatched } from './live-line.js'
import { createProgress } from './progress.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A terminal that keeps what it was sent. */
function terminal() {
  const sent: string[] = []
  const live = createLiveLine({ write: (text: string) => sent.push(text) })
  return { live, sent, seen: () => sent.map((text) => stripVTControlCharacters(text).trim()) }
}

describe('progress', () => {
  it('says what runs and counts the seconds, until something else runs', () => {
    const { live, seen } = terminal()
    const progress = createProgress(world({ live, now: () => Date.now() }))
    progress.show('billing: backing up')
    vi.advanceTimersByTime(2000)
    progress.show('billing: 1/2 aaaa0001')
    vi.advanceTimersByTime(64_000)
    expect(seen().slice(0, 4)).toEqual([
      '0 s  billing: backing up',
      '1 s  billing: backing up',
      '2 s  billing: backing up',
      '0 s  billing: 1/2 aaaa0001',
    ])
    expect(seen().at(-1)).toBe('1:04 min  billing: 1/2 aaaa0001')
  })

  it('goes on counting where the same is said again', () => {
    const { live, seen } = terminal()
    const progress = createProgress(world({ live, now: () => Date.now() }))
    progress.show('asking databases')
    vi.advanceTimersByTime(1000)
    progress.show('asking databases')
    expect(seen().at(-1)).toBe('1 s  asking databases')
  })

  it('leaves nothing on the terminal, and draws nothing any more once it is cleared', () => {
    const { live, sent } = terminal()
    const progress = createProgress(world({ live }))
    progress.show('asking databases')
    progress.clear()
    const drawn = sent.length
    vi.advanceTimersByTime(5000)
    expect(sent).toHaveLength(drawn)
    expect(sent.at(-1)).toBe('\u001b[2K')
  })

  it('never takes more than one line, whatever a name holds', () => {
    const { live, sent } = terminal()
    createProgress(world({ live })).show('billing\n\u001b[31m: backing up')
    expect(sent.join('')).not.toContain('\n')
    expect(sent.join('')).not.toContain('\u001b[31m')
  })

  it('says nothing where nobody watches', () => {
    const progress = createProgress(world())
    progress.show('asking databases')
    expect(vi.getTimerCount()).toBe(0)
    progress.clear()
  })
})

describe('somebody watches', () => {
  it.each([
    [true, {}, true],
    [true, { TERM: 'xterm' }, true],
    [false, {}, false],
    [true, { CI: 'true' }, false],
    [true, { TERM: 'dumb' }, false],
  ])('terminal: %s, in %o: %s', (isTerminal, env, expected) => {
    expect(isWatched(isTerminal, env)).toBe(expected)
  })
})
