import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../test/support/git-world.js'
import { applyPlan, planFix } from '../use-cases/fix.js'
import { undo } from '../use-cases/undo.js'
import { findUndoneDatabases } from './undone-databases.js'

const versions = 'billing/migrations/versions'

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  for (const [name, value] of Object.entries(world.env)) if (/^(GIT_|HOME$|XDG_)/.test(name)) vi.stubEnv(name, value)
  const remote = world.bare('shop.git')
  const other = world.clone(remote, 'other')
  other.commit('start', { ...app('billing'), [`${versions}/aa01.py`]: script('aa01', null) })
  other.git('push', '--quiet', 'origin', 'main')
  shop = world.clone(remote, 'shop')
  other.commit('refund', { [`${versions}/aa03.py`]: script('aa03', 'aa01') })
  other.git('push', '--quiet', 'origin', 'main')
  shop.git('switch', '--quiet', '-c', 'topic')
  shop.commit('due date', { [`${versions}/aa02.py`]: script('aa02', 'aa01') })
  shop.git('fetch', '--quiet')
})
afterEach(() => {
  vi.unstubAllEnvs()
  world.remove()
})

async function repairAndUndo() {
  const { root } = shop
  const planned = await planFix({ root, offline: true })
  await applyPlan(planned, { root, kind: 'fix', commit: false })
  planned.close()
  return await findUndoneDatabases(root, await undo(root))
}

it('a database that was upgraded meanwhile has to be told that it has run theirs too', async () => {
  shop.git('merge', '--quiet', '--no-edit', 'origin/main')
  expect(await repairAndUndo()).toMatchObject([
    { environment: { name: 'billing' }, at: 'aa02', steps: [{ command: 'stamp', revision: 'aa03' }] },
  ])
})

it('nothing is to be told where theirs is not here any more either', async () => {
  expect(await repairAndUndo()).toEqual([])
})
