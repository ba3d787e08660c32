import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { MINE, revision, scriptPath, shopWithNotices, THEIRS } from '../support/shop-with-notices.js'

let world: GitWorld
let mine: GitRepository

beforeEach(() => {
  world = gitWorld()
  mine = shopWithNotices(world).mine
  for (const name of ['post-merge', 'post-rewrite', 'post-checkout', 'post-commit']) {
    mine.write({ [`.git/hooks/${name}`]: null })
  }
  mine.installHook('pre-commit')
  mine.installHook('pre-merge-commit')
})
afterEach(() => world.remove())

describe('pre-commit, on request', () => {
  test('stops a second head, says which line to revise, and lets the repair through', () => {
    mine.commit('theirs', THEIRS)
    mine.write(MINE)
    mine.git('add', '.')
    const stopped = mine.try(['commit', '-m', 'mine'])
    expect(stopped.status).toBe(1)
    expect(stopped.stderr).toContain('error[multiple-heads]: this history has 2 heads')
    expect(stopped.stderr).toContain("+ down_revision = 'f04d6e2b713c'")
    expect(stopped.stderr).toContain('nothing is committed: repair it')
    mine.write(revision('8b1f2c7d90aa', 'f04d6e2b713c', 'add invoice due date'))
    expect(mine.try(['commit', '--all', '-m', 'mine'])).toMatchObject({ status: 0 })
  })

  test('judges what would be committed: not the working tree, and only the files named', () => {
    mine.commit('theirs', THEIRS)
    mine.write({ ...MINE, 'README.md': 'words\n' })
    mine.git('add', '--all')
    expect(mine.try(['commit', '-m', 'words', '--', 'README.md'])).toMatchObject({ status: 0 })
    expect(mine.try(['commit', '-m', 'mine', '--', scriptPath('8b1f2c7d90aa')])).toMatchObject({ status: 1 })
    mine.git('rm', '--quiet', '--cached', scriptPath('8b1f2c7d90aa'))
    expect(mine.try(['commit', '--allow-empty', '-m', 'nothing of it'])).toMatchObject({ status: 0 })
  })

  test('stops a parent that is not committed, and the very first commit too', () => {
    mine.write(revision('8b1f2c7d90aa', 'f04d6e2b713c', 'add invoice due date'))
    mine.git('add', '.')
    const stopped = mine.try(['commit', '-m', 'mine'])
    expect(stopped.status).toBe(1)
    expect(stopped.stderr).toContain('error[missing-down-revision]')
    const fresh = world.repository('fresh')
    fresh.installHook('pre-commit')
    fresh.write({
      'alembic.ini': '[alembic]\nscript_location = %(here)s/migrations\n',
      'migrations/versions/b.py': "revision = 'b'\ndown_revision = 'a'\n",
    })
    fresh.git('add', '.')
    expect(fresh.try(['commit', '-m', 'first'])).toMatchObject({ status: 1 })
  })

  test('does not stop for a split that stands already', () => {
    mine.commit('both', { ...MINE, ...THEIRS })
    mine.write(revision('8b1f2c7d90ab', '8b1f2c7d90aa', 'and more'))
    mine.git('add', '.')
    expect(mine.try(['commit', '-m', 'more'])).toMatchObject({ status: 0 })
  })

  test('goes on with a reason, which is recorded; in CI no reason will do', () => {
    mine.write({ ...MINE, ...THEIRS })
    mine.git('add', '.')
    expect(mine.try(['commit', '-m', 'both'], { env: { ONEHEAD_SKIP: 'demo', CI: 'true' } })).toMatchObject({
      status: 1,
    })
    const skipped = mine.try(['commit', '-m', 'both'], { env: { ONEHEAD_SKIP: 'demo' } })
    expect(skipped.status).toBe(0)
    expect(skipped.stderr).toContain('this commit was not judged: ONEHEAD_SKIP="demo", recorded')
    const log = readFileSync(join(mine.root, '.git/onehead/skipped.log'), 'utf8')
    expect(JSON.parse(log)).toMatchObject({ hook: 'pre-commit', why: 'demo' })
  })

  test('goes on loudly where it cannot tell, unless onehead.strict is set', () => {
    mine.write({ ...MINE, 'onehead.json': '{' })
    mine.git('add', '.')
    const env = { ONEHEAD_SKIP: undefined }
    mine.git('config', 'onehead.strict', 'true')
    expect(mine.try(['commit', '-m', 'broken'], { env })).toMatchObject({ status: 1 })
    mine.git('config', 'onehead.strict', 'false')
    const went = mine.try(['commit', '-m', 'broken'], { env })
    expect(went.status).toBe(0)
    expect(went.stderr).toMatch(/^onehead: this commit was not judged: .* at onehead\.json:1:/m)
  })
})

describe('pre-merge-commit, on request', () => {
  beforeEach(() => {
    mine.git('checkout', '--quiet', '-b', 'theirs')
    mine.commit('theirs', THEIRS)
    mine.git('checkout', '--quiet', 'main')
  })

  test('stops a merge of two good sides, which a merge revision then concludes', () => {
    mine.commit('mine', MINE)
    const stopped = mine.try(['merge', '--no-edit', 'theirs'])
    expect(stopped.status).not.toBe(0)
    // No remote has either of them, so that the advice is the one of post-merge.
    expect(stopped.stderr).toContain('put it on top of the other head')
    expect(stopped.stderr).not.toContain('head, published')
    expect(stopped.stderr).toContain('the merge is staged and not committed')
    expect(mine.try(['commit', '--no-edit'])).toMatchObject({ status: 1 })
    mine.write(revision('aaaa00000001', ['8b1f2c7d90aa', 'f04d6e2b713c'], 'merge both'))
    mine.git('add', '.')
    expect(mine.try(['commit', '--no-edit'])).toMatchObject({ status: 0 })
    expect(mine.git('rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(3)
  })

  test('moves what is not published, where one side is', () => {
    mine.commit('mine', MINE)
    mine.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    const stopped = mine.try(['merge', '--no-edit', 'theirs'])
    expect(stopped.status).not.toBe(0)
    expect(stopped.stderr).toContain('put it on top of the published head')
    expect(stopped.stderr).toMatch(/8b1f2c7d90aa.*head, published\n/)
    expect(stopped.stderr).toMatch(/f04d6e2b713c.*head, not published yet\n/)
  })

  test('does not stop a merge of a side that is split already', () => {
    mine.git('checkout', '--quiet', 'theirs')
    mine.commit('split', MINE)
    mine.git('checkout', '--quiet', 'main')
    mine.commit('words', { 'README.md': 'words\n' })
    expect(mine.try(['merge', '--no-edit', 'theirs'])).toMatchObject({ status: 0 })
  })
})
