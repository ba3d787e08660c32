import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { type GitObjects, openObjects } from '../git/objects.js'
import { commitSnapshot, treeIdOf } from './commit.js'
import type { Entry } from './snapshot.js'

let world: GitWorld
let repository: GitRepository
let objects: GitObjects
beforeAll(() => {
  world = gitWorld()
  repository = world.repository('shop')
  objects = openObjects(repository.root)
})
afterAll(() => {
  objects.close()
  world.remove()
})

const text = (content: unknown) => (content instanceof Uint8Array ? new TextDecoder().decode(content) : content)

describe('commitSnapshot', () => {
  it('lists and reads what the commit has, whatever lies in the working tree', async () => {
    const commit = repository.commit('start', {
      'billing/versions/b.py': 'b\n',
      'billing/versions/a.py': 'a\n',
      'billing/versions.md': '',
      'billing/link.py': { symlink: 'versions/a.py' },
      'we\nird "name"\u001b.py': 'odd\n',
    })
    repository.write({ 'billing/versions/a.py': 'changed', 'billing/versions/c.py': 'new' })
    const snapshot = (await commitSnapshot(objects, commit))!
    expect(snapshot.commit).toBe(commit)
    expect((await snapshot.list(''))!.map(({ path, mode }) => [path, mode])).toEqual([
      ['billing', 'directory'],
      ['we\nird "name"\u001b.py', 'file'],
    ])
    expect((await snapshot.list('billing'))!.map(({ path }) => path)).toEqual([
      'billing/link.py',
      'billing/versions',
      'billing/versions.md',
    ])
    expect(await snapshot.list('billing/versions/a.py')).toBeNull()
    expect(await snapshot.list('users')).toBeNull()
    const entry = (path: string): Entry => ({ path, mode: 'file', contentId: null })
    const seen: unknown[] = []
    await snapshot.readAll(
      [
        ...(await snapshot.list('billing/versions'))!,
        entry('billing/link.py'),
        entry('we\nird "name"\u001b.py'),
        entry('users.py'),
      ],
      (one, content) => seen.push([one.path, content instanceof Uint8Array ? text(content) : content.code]),
    )
    expect(seen).toEqual([
      ['billing/versions/a.py', 'a\n'],
      ['billing/versions/b.py', 'b\n'],
      ['billing/link.py', 'versions/a.py'],
      ['we\nird "name"\u001b.py', 'odd\n'],
      ['users.py', 'missing'],
    ])
    expect(await treeIdOf(snapshot, 'billing/versions')).toBe(repository.git('rev-parse', `${commit}:billing/versions`))
    expect(await treeIdOf(snapshot, 'billing/versions.md')).toBeNull()
    const below = (await commitSnapshot(objects, 'main', 'billing/'))!
    expect((await below.list('versions'))!.map(({ path }) => path)).toEqual(['versions/a.py', 'versions/b.py'])
    expect(await (await commitSnapshot(objects, 'HEAD', 'users/'))!.list('')).toEqual([])
  })

  it('is null for what names no commit', async () => {
    expect(await commitSnapshot(objects, 'refs/heads/gone')).toBeNull()
    expect(await commitSnapshot(objects, '0'.repeat(40))).toBeNull()
    expect(await commitSnapshot(objects, 'HEAD:billing')).toBeNull()
    expect(await commitSnapshot(objects, 'main\nmain')).toBeNull()
  })
})
