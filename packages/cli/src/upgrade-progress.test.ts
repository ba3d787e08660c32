import { describe, expect, it } from 'vitest'
import { endOfDryRun } from './upgrade-progress.js'

describe('a dry run ends', () => {
  it('with what runs it, where there is something to run', () => {
    expect(endOfDryRun([{ kind: 'nothing' }, { kind: 'untouched' }])).toContain('without --dry-run')
  })

  it('with its plan alone, where nothing would run', () => {
    expect(endOfDryRun([{ kind: 'nothing' }])).toBe('')
    expect(endOfDryRun([{ kind: 'untouched' }, { kind: 'refused' }])).toBe('')
  })
})
