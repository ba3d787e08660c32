import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CheckReport } from '../../packages/core/src/report/report.js'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../support/git-world.js'

/** What counts as published in a plain `onehead check`: by id, on the branch that the work will land on. */
const versions = 'billing/migrations/versions'
const users = { [`${versions}/aa01_users.py`]: script('aa01', null) }
const phone = { [`${versions}/aa02_phone.py`]: script('aa02', 'aa01') }
const email = { [`${versions}/bb02_email.py`]: script('bb02', 'aa01') }

let world: GitWorld
let server: GitRepository
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  server = world.bare('server')
  shop = world.repository('shop')
  shop.commit('users', { ...app('billing'), ...users })
  shop.git('remote', 'add', 'origin', server.root)
  shop.git('push', '--quiet', '--set-upstream', 'origin', 'main')
  shop.git('remote', 'set-head', 'origin', 'main')
  shop.git('switch', '--quiet', '--create', 'email')
  shop.commit('email', email)
})
afterEach(() => world.remove())

/** Main gets another child of `aa01`, and comes into the branch: two heads, everything committed. */
function forkAndMerge(): void {
  shop.git('switch', '--quiet', 'main')
  shop.commit('phone', phone)
  shop.git('push', '--quiet', 'origin', 'main')
  shop.git('switch', '--quiet', 'email')
  shop.git('merge', '--quiet', '--no-edit', 'main')
}

function check(...args: string[]): CheckReport {
  return JSON.parse(shop.onehead(['check', '--format', 'json', ...args]).stdout)
}

/** What is said of each head, by file. */
function heads(): Record<string, string> {
  const found = check().diagnostics.find(({ rule }) => rule === 'multiple-heads')
  return Object.fromEntries((found?.labels ?? []).map(({ path, text }) => [path.slice(versions.length + 1), text]))
}

describe('a fork that is committed', () => {
  it('knows which side is on origin/main, and proposes to revise the other', () => {
    forkAndMerge()
    expect(heads()).toEqual({ 'aa02_phone.py': 'head, published', 'bb02_email.py': 'head, not published yet' })
    const [{ fix }] = check().diagnostics as [CheckReport['diagnostics'][number]]
    expect(fix?.edits.map(({ path, text }) => [path, text])).toContainEqual([`${versions}/bb02_email.py`, "'aa02'"])
  })

  it.each<[string, () => void]>([
    ['in a release tag', () => shop.git('tag', 'v1.0', 'email')],
    [
      'on a branch that onehead.json names',
      () => {
        shop.git('branch', 'staging', 'email')
        shop.commit('settings', { 'onehead.json': '{"published": ["staging"]}' })
      },
    ],
  ])('never proposes to revise what is published %s', (_, publish) => {
    publish()
    forkAndMerge()
    expect(heads()).toEqual({ 'aa02_phone.py': 'head, published', 'bb02_email.py': 'head, published' })
    expect(check().diagnostics[0]!.fix?.edits ?? []).toEqual([])
  })

  it('counts everything committed as published where no target is known', () => {
    forkAndMerge()
    shop.git('remote', 'remove', 'origin')
    expect(heads()).toEqual({ 'aa02_phone.py': 'head, published', 'bb02_email.py': 'head, published' })
  })
})

describe('old debt and new', () => {
  const stale = (revision: string, down: string) =>
    `"""x\n\nRevision ID: ${revision}\nRevises: elsewhere\n\n"""\n${script(revision, down)}`

  it('a committed script that is not on the target is judged as new, one that is there is folded', () => {
    shop.commit('stale', { [`${versions}/cc03_mine.py`]: stale('cc03', 'bb02') })
    expect(check().diagnostics.map(({ rule }) => rule)).toEqual(['stale-docstring'])
    shop.git('push', '--quiet', 'origin', 'email:main')
    expect(check()).toMatchObject({ diagnostics: [], folded: [{ rule: 'stale-docstring', count: 1 }] })
  })

  it('a published script stays published under another file name', () => {
    shop.commit('stale', { [`${versions}/cc03_mine.py`]: stale('cc03', 'bb02') })
    shop.git('push', '--quiet', 'origin', 'email:main')
    shop.git('mv', `${versions}/cc03_mine.py`, `${versions}/cc03_renamed.py`)
    shop.commit('rename', {})
    expect(check()).toMatchObject({ diagnostics: [], folded: [{ rule: 'stale-docstring', count: 1 }] })
  })

  it.each<[string, () => void]>([
    ['renamed for the next commit', () => shop.git('mv', `${versions}/cc03_mine.py`, `${versions}/cc03_renamed.py`)],
    [
      'renamed on disk only',
      () => renameSync(join(shop.root, versions, 'cc03_mine.py'), join(shop.root, versions, 'dd.py')),
    ],
    ['out of the index', () => shop.git('rm', '--quiet', '--cached', `${versions}/cc03_mine.py`)],
  ])('and one that is %s too: nothing edits it', (_, rename) => {
    shop.commit('stale', { [`${versions}/cc03_mine.py`]: stale('cc03', 'bb02') })
    const isFolded = { diagnostics: [], folded: [{ rule: 'stale-docstring', count: 1 }] }
    for (const target of ['on the target', 'without a target']) {
      if (target === 'on the target') shop.git('push', '--quiet', 'origin', 'email:main')
      else shop.git('remote', 'remove', 'origin')
      rename()
      expect(check(), target).toMatchObject(isFolded)
      expect(check('--fix'), target).toMatchObject(isFolded)
      shop.git('reset', '--quiet', '--hard')
    }
  })

  it('what the target has and nobody can read there is published all the same', () => {
    shop.commit('broken', { [`${versions}/cc03_mine.py`]: `<<<<<<< ours\n${stale('cc03', 'bb02')}` })
    shop.git('push', '--quiet', 'origin', 'email:main')
    shop.commit('mended', { [`${versions}/cc03_mine.py`]: stale('cc03', 'bb02') })
    shop.commit('next', { [`${versions}/dd04_next.py`]: script('dd04', 'cc03') })
    expect(check()).toMatchObject({ diagnostics: [], folded: [{ rule: 'stale-docstring', count: 1 }] })
    const { environments } = JSON.parse(shop.onehead(['history', '--only', 'unpublished', '--format', 'json']).stdout)
    expect(environments[0].revisions.map(({ revision }: { revision: string }) => revision)).toEqual(['dd04'])
  })

  it('is the same from the cache', () => {
    shop.commit('stale', { [`${versions}/cc03_mine.py`]: stale('cc03', 'bb02') })
    expect(check()).toEqual(check('--no-cache'))
    shop.git('push', '--quiet', 'origin', 'email:main')
    expect(check()).toEqual(check('--no-cache'))
    shop.git('push', '--quiet', '--force', 'origin', 'email~1:main')
    expect(check()).toEqual(check('--no-cache'))
    expect(check().diagnostics).toHaveLength(1)
  })
})
