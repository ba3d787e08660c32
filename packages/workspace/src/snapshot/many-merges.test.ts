import { afterEach, beforeEach, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { countedGitProcesses } from '../git/process.js'
import { predictMerges } from './many-merges.js'

let world: GitWorld
let repository: GitRepository
let objects: GitObjects
beforeEach(() => {
  world = gitWorld()
  repository = world.repository('shop')
  objects = openObjects(repository.root)
})
afterEach(() => {
  objects.close()
  world.remove()
})

it('predicts many merges with one process, and goes on behind one that git refuses', async () => {
  const base = repository.commit('base', { 'f.py': '1\n' })
  repository.git('switch', '--quiet', '-c', 'dates')
  const dates = repository.commit('dates', { 'f.py': '2\n', 'd.py': 'd\n' })
  repository.git('switch', '--quiet', 'main')
  const target = repository.commit('main', { 'f.py': '3\n', 'm.py': 'm\n' })
  repository.git('switch', '--quiet', '--orphan', 'other')
  const other = repository.commit('other', { 'o.py': 'o\n' })

  const pairs = [base, dates, other, dates].map((source) => ({ target, source }))
  const before = countedGitProcesses()
  const [first, second] = await predictMerges(repository.root, objects, pairs.slice(0, 2), '')
  expect(countedGitProcesses() - before).toBe(2)
  expect((await first!.snapshot.list(''))?.map(({ path }) => path)).toEqual(['f.py', 'm.py'])
  expect(second).toMatchObject({ method: 'merge-tree', textualConflicts: ['f.py'] })

  const all = await predictMerges(repository.root, objects, pairs, '')
  expect(all.map((one) => one?.method)).toEqual(['merge-tree', 'merge-tree', 'union', 'merge-tree'])
  expect((await all[3]!.snapshot.list(''))?.map(({ path }) => path)).toEqual(['d.py', 'f.py', 'm.py'])
})
