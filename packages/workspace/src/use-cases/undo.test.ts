import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Death, dyingDisk } from '../../../../test/support/disks.js'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { aMove, changeOf, everythingIn, recordIn } from '../../../../test/support/repairs.js'
import { put, treeOf } from '../../../../test/support/trees.js'
import { ApplyRefused, applyChanges, lastRepair, noteCommit } from '../apply/index.js'
import { readMoves } from '../moves/index.js'
import { undo } from './undo.js'

let world: GitWorld
let shop: GitRepository

const mine = 'billing/versions/mine.py'
const change = (path: string, after: string | null) => changeOf(shop, path, after)
const everything = () => everythingIn(shop)

beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
  shop.commit('start', { 'billing/versions/a.py': 'a', 'README.md': 'shop', 'notes.txt': 'notes' })
})

afterEach(() => world.remove())

async function expectRefused(kind: string, more: object = {}): Promise<void> {
  const before = everything()
  for (const dryRun of [true, false]) {
    const error = await undo(shop.root, { dryRun }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApplyRefused)
    expect((error as ApplyRefused).refusals).toMatchObject([{ kind, ...more }])
    expect(everything()).toEqual(before)
    expect(lastRepair(shop.root)).not.toBeNull()
  }
}

describe('undoing a repair that is not committed', () => {
  it('gives every file back, once', async () => {
    shop.write({ [mine]: 'mine', 'users/versions/old.py': 'old' })
    const before = everything()
    await applyChanges(
      shop.root,
      [change(mine, 'MINE'), change('billing/versions/2026/new.py', 'new'), change('users/versions/old.py', null)],
      recordIn(shop),
    )
    expect(everything()).not.toEqual(before)
    const undone = await undo(shop.root)
    expect(undone.changes.map(({ path }) => path)).toEqual([
      mine,
      'billing/versions/2026/new.py',
      'users/versions/old.py',
    ])
    expect(undone).toMatchObject({ git: { kind: null }, interrupted: null, record: { command: 'onehead fix' } })
    expect(everything()).toEqual(before)
    await expect(undo(shop.root)).rejects.toMatchObject({ refusals: [{ kind: 'nothing-to-undo' }] })
  })

  it('tells with a dry run what it would do, and does nothing', async () => {
    shop.write({ [mine]: 'mine' })
    await applyChanges(shop.root, [change(mine, 'MINE')], recordIn(shop))
    const repaired = everything()
    const { changes } = await undo(shop.root, { dryRun: true })
    expect(changes.map(({ after }) => String(after))).toEqual(['mine'])
    expect(everything()).toEqual(repaired)
  })

  it('refuses when a file is not what the repair wrote, by name, and touches none', async () => {
    shop.write({ [mine]: 'mine' })
    await applyChanges(shop.root, [change(mine, 'MINE'), change('billing/versions/a.py', 'A')], recordIn(shop))
    shop.write({ [mine]: 'mine, improved' })
    await expectRefused('changed', { path: mine, message: `${mine} has changed since the repair` })
  })

  it('brings back a file that is gone, and leaves one alone that is already as it was', async () => {
    shop.write({ [mine]: 'mine' })
    const before = everything()
    await applyChanges(shop.root, [change(mine, 'MINE'), change('billing/versions/a.py', 'A')], recordIn(shop))
    shop.write({ [mine]: null })
    shop.git('checkout', '--quiet', 'billing/versions/a.py')
    expect((await undo(shop.root)).changes.map(({ path }) => path)).toEqual([mine])
    expect(everything()).toEqual(before)
  })

  it('forgets which revisions it moved', async () => {
    shop.write({ [mine]: 'mine' })
    const { id } = await applyChanges(shop.root, [change(mine, 'MINE')], { ...recordIn(shop), moves: [aMove] })
    expect(readMoves(shop.root)).toEqual({ moves: [{ ...aMove, repair: id }], damage: null })
    await undo(shop.root)
    expect(readMoves(shop.root)).toEqual({ moves: [], damage: null })
  })

  it('refuses once somebody has committed it, and tells the way', async () => {
    shop.write({ [mine]: 'mine' })
    await applyChanges(shop.root, [change(mine, 'MINE')], recordIn(shop))
    const start = shop.id('HEAD')
    shop.commit('mine, repaired')
    await expectRefused('head-moved', { command: `git reset --soft ${start}` })
    shop.git('reset', '--soft', start)
    await undo(shop.root)
    expect(treeOf(shop.root)[mine]).toContain('mine')
  })

  it('does nothing where nothing was written: the repair before it stays the last one', async () => {
    shop.write({ [mine]: 'mine' })
    await applyChanges(shop.root, [change(mine, 'MINE')], recordIn(shop))
    await applyChanges(shop.root, [], { ...recordIn(shop), command: 'onehead fix again' })
    expect(lastRepair(shop.root)?.command).toBe('onehead fix')
  })
})

