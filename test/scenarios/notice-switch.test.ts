import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitWorld, gitWorld } from '../support/git-world.js'
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

beforeAll(() => {
  world = gitWorld()
  shop = shopWithNotices(world)
  const { mine } = shop
  mine.git('branch', 'refunds')
  mine.git('branch', 'docs')
  mine.git('checkout', '--quiet', '-b', 'dates')
  mine.commit('add invoice due date', MINE)
})
afterAll(() => world.remove())

/** What docs/hooks.md quotes, line by line. */
function quoted(name: string): string {
  const doc = readFileSync(new URL('../../docs/hooks.md', import.meta.url), 'utf8')
  const lines = doc.split(`<!-- notice: ${name} -->\n`)[1]!.split('\n')
  // Without the fences.
  return `${lines.slice(1, lines.indexOf('<!-- end -->') - 1).join('\n')}\n`
}

describe('a switch tells what a database may be missing, or have too much', () => {
  test('to a branch without my revision: the way to take it back', () => {
    const switched = shop.mine.try(['switch', '--quiet', 'main'])
    expect(switched.status).toBe(0)
    expect(switched.stderr).toBe(quoted('switch'))
  })

  test('and back: how to follow', () => {
    const switched = shop.mine.try(['switch', '--quiet', '-'])
    expect(notesIn(switched)).toEqual(['1 more revision, head 8b1f2c7d90aa'])
    expect(switched.stderr).toContain('likely behind: cd services/billing && alembic upgrade head\n')
  })

  test('file-checkout, stash, switch -c and a switch to the same revisions are silent', () => {
    const { mine } = shop
    mine.write({ [scriptPath('8b1f2c7d90aa')]: '# spoilt\n', 'README.md': 'changed\n' })
    expect(mine.try(['checkout', '--quiet', '--', scriptPath('8b1f2c7d90aa')]).stderr).toBe('')
    expect(notesIn(mine.try(['stash', '--quiet']))).toEqual([])
    expect(notesIn(mine.try(['stash', 'pop', '--quiet']))).toEqual([])
    mine.git('checkout', '--quiet', '--', 'README.md')
    expect(mine.try(['switch', '--quiet', '-c', 'dates-and-more']).stderr).toBe('')
    mine.commit('words', { 'README.md': 'words\n' })
    expect(mine.try(['switch', '--quiet', 'dates']).stderr).toBe('')
  })

  test('bisect walks in silence', () => {
    const { mine } = shop
    const walked = mine.try(['bisect', 'start', 'HEAD', 'main'])
    expect([walked.status, notesIn(walked)]).toEqual([0, []])
    mine.try(['bisect', 'reset'])
  })

  test('clone and worktree add are silent; a worktree has a memory of its own', () => {
    const { mine } = shop
    const added = mine.try(['worktree', 'add', '--quiet', '../beside', 'refunds'])
    expect([added.status, notesIn(added)]).toEqual([0, []])
    const beside = world.open(join(world.folder, 'beside'))
    expect(notesIn(beside.try(['switch', '--quiet', '--detach', 'dates']))).toEqual([
      '1 more revision, head 8b1f2c7d90aa',
    ])
    expect(existsSync(join(mine.root, '.git/worktrees/beside/onehead/told.json'))).toBe(true)
    const hooks = join(world.folder, 'template/hooks')
    world.run('mkdir', ['-p', hooks], world.folder)
    world.run('cp', [join(mine.root, '.git/hooks/post-checkout'), hooks], world.folder)
    const cloned = world.run('git', ['clone', '--template=template', shop.team.root, 'copy'], world.folder)
    expect(existsSync(join(world.folder, 'copy/.git/hooks/post-checkout'))).toBe(true)
    expect([cloned.status, notesIn(cloned)]).toEqual([0, []])
  })
})

describe('an incoming revision that changed', () => {
  test('its parent: what a database skips, and both ways back', () => {
    const { mine, team } = shop
    mine.git('checkout', '--quiet', '--force', 'refunds')
    mine.commit('both as they were', { ...MINE })
    team.git('checkout', '--quiet', '-b', 'moved')
    team.commit('theirs', THEIRS)
    team.commit('mine, moved', revision('8b1f2c7d90aa', 'f04d6e2b713c', 'add invoice due date'))
    mine.git('fetch', '--quiet')
    const rebased = mine.try(['pull', '--rebase', '-X', 'ours', 'origin', 'moved'])
    expect(rebased.status).toBe(0)
    expect(notesIn(rebased)).toEqual(['1 new revision, 1 revision with another parent, head 8b1f2c7d90aa'])
    expect(rebased.stderr).toContain(quoted('re-parented'))
  })

  test('its name, or is gone: the way to take it back with the scripts as they were', () => {
    const { mine } = shop
    const before = mine.id('HEAD')
    mine.git('checkout', '--quiet', '-b', 'renamed')
    mine.commit('rename', { [scriptPath('8b1f2c7d90aa')]: null, ...revision('8b1f2c7d90ab', 'f04d6e2b713c', 'again') })
    mine.git('-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '-')
    const merged = mine.try(['merge', '--quiet', 'renamed'])
    expect(notesIn(merged)).toEqual(['1 new revision, 1 revision is gone, head 8b1f2c7d90ab'])
    expect(merged.stderr).toContain(
      `git checkout ${before.slice(0, 10)} && (cd services/billing && alembic downgrade f04d6e2b713c) && git checkout -\n`,
    )
  })
})
