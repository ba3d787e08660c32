import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitWorld, gitWorld } from '../support/git-world.js'
import { MINE, notesIn, type Shop, shopWithNotices, THEIRS } from '../support/shop-with-notices.js'

let world: GitWorld
let shop: Shop
let start: string

const TWO_HEADS = ['1 new revision, now 2 heads']
const ONE_HEAD = ['1 new revision, head f04d6e2b713c']

beforeAll(() => {
  world = gitWorld()
  shop = shopWithNotices(world)
  start = shop.mine.id('HEAD')
  shop.team.commit('add refund table', { ...THEIRS, 'README.md': 'their shop\n' })
  shop.mine.git('fetch', '--quiet')
})
afterAll(() => world.remove())

function onBranch(name: string, files = {}): void {
  const { mine } = shop
  mine.git('-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--force', '-B', name, start)
  mine.git('branch', '--quiet', '--set-upstream-to=origin/main')
  mine.write({ '.git/onehead/told.json': null })
  if (Object.keys(files).length > 0) mine.commit(`work on ${name}`, files)
}

describe('what a rebase brings is told once, at its end', () => {
  test('pull-rebase without commits of mine', () => {
    onBranch('behind')
    expect(notesIn(shop.mine.try(['pull', '--rebase']))).toEqual(ONE_HEAD)
  })

  test('pull-rebase with a revision of mine: what puts it on top', () => {
    onBranch('ahead', MINE)
    const pulled = shop.mine.try(['pull', '--rebase'])
    expect([pulled.status, notesIn(pulled)]).toEqual([0, TWO_HEADS])
    expect(pulled.stderr).toContain('put it on top of the published head: onehead fix services/billing')
  })

  test('pull-rebase with commits that have nothing to do with it', () => {
    onBranch('other', { 'docs/other.md': 'other\n' })
    expect(notesIn(shop.mine.try(['pull', '--rebase']))).toEqual(ONE_HEAD)
  })

  test('rebase-fast-forward: only post-checkout sees it', () => {
    onBranch('forward')
    const rebased = shop.mine.try(['rebase', 'origin/main'])
    expect([rebased.status, notesIn(rebased)]).toEqual([0, ONE_HEAD])
    expect(notesIn(shop.mine.try(['rebase', 'origin/main']))).toEqual([])
  })

  test.each(['--merge', '--apply'])('rebase %s', (backend) => {
    onBranch(`backend${backend}`, MINE)
    expect(notesIn(shop.mine.try(['rebase', backend, 'origin/main']))).toEqual(TWO_HEADS)
  })

  test.each(['--merge', '--apply'])('rebase %s that stops at a conflict, then --continue', (backend) => {
    onBranch(`stopped${backend}`, { ...MINE, 'README.md': 'my shop\n' })
    const rebased = shop.mine.try(['rebase', backend, 'origin/main'])
    expect([rebased.status, notesIn(rebased)]).toEqual([1, []])
    shop.mine.write({ 'README.md': 'our shop\n' })
    shop.mine.git('add', 'README.md')
    const continued = shop.mine.try(['rebase', '--continue'])
    expect([continued.status, notesIn(continued)]).toEqual([0, TWO_HEADS])
  })

  test('rebase-of-what-was-squashed: every commit of mine is there already, so that git never says it is done', () => {
    onBranch('squashed-away', THEIRS)
    shop.mine.commit('and more', { 'README.md': 'their shop\n' })
    shop.team.commit('add tax rate', {
      'services/billing/migrations/versions/5a0e77c1d9b3.py':
        "revision = '5a0e77c1d9b3'\ndown_revision = 'f04d6e2b713c'\n",
    })
    const pulled = shop.mine.try(['pull', '--rebase'])
    expect([pulled.status, notesIn(pulled)]).toEqual([0, ['1 new revision, head 5a0e77c1d9b3']])
  })
})