describe('undoing a repair that was committed', () => {
  /** A script that nobody has added yet, another that is edited, a third that is staged; all re-parented and committed. */
  async function repairAndCommit(): Promise<string> {
    shop.write({ [mine]: 'mine', 'billing/versions/a.py': 'a, edited', 'billing/versions/b.py': 'b' })
    shop.git('add', 'billing/versions/b.py')
    shop.write({ 'notes.txt': 'my notes', 'README.md': 'staged' })
    shop.git('add', 'README.md')
    return JSON.stringify(everything())
  }
  const paths = [mine, 'billing/versions/a.py', 'billing/versions/b.py']
  async function commit(): Promise<string> {
    const { id } = await applyChanges(
      shop.root,
      paths.map((path) => change(path, `${path}, repaired`)),
      recordIn(shop),
    )
    shop.git('add', '--', ...paths)
    shop.git('commit', '--quiet', '-m', 'repair', '--', ...paths)
    await noteCommit(shop.root, id, shop.id('HEAD'))
    return shop.id('HEAD')
  }

  it('takes the commit back and leaves everything else as it was: untracked, edited, staged', async () => {
    const before = await repairAndCommit()
    await commit()
    expect(await undo(shop.root)).toMatchObject({ git: { kind: 'uncommit', to: shop.id('HEAD') } })
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('takes the first commit of all back', async () => {
    shop = world.repository('new')
    shop.write({ [mine]: 'mine' })
    const before = everything()
    const unborn = recordIn(shop, { headBefore: null })
    const { id } = await applyChanges(shop.root, [change(mine, 'MINE')], unborn)
    await noteCommit(shop.root, id, shop.commit('first'))
    await undo(shop.root)
    expect(everything()).toEqual(before)
  })

  it('refuses when the commit is pushed', async () => {
    const remote = world.bare('remote')
    shop.git('remote', 'add', 'origin', remote.root)
    await repairAndCommit()
    const oid = await commit()
    shop.git('push', '--quiet', 'origin', 'HEAD:work')
    await expectRefused('pushed', {
      message: `${oid.slice(0, 10)}, which holds the repair, is on origin/work`,
      command: `git revert ${oid.slice(0, 10)}`,
    })
  })

  it('refuses when another commit came after it, or another branch is checked out', async () => {
    await repairAndCommit()
    const oid = await commit()
    shop.git('switch', '--quiet', '-c', 'other')
    await expectRefused('branch-switched', { command: 'git switch main' })
    shop.git('switch', '--quiet', 'main')
    shop.commit('more', { 'more.txt': 'more' })
    await expectRefused('head-moved', { command: `git reset --soft ${oid}` })
  })

  it('can be interrupted anywhere and undone once more', async () => {
    for (let step = 1; ; step += 4) {
      shop = world.repository(`shop-${step}`)
      shop.commit('start', { 'billing/versions/a.py': 'a', 'README.md': 'shop', 'notes.txt': 'notes' })
      const before = await repairAndCommit()
      await commit()
      const dying = dyingDisk(step)
      await undo(shop.root, { disk: dying.disk }).catch((error: unknown) => {
        if (!(error instanceof ApplyRefused) && !(error instanceof Death)) throw error
      })
      rmSync(join(shop.root, '.git/onehead/repair.lock'), { force: true })
      if (lastRepair(shop.root) !== null) await undo(shop.root)
      expect(JSON.stringify(everything())).toBe(before)
      if (dying.steps() < step) break
    }
  })
})

describe('where the workspace is only a part', () => {
  it('of a repository: other folders and other workspaces are left alone', async () => {
    shop.write({ 'apps/onehead.json': '{}', 'apps/users/a.py': 'users', 'other/onehead.json': '{}' })
    const apps = join(shop.root, 'apps')
    const before = everything()
    const users = { path: 'users/a.py', before: Buffer.from('users'), after: Buffer.from('USERS') }
    await applyChanges(apps, [users], recordIn(shop))
    await expect(undo(join(shop.root, 'other'))).rejects.toMatchObject({
      refusals: [{ kind: 'other-workspace', message: 'the last repair was made in apps' }],
    })
    await undo(apps)
    expect(everything()).toEqual(before)
  })

  it('of a linked working tree: repairs are its own, moves are everybody’s', async () => {
    shop.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked')
    const linked = world.open(join(world.folder, 'linked'))
    put(linked.root, mine, 'mine')
    const before = treeOf(linked.root)
    const changes = [{ path: mine, before: Buffer.from('mine'), after: Buffer.from('MINE') }]
    await applyChanges(linked.root, changes, { ...recordIn(linked), moves: [aMove] })
    expect(lastRepair(shop.root)).toBeNull()
    expect(readMoves(shop.root).moves).toHaveLength(1)
    await undo(linked.root)
    expect(treeOf(linked.root)).toEqual(before)
    expect(readMoves(shop.root).moves).toEqual([])
  })
})
