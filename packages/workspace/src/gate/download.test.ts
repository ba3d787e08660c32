import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { downloadFor } from './download.js'
import { readOperatorSettings } from './operator.js'

let world: GitWorld
let clone: GitRepository
let absent: string
beforeEach(() => {
  world = gitWorld()
  const shop = world.repository('shop')
  shop.commit('start', { 'versions/a.py': 'a\n' })
  shop.git('config', 'uploadpack.allowFilter', 'true')
  clone = world.clone(shop, 'partial', ['--filter=blob:none', '--no-checkout', '--no-local'])
  absent = shop.git('rev-parse', 'HEAD:versions/a.py')
})
afterEach(() => world.remove())

const absentNow = () => clone.git('rev-list', '--objects', '--all', '--missing=print').match(/^\?\w+/gm) ?? []

it('asks nobody where the operator has not said that onehead may fetch', async () => {
  expect(await downloadFor(clone.root)([absent])).toBe('')
  clone.git('config', 'onehead.fetch', 'never')
  expect(await downloadFor(clone.root, await readOperatorSettings(clone.root))([absent])).toBe('')
  expect(absentNow()).toEqual([`?${absent}`])
})

it.each(['auto', 'always'])('brings what is absent where the operator says %s, and no ref', async (fetch) => {
  clone.git('config', 'onehead.fetch', fetch)
  const refs = clone.git('for-each-ref')
  expect(await downloadFor(clone.root)([absent])).toBeNull()
  expect([absentNow(), clone.git('for-each-ref')]).toEqual([[], refs])
})

it('says what git says where the remote does not answer, and tries the next that has promised', async () => {
  clone.git('config', 'onehead.fetch', 'auto')
  const real = clone.git('config', 'remote.origin.url')
  clone.git('config', 'remote.origin.url', join(world.folder, 'gone'))
  expect(await downloadFor(clone.root)([absent])).toContain('does not appear to be a git repository')
  clone.git('config', 'remote.second.url', real)
  clone.git('config', 'remote.second.promisor', 'true')
  expect(await downloadFor(clone.root)([absent])).toBeNull()
})

it('gives up when the time is over, for all that comes after as well', async () => {
  clone.git('config', 'onehead.fetch', 'auto')
  clone.git('config', 'remote.origin.uploadpack', 'sleep 600; false')
  const download = downloadFor(clone.root, null, 300)
  expect(await download([absent])).toBe('no answer within 0.3 seconds')
  clone.git('config', '--unset', 'remote.origin.uploadpack')
  expect(await download([absent])).toBe('no answer within 0.3 seconds')
})
