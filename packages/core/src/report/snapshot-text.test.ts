import { describe, expect, it } from 'vitest'
import type { SnapshotReport } from './report.js'
import { commandToMerge } from './snapshot-text.js'

const merge = (ref: string): SnapshotReport => ({
  kind: 'merge',
  ref: 'HEAD',
  commit: 'a'.repeat(40),
  target: { ref, commit: 'b'.repeat(40) },
  base: null,
  method: 'merge-tree',
  textualConflicts: [],
  uncommitted: [],
})

describe('the command that brings the target into the tree at hand', () => {
  it.each([
    ['origin/main', 'git fetch origin main && git merge origin/main'],
    ['refs/remotes/upstream/release/2', 'git fetch upstream release/2 && git merge upstream/release/2'],
    ['main', 'git merge main'],
    ['refs/heads/feature/dates', 'git merge feature/dates'],
  ])('%s', (ref, command) => expect(commandToMerge(merge(ref))).toBe(command))

  it.each(['HEAD', 'FETCH_HEAD', 'b'.repeat(40), 'abc1234', '--exec=x', 'main; rm -rf .', 'main~2'])(
    'none for %s, which means nothing or something else elsewhere',
    (ref) => expect(commandToMerge(merge(ref))).toBeNull(),
  )

  it('none where nothing was merged, or all of the target is there', () => {
    expect(commandToMerge({ ...merge('origin/main'), base: 'b'.repeat(40) })).toBeNull()
    expect(commandToMerge(undefined)).toBeNull()
    expect(commandToMerge({ ...merge('main'), kind: 'commit', target: null })).toBeNull()
  })
})
