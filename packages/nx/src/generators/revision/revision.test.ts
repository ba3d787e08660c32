import type { Tree } from '@nx/devkit'
import { logger } from '@nx/devkit'
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../../test/support/git-world.js'
import revision from './revision.js'

const versions = 'billing/migrations/versions'
const template = `"""\${message}"""\nrevision = \${repr(up_revision)}\ndown_revision = \${repr(down_revision)}\n`

let world: GitWorld
let shop: GitRepository
let tree: Tree
let said: string
beforeEach(() => {
  world = gitWorld()
  for (const [name, value] of Object.entries(world.env)) if (/^(GIT_|HOME$|XDG_)/.test(name)) vi.stubEnv(name, value)
  shop = world.repository('shop')
  shop.commit('start', {
    ...app('billing'),
    'billing/migrations/script.py.mako': template,
    [`${versions}/aa01.py`]: script('aa01', null),
  })
  tree = createTreeWithEmptyWorkspace()
  Object.assign(tree, { root: shop.root })
  said = ''
  vi.spyOn(logger, 'info').mockImplementation((text: unknown) => {
    said += `${text}\n`
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  world.remove()
})

const written = () => tree.listChanges().filter(({ path }) => path.startsWith(versions))

it('writes the script into the tree, on the only head, and says what comes next', async () => {
  const finish = await revision(tree, { message: 'add refunds', revisionId: 'aa02', offline: true })
  expect(written().map(({ path, type }) => [path, type])).toEqual([[`${versions}/aa02_add_refunds.py`, 'CREATE']])
  expect(tree.read(`${versions}/aa02_add_refunds.py`, 'utf8')).toBe(
    '"""add refunds"""\nrevision = \'aa02\'\ndown_revision = \'aa01\'\n',
  )
  await finish()
  expect(said).toContain('one head: aa02 in billing')
  expect(shop.git('status', '--porcelain')).toBe('')
})

it('throws with the reason, and writes nothing, where it is refused', async () => {
  shop.write({ [`${versions}/aa03.py`]: script('aa03', 'aa01'), [`${versions}/aa04.py`]: script('aa04', 'aa01') })
  await expect(revision(tree, { message: 'add refunds', offline: true })).rejects.toThrow(/refused\[[\w-]+\]: .*head/)
  expect(written()).toEqual([])
})
