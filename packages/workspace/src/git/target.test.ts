import { describe, expect, it } from 'vitest'
import { matches } from './branch-pattern.js'
import { findTarget, type Pushed, type TargetFacts, type TargetSettings } from './target.js'

const commits: Record<string, string> = {
  'refs/remotes/origin/main': 'main on origin',
  'refs/remotes/origin/release/2': 'release 2 on origin',
  'refs/remotes/upstream/main': 'main on upstream',
}

function facts(more: Partial<TargetFacts> = {}, known = commits): TargetFacts {
  return {
    remotes: ['origin', 'upstream'],
    trackingRef: (remote, branch) => `refs/remotes/${remote}/${branch}`,
    defaultBranch: 'main',
    initialBranch: null,
    commitOf: async (ref) => known[ref] ?? null,
    ...more,
  }
}

const push = (branch: string, more: Partial<Pushed> = {}): Pushed => ({
  remote: 'origin',
  branch,
  remoteCommit: null,
  ...more,
})
const said = (more: Partial<TargetSettings> = {}): TargetSettings => ({
  operator: null,
  target: null,
  targets: {},
  ...more,
})

describe('where a push lands', () => {
  it('is the default branch of the remote', async () => {
    expect(await findTarget(facts(), said(), push('dates'))).toEqual({
      ref: 'refs/remotes/origin/main',
      name: 'origin/main',
      commit: 'main on origin',
      why: 'remote-default',
    })
  })

  it('is the default branch itself when that is pushed, as the remote has it now', async () => {
    expect(await findTarget(facts(), said(), push('main', { remoteCommit: 'live' }))).toMatchObject({
      commit: 'live',
      why: 'pushed-branch',
    })
    expect(await findTarget(facts(), said(), push('main'))).toMatchObject({ commit: 'main on origin' })
  })

  it('is never a remote called upstream unless somebody says so', async () => {
    expect(await findTarget(facts(), said(), push('main'))).toMatchObject({ name: 'origin/main' })
    const configured = { commit: 'main on upstream', name: 'upstream/main', why: 'configured' }
    expect(await findTarget(facts(), said({ target: 'upstream/main' }), push('dates'))).toMatchObject(configured)
    expect(await findTarget(facts(), said({ operator: 'upstream/main' }), push('main'))).toMatchObject(configured)
  })

  it('is what the operator says before what the repository says', async () => {
    const both = said({ operator: 'release/2', target: 'upstream/main' })
    expect(await findTarget(facts(), both, push('dates'))).toMatchObject({ name: 'origin/release/2' })
  })

  it('is an exception before everything else', async () => {
    const targets = { 'release/*': 'self', 'backport/*': 'release/2' }
    const settings = said({ operator: 'upstream/main', targets })
    expect(await findTarget(facts(), settings, push('release/2'))).toMatchObject({ commit: 'release 2 on origin' })
    expect(await findTarget(facts(), settings, push('release/3'))).toBeNull()
    expect(await findTarget(facts(), settings, push('backport/x'))).toMatchObject({ name: 'origin/release/2' })
  })

  it('is missing when it was named and is not here', async () => {
    expect(await findTarget(facts(), said({ target: 'upstream/next' }), push('dates'))).toEqual({
      missing: 'upstream/next',
    })
  })

  it('is the only branch with a usual name where the default is not known', async () => {
    const unknown = facts({ defaultBranch: null })
    expect(await findTarget(unknown, said(), push('dates'))).toMatchObject({ why: 'only-usual-branch' })
    const two = { ...commits, 'refs/remotes/origin/develop': 'develop' }
    expect(await findTarget(facts({ defaultBranch: null }, two), said(), push('dates'))).toEqual({ missing: null })
    const initial = facts({ defaultBranch: null, initialBranch: 'develop' }, two)
    expect(await findTarget(initial, said(), push('dates'))).toMatchObject({ name: 'origin/develop' })
    expect(await findTarget(facts({ defaultBranch: null }, {}), said(), push('dates'))).toEqual({ missing: null })
    expect(await findTarget(facts({ defaultBranch: null }, {}), said(), push('main'))).toBeNull()
  })

  it('is unknown for an address that no remote has', async () => {
    expect(await findTarget(facts(), said(), push('dates', { remote: null }))).toEqual({ missing: null })
  })
})

describe('patterns of branch names', () => {
  it.each([
    ['release/*', 'release/2', true],
    ['release/*', 'release/2/fix', true],
    ['release/*', 'release', false],
    ['*-stable', 'v2-stable', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['main', 'main', true],
    ['m.in', 'main', false],
    ['*', 'anything', true],
  ])('%s and %s', (pattern, branch, expected) => expect(matches(pattern, branch)).toBe(expected))
})
