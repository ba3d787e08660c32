import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { findGitDirectories } from './directories.js'
import { countedGitProcesses } from './process.js'
import { readSymbolicRef } from './symbolic-ref.js'

const HEAD = 'refs/remotes/origin/HEAD'

let world: GitWorld
let clone: GitRepository
beforeEach(() => {
  world = gitWorld()
  const hub = world.repository('hub')
  hub.commit('start')
  clone = world.clone(hub, 'clone')
})
afterEach(() => world.remove())

const read = (root = clone.root) => readSymbolicRef(root, findGitDirectories(root, {}), HEAD)

it('is read without git, in a linked worktree too, and when everything else is packed', async () => {
  clone.git('pack-refs', '--all')
  clone.git('worktree', 'add', '--quiet', join(world.folder, 'linked'))
  const before = countedGitProcesses()
  expect(await read()).toBe('refs/remotes/origin/main')
  expect(await read(join(world.folder, 'linked'))).toBe('refs/remotes/origin/main')
  clone.git('symbolic-ref', HEAD, 'refs/remotes/origin/gone')
  expect(await read()).toBe('refs/remotes/origin/gone')
  clone.git('remote', 'set-head', 'origin', '--delete')
  expect(await read()).toBeNull()
  expect(countedGitProcesses()).toBe(before)
})

it('is asked of git where no folder is known, or where refs lie in tables', async () => {
  expect(await readSymbolicRef(clone.root, null, HEAD)).toBe('refs/remotes/origin/main')
  clone.git('remote', 'set-head', 'origin', '--delete')
  mkdirSync(join(clone.root, '.git/reftable'))
  const before = countedGitProcesses()
  expect(await read()).toBeNull()
  expect(countedGitProcesses()).toBe(before + 1)
})
