import { describe, expect, it } from 'vitest'
import { endOfDryRun } from './next-command.js'

describe('a dry run ends', () => {
  it('with what runs it, where there is something to run', () => {
    expect(endOfDryRun([{ kind: 'nothing' }, { kind: 'untouched' }], 'onehead upgrade')).toBe(
      'nothing is run yet; next: `onehead upgrade`\n',
    )
  })

  it('with its plan alone, where nothing would run', () => {
    expect(endOfDryRun([{ kind: 'nothing' }], 'onehead upgrade')).toBe('')
    expect(endOfDryRun([{ kind: 'untouched' }, { kind: 'refused' }], 'onehead upgrade')).toBe('')
  })
})
