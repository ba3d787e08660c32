import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../test/support/git-world.js'
import { type Configuration, defaultConfiguration } from '../configuration/index.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { findLanding, NoTarget } from './landing.js'
import { findUnpublished } from './unpublished.js'

let world: GitWorld
let shop: GitRepository
let objects: GitObjects
beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
  objects = openObjects(shop.root)
})
afterEach(() => {
  objects.close()
  world.remove()
})

const versions = 'billing/migrations/versions'
const said = (more: Partial<Configuration>): Configuration => ({ ...defaultConfiguration, ...more })
const landing = (more: Partial<Configuration> = {}) => findLanding(shop.root, objects, said(more))

describe('a repository without any remote', () => {
  /** main, and a branch with a revision more. */
  function branched(): { readonly main: string } {
    const main = shop.commit('Begin', { ...app('billing'), [`${versions}/a.py`]: script('aaaaaaaaaaaa', null) })
    shop.git('switch', '--quiet', '-c', 'dates')
    shop.commit('Dates', { [`${versions}/b.py`]: script('bbbbbbbbbbbb', 'aaaaaaaaaaaa') })
    return { main }
  }

  it('lands on the branch of that name where one is named', async () => {
    const { main } = branched()
    const local = { ref: 'refs/heads/main', name: 'main', commit: main }
    expect(await landing({ target: 'main' })).toMatchObject(local)
    expect(await landing({ targets: { 'd*': 'main' } })).toMatchObject(local)
    shop.git('config', 'onehead.target', 'main')
    expect(await landing()).toMatchObject(local)
    expect(await landing({ target: 'gone' })).toMatchObject(local)
  })

  it('and what that branch does not have is not published', async () => {
    branched()
    const unpublished = await findUnpublished(shop.root, '', said({ target: 'main' }), null)
    expect([...unpublished!.paths]).toEqual([`${versions}/b.py`])
    shop.git('switch', '--quiet', 'main')
    expect((await findUnpublished(shop.root, '', said({ target: 'main' }), null))!.paths.size).toBe(0)
  })

  it('has no target where none is named, and says which one is not there', async () => {
    branched()
    await expect(landing()).rejects.toThrow(NoTarget)
    await expect(landing({ target: 'release' })).rejects.toMatchObject({
      message: 'the target release is not known here',
      help: 'there is no remote: name a branch that is here',
    })
  })
})

it('a remote comes before a branch here of the same name', async () => {
  shop.commit('Begin')
  const clone = world.clone(shop, 'clone')
  clone.commit('Only here')
  objects.close()
  objects = openObjects(clone.root)
  expect(await findLanding(clone.root, objects, said({ target: 'main' }))).toMatchObject({
    name: 'origin/main',
    commit: shop.id('main'),
  })
})

it('tells how to ask for the default branch where the one that it was is gone', async () => {
  shop.commit('Begin')
  const clone = world.clone(shop, 'clone')
  clone.git('update-ref', '-d', 'refs/remotes/origin/main')
  objects.close()
  objects = openObjects(clone.root)
  const error = await findLanding(clone.root, objects, defaultConfiguration).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(NoTarget)
  expect((error as NoTarget).asking).toBe(
    'origin/main is not here any more; nothing says which branch of origin work lands on: `git remote set-head origin --auto` asks it',
  )
})
