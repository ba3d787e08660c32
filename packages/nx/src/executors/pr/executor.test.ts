import type { ExecutorContext } from '@nx/devkit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../../test/support/git-world.js'
import prExecutor from './executor.js'
import type { PrExecutorOptions } from './options.js'

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  const remote = world.bare('shop.git')
  const versions = 'billing/migrations/versions'
  const other = world.clone(remote, 'other')
  other.commit('start', { ...app('billing'), [`${versions}/aa01.py`]: script('aa01', null) })
  other.git('push', '--quiet', 'origin', 'main')
  shop = world.clone(remote, 'shop')
  other.commit('refund', { [`${versions}/aa03.py`]: script('aa03', 'aa01') })
  other.git('push', '--quiet', 'origin', 'main')
  shop.git('switch', '--quiet', '-c', 'topic')
  shop.commit('due date', { [`${versions}/aa02.py`]: script('aa02', 'aa01') })
})
afterEach(() => {
  vi.unstubAllEnvs()
  world.remove()
})

async function run(options: PrExecutorOptions) {
  let output = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
    output += text
    ;(done as unknown as () => void)()
    return true
  })
  const result = await prExecutor({ environments: ['billing/alembic.ini'], ...options }, {
    root: shop.root,
  } as ExecutorContext).finally(() => write.mockRestore())
  return { ...result, output }
}

it('judges the merge with the remote’s default branch, as it was fetched last', async () => {
  expect(await run({})).toMatchObject({ success: true, output: expect.stringContaining('into origin/main (') })
  shop.git('fetch', '--quiet')
  const { success, output } = await run({})
  expect(success).toBe(false)
  expect(output).toContain('multiple-heads')
  expect(output).toContain('judged: HEAD')
  expect((await run({ target: 'origin/main~1' })).success).toBe(true)
  expect((await run({ at: 'HEAD~1' })).success).toBe(true)
})

it('aims where onehead.json says', async () => {
  shop.git('fetch', '--quiet')
  shop.commit('aim at the release', { 'onehead.json': '{"target": "release"}' })
  expect(await run({ format: 'json' })).toMatchObject({
    success: false,
    output: expect.stringContaining('origin/release'),
  })
  shop.git('push', '--quiet', 'origin', 'origin/main~1:refs/heads/release')
  shop.git('fetch', '--quiet')
  expect((await run({})).output).toContain('into origin/release (')
})

it('fails where no target is known: nothing was compared', async () => {
  shop.git('remote', 'remove', 'origin')
  const { success, output } = await run({})
  expect([success, output]).toEqual([false, expect.stringContaining('no target is known')])
  expect((await run({ target: 'main' })).success).toBe(true)
})
