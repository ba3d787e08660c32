import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { indexSnapshot } from './index-tree.js'

let world: GitWorld
let repository: GitRepository
let objects: GitObjects
beforeEach(() => {
  world = gitWorld()
  repository = world.repository('shop')
  objects = openObjects(repository.root)
})
afterEach(() => {
  vi.unstubAllEnvs()
  objects.close()
  world.remove()
})

async function read(directory: string, cwd = repository.root): Promise<readonly string[]> {
  const snapshot = await indexSnapshot(cwd, objects)
  const said: string[] = []
  await snapshot.readAll((await snapshot.list(directory)) ?? [], ({ path }, content) =>
    said.push(`${path}: ${content instanceof Uint8Array ? new TextDecoder().decode(content) : content.code}`),
  )
  return said
}

it('is what a commit would have: staged, not merely written', async () => {
  repository.commit('start', { 'billing/a.py': 'a', 'billing/gone.py': 'g', 'billing/__init__.py': '' })
  repository.write({ 'billing/a.py': 'staged', 'billing/new\nline.py': 'n', 'billing/empty.py': '' })
  repository.git('add', '--all')
  repository.git('rm', '--quiet', 'billing/gone.py')
  repository.write({ 'billing/a.py': 'later', 'billing/untracked.py': 'u', 'billing/meant.py': 'm' })
  repository.git('add', '--intent-to-add', 'billing/meant.py')
  expect(await read('billing')).toEqual([
    'billing/__init__.py: ',
    'billing/a.py: staged',
    'billing/empty.py: ',
    'billing/new\nline.py: n',
  ])
  expect(await read('', `${repository.root}/billing`)).toContain('a.py: staged')
  expect(await read('users')).toEqual([])
})

it('takes our side of what is not merged yet, and theirs where we have none', async () => {
  repository.commit('start', { 'a.py': 'base', 'b.py': 'base' })
  repository.git('switch', '--quiet', '-c', 'topic')
  repository.commit('topic', { 'a.py': 'topic', 'b.py': 'topic' })
  repository.git('switch', '--quiet', 'main')
  repository.commit('main', { 'a.py': 'main', 'b.py': null })
  expect(repository.try(['merge', 'topic']).status).toBe(1)
  expect(await read('')).toEqual(['a.py: main', 'b.py: topic'])
})

it('reads the index that git has set for the hook', async () => {
  repository.commit('start', { 'a.py': 'a' })
  vi.stubEnv('GIT_DIR', `${repository.root}/.git`)
  vi.stubEnv('GIT_WORK_TREE', repository.root)
  vi.stubEnv('GIT_INDEX_FILE', '.git/other-index')
  expect(await read('')).toEqual([])
})

it('keeps what git has set for one repository out of another', async () => {
  const other = world.repository('library')
  repository.commit('start', { 'a.py': 'a' })
  vi.stubEnv('GIT_DIR', `${other.root}/.git`)
  vi.stubEnv('GIT_WORK_TREE', other.root)
  expect(await read('')).toEqual(['a.py: a'])
})
