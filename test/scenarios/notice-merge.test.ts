import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app, type GitWorld, gitWorld } from '../support/git-world.js'
import {
  MINE,
  notesIn,
  revision,
  type Shop,
  scriptPath,
  shopWithNotices,
  THEIRS,
} from '../support/shop-with-notices.js'

let world: GitWorld
let shop: Shop
let start: string

beforeAll(() => {
  world = gitWorld()
  shop = shopWithNotices(world)
  const { team, mine } = shop
  start = mine.id('HEAD')
  team.commit('add refund table', THEIRS)
  mine.git('fetch', '--quiet')
})
afterAll(() => world.remove())

/** Back to where I cloned, on a branch of its own, told of nothing yet; with my revision, if wanted. */
function onBranch(name: string, files = {}): void {
  const { mine } = shop
  mine.git('-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--force', '-B', name, start)
  mine.git('clean', '--quiet', '--force', '-d')
  mine.write({ '.git/onehead/told.json': null })
  if (Object.keys(files).length > 0) mine.commit('mine', files)
}

describe('what a merge brings is told once', () => {
  test('pull-fast-forward: what came in, by whom, and how to follow', () => {
    onBranch('fast-forward')
    const pulled = shop.mine.try(['pull', '--quiet', '--ff-only', 'origin', 'main'])
    expect(pulled.status).toBe(0)
    expect(pulled.stderr).toBe(
      `onehead: services/billing: 1 new revision, head f04d6e2b713c
  + f04d6e2b713c  add refund table (Ada)
  your database is likely behind: cd services/billing && alembic upgrade head
`,
    )
    expect(notesIn(shop.mine.try(['pull', '--quiet', 'origin', 'main']))).toEqual([])
  })

  test('true-merge: two heads, and the command that makes them one', () => {
    onBranch('true-merge', MINE)
    const merged = shop.mine.try(['merge', '--no-edit', 'origin/main'])
    expect(merged.status).toBe(0)
    expect(notesIn(merged)).toEqual(['1 new revision, now 2 heads'])
    expect(merged.stderr).toContain('put it on top of the published head: onehead fix services/billing')
    expect(merged.stderr).not.toContain('likely behind')
    // Nothing came in with the same merge once more, whether or not anybody remembers.
    shop.mine.write({ '.git/onehead/told.json': null })
    expect(notesIn(shop.mine.try(['commit', '--amend', '--no-edit']))).toEqual([])
  })

  test('merge-from-a-subfolder: the same command', () => {
    onBranch('subfolder', MINE)
    const merged = shop.mine.try(['merge', '--no-edit', 'origin/main'], { cwd: 'services' })
    expect(merged.stderr).toContain('onehead fix services/billing')
  })

  test('octopus: one note for all of it', () => {
    onBranch('first', revision('aaaa00000001', '3c9e51a7b204', 'add currency'))
    onBranch('second', { 'docs/second.md': 'nothing about migrations\n' })
    onBranch('octopus', MINE)
    const merged = shop.mine.try(['merge', '--no-edit', 'first', 'second', 'origin/main'])
    expect(merged.status).toBe(0)
    expect(notesIn(merged)).toEqual(['2 new revisions, now 3 heads'])
  })

  test('squash-merge: what is staged, since HEAD has not moved', () => {
    onBranch('squash')
    const merged = shop.mine.try(['merge', '--squash', 'origin/main'])
    expect(notesIn(merged)).toEqual(['1 new revision staged, head f04d6e2b713c'])
    expect(notesIn(shop.mine.try(['commit', '-m', 'squashed']))).toEqual([])
  })

  test('merge-without-commit: told when it is committed', () => {
    onBranch('no-commit', MINE)
    expect(notesIn(shop.mine.try(['merge', '--no-commit', 'origin/main']))).toEqual([])
    expect(notesIn(shop.mine.try(['commit', '--no-edit']))).toEqual(['1 new revision, now 2 heads'])
  })

  test('conflicted-merge-then-commit: told although post-merge never runs', () => {
    onBranch('conflicted', { ...MINE, 'README.md': 'my shop\n' })
    shop.team.git('branch', '--force', 'readme', 'main')
    shop.team.git('checkout', '--quiet', 'readme')
    shop.team.commit('their words', { 'README.md': 'their shop\n' })
    shop.team.git('checkout', '--quiet', 'main')
    shop.mine.git('fetch', '--quiet')
    const merged = shop.mine.try(['merge', '--no-edit', 'origin/readme'])
    expect([merged.status, notesIn(merged)]).toEqual([1, []])
    shop.mine.write({ 'README.md': 'our shop\n' })
    shop.mine.git('add', 'README.md')
    const concluded = shop.mine.try(['commit', '--no-edit'])
    expect(notesIn(concluded)).toEqual(['1 new revision, now 2 heads'])
    expect(notesIn(shop.mine.try(['commit', '--amend', '--no-edit']))).toEqual([])
  })
})

describe('what does not bring revisions is not told', () => {
  test('merge-of-something-else, cherry-pick, commit, amend', () => {
    onBranch('quiet')
    const { mine } = shop
    expect(notesIn(mine.try(['merge', '--no-edit', '--no-ff', 'second']))).toEqual([])
    expect(notesIn(mine.try(['cherry-pick', 'origin/main']))).toEqual([])
    mine.write({ [scriptPath('f04d6e2b713c')]: null })
    expect(notesIn(mine.try(['commit', '--quiet', '--all', '-m', 'take it back']))).toEqual([])
    expect(notesIn(mine.try(['commit', '--quiet', '--amend', '-m', 'take it away']))).toEqual([])
  })

  test('a script that is only formatted otherwise', () => {
    onBranch('formatted')
    const path = scriptPath('3c9e51a7b204')
    shop.mine.git('-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '-b', 'formatting')
    shop.mine.commit('format', { [path]: `${shop.mine.git('show', `HEAD:${path}`)}\n# the end\n` })
    shop.mine.git('-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', 'formatted')
    expect(notesIn(shop.mine.try(['merge', '--quiet', 'formatting']))).toEqual([])
  })
})

test('without any remote what is published is told by the branch that onehead.json names', () => {
  const alone = world.repository('alone')
  alone.installHook('post-merge')
  alone.commit('create invoice table', {
    ...app('services/billing'),
    ...revision('3c9e51a7b204', null, 'create invoice table'),
    'onehead.json': '{ "target": "main" }',
  })
  alone.git('switch', '--quiet', '-c', 'dates')
  alone.commit('mine', MINE)
  alone.git('switch', '--quiet', 'main')
  alone.commit('theirs', THEIRS)
  alone.git('switch', '--quiet', 'dates')
  const { stderr } = alone.try(['merge', '--quiet', '--no-edit', 'main'])
  expect(stderr).toContain('put it on top of the published head: onehead fix services/billing')
})
