import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { type MergeOptions, predictMerge } from './merged-tree.js'
import type { Snapshot } from './snapshot.js'

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

async function filesOf(snapshot: Snapshot, directory = ''): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const entries = (await snapshot.list(directory))!
  await snapshot.readAll(
    entries.filter(({ mode }) => mode === 'file'),
    ({ path }, content) => {
      files[path] = content instanceof Uint8Array ? new TextDecoder().decode(content) : content.code
    },
  )
  for (const { path, mode } of entries) if (mode === 'directory') Object.assign(files, await filesOf(snapshot, path))
  return files
}

/** Main and topic from one base. */
function diverge() {
  const base = repository.commit('base', { 'a.py': 'a\n', 'gone.py': 'g\n', 'both.py': 'x\n', 'kept/k.py': 'k\n' })
  repository.git('switch', '--quiet', '-c', 'topic')
  const source = repository.commit('topic', {
    'versions/deep/t.py': 't\n',
    'gone.py': null,
    'both.py': 'topic\n',
    'new.py': 'topic new\n',
    'kept/k.py': null,
  })
  repository.git('switch', '--quiet', 'main')
  const target = repository.commit('main', {
    'a.py': 'a2\n',
    'm.py': 'm\n',
    'both.py': 'main\n',
    'new.py': 'main new\n',
  })
  return { base, source, target }
}

const merged = {
  'a.py': 'a2\n',
  'both.py': 'main\n',
  'm.py': 'm\n',
  'new.py': 'main new\n',
  'versions/deep/t.py': 't\n',
}

describe('predictMerge', () => {
  it.each<[string, MergeOptions]>([
    ['merge-tree', {}],
    ['path-level', { mergeTree: false }],
  ])('by %s keeps the target where both sides changed a file, and says which', async (method, options) => {
    const { base, source, target } = diverge()
    const predicted = await predictMerge(repository.root, objects, target, source, options)
    expect(predicted).toMatchObject({ method, base })
    expect([...predicted.textualConflicts].sort()).toEqual(['both.py', 'new.py'])
    expect(predicted.sides.get('new.py')).toEqual({
      target: repository.git('rev-parse', `${target}:new.py`),
      source: repository.git('rev-parse', `${source}:new.py`),
    })
    expect(await filesOf(predicted.snapshot)).toEqual(merged)
    expect(await predicted.snapshot.list('kept')).toBeNull()
    expect(repository.git('status', '--porcelain')).toBe('')
  })

  it('keeps the files of both sides where there is no common history', async () => {
    const target = repository.commit('main', { 'a.py': 'a\n', 'same.py': '1\n' })
    repository.git('switch', '--quiet', '--orphan', 'other')
    const source = repository.commit('other', { 'b/b.py': 'b\n', 'same.py': '2\n' })
    const predicted = await predictMerge(repository.root, objects, target, source)
    expect(predicted).toMatchObject({ method: 'union', base: null, textualConflicts: ['same.py'] })
    expect(await filesOf(predicted.snapshot)).toEqual({ 'a.py': 'a\n', 'b/b.py': 'b\n', 'same.py': '1\n' })
  })

  it('sees only the part of the repository where the workspace lies', async () => {
    const target = repository.commit('main', { 'apps/shop/a.py': 'a\n', 'b.py': 'b\n' })
    repository.git('switch', '--quiet', '-c', 'topic')
    const source = repository.commit('topic', { 'apps/shop/c.py': 'c\n', 'b.py': 'b2\n' })
    for (const mergeTree of [true, false]) {
      const options = { prefix: 'apps/shop/', mergeTree }
      const { snapshot } = await predictMerge(repository.root, objects, target, source, options)
      expect(await filesOf(snapshot)).toEqual({ 'a.py': 'a\n', 'c.py': 'c\n' })
    }
  })
})
