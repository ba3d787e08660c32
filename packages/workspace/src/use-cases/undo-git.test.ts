import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Death, dyingDisk } from '../../../../test/support/disks.js'
import { type GitRepository, type GitWorld, gitWorld } from '../../../../test/support/git-world.js'
import { changeOf, everythingIn, recordIn } from '../../../../test/support/repairs.js'
import { ApplyRefused, applyChanges, lastRepair, noteCommit, recover } from '../apply/index.js'
import { undo } from './undo.js'

let world: GitWorld
let shop: GitRepository

const mine = 'billing/versions/mine.py'
const theirs = 'billing/versions/theirs.py'
const change = (path: string, after: string | null) => changeOf(shop, path, after)
const everything = () => everythingIn(shop)

beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
  shop.commit('start', { 'billing/versions/a.py': 'a', 'README.md': 'shop', 'notes.txt': 'notes' })
  shop.git('branch', 'target')
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

/** A commit on the target: a script of theirs, and a change of one that is here. */
function targetMoves(): string {
  shop.git('switch', '--quiet', 'target')
  const commit = shop.commit('theirs', { [theirs]: 'theirs', 'billing/versions/a.py': 'a by them' })
  shop.git('switch', '--quiet', 'main')
  return commit
}

describe('undoing a repair that began a merge', () => {
  /** The merge is in progress, the repair written; `mine` is tracked by nobody, `a.py` came in another form from the target. */
  async function mergeAndRepair(): Promise<string> {
    const target = targetMoves()
    shop.commit('ours', { 'ours.txt': 'ours' })
    shop.write({ [mine]: 'mine', 'notes.txt': 'my notes' })
    const before = JSON.stringify(everything())
    const headBefore = shop.id('HEAD')
    shop.git('merge', '--quiet', '--no-ff', '--no-commit', 'target')
    const { id } = await applyChanges(
      shop.root,
      [
        change(mine, 'MINE'),
        change('billing/versions/a.py', 'a by them, repaired'),
        change('billing/versions/merge.py', 'merge'),
      ],
      recordIn(shop, { kind: 'merge', headBefore, target }),
    )
    repairId = id
    return before
  }
  let repairId: string

  it('aborts it', async () => {
    const before = await mergeAndRepair()
    expect(await undo(shop.root)).toMatchObject({ git: { kind: 'abort-merge' } })
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('aborts it as well when the repair was staged, and takes no script along that was never added', async () => {
    const before = await mergeAndRepair()
    shop.git('add', 'billing')
    await undo(shop.root)
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('goes back behind its commit', async () => {
    const before = await mergeAndRepair()
    shop.git('add', 'billing')
    shop.git('commit', '--quiet', '--no-edit')
    await noteCommit(shop.root, repairId, shop.id('HEAD'))
    expect(await undo(shop.root)).toMatchObject({ git: { kind: 'go-back' } })
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('refuses where the merge is pushed, with a command that git takes for a merge', async () => {
    await mergeAndRepair()
    shop.git('add', 'billing')
    shop.git('commit', '--quiet', '--no-edit')
    const merge = shop.id('HEAD')
    await noteCommit(shop.root, repairId, merge)
    shop.git('update-ref', 'refs/remotes/origin/work', merge)
    const command = `git revert -m 1 ${merge.slice(0, 10)}`
    await expectRefused('pushed', { command })
    shop.git('restore', 'notes.txt')
    shop.git(...command.split(' ').slice(1, 2), '--no-edit', ...command.split(' ').slice(2))
  })

  it('goes back behind a fast-forward', async () => {
    const target = targetMoves()
    shop.write({ [mine]: 'mine', 'notes.txt': 'my notes' })
    const before = everything()
    const headBefore = shop.id('HEAD')
    shop.git('merge', '--quiet', '--ff-only', 'target')
    shop.git('update-ref', 'refs/remotes/origin/target', target)
    await applyChanges(
      shop.root,
      [change(mine, 'MINE'), change(theirs, 'theirs, repaired')],
      recordIn(shop, { kind: 'merge', headBefore, target }),
    )
    await undo(shop.root)
    expect(everything()).toEqual(before)
  })

  it('keeps away where somebody has worked in it: staged, in conflict, another merge, or concluded', async () => {
    await mergeAndRepair()
    const merging = readFileSync(join(shop.root, '.git/MERGE_HEAD'))
    shop.write({ 'ours.txt': 'improved' })
    shop.git('add', 'ours.txt')
    await expectRefused('staged', { path: 'ours.txt' })
    shop.git('restore', '--staged', '--worktree', 'ours.txt')

    const blob = shop.git('rev-parse', 'HEAD:ours.txt')
    const stages = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\tours.txt\n`).join('')
    world.run('git', ['update-index', '--index-info'], shop.root, { input: `0 ${'0'.repeat(40)}\tours.txt\n${stages}` })
    await expectRefused('in-conflict', { path: 'ours.txt', command: 'git merge --abort' })
    shop.git('add', 'ours.txt')

    writeFileSync(join(shop.root, '.git/MERGE_HEAD'), `${shop.id('HEAD')}\n`)
    await expectRefused('merge-moved')
    writeFileSync(join(shop.root, '.git/MERGE_HEAD'), merging)
  })

  it('tells the way where somebody has committed the merge, and does the rest after that', async () => {
    const before = await mergeAndRepair()
    const start = shop.id('HEAD')
    shop.git('add', 'billing')
    shop.git('commit', '--quiet', '--no-edit')
    await expectRefused('head-moved', { command: `git reset --keep ${start}` })
    shop.git('reset', '--keep', start)
    await undo(shop.root)
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('says which files git has left behind where somebody moved only HEAD', async () => {
    const before = await mergeAndRepair()
    const start = shop.id('HEAD')
    shop.git('add', 'billing')
    shop.git('commit', '--quiet', '--no-edit')
    shop.git('reset', '--quiet', '--soft', start)
    const command = `git restore --source=${start} --staged --worktree billing/versions/a.py`
    await expectRefused('changed', { path: 'billing/versions/a.py', command })
    shop.git('reset', '--quiet', 'billing/versions/mine.py', 'billing/versions/merge.py')
    for (const path of ['billing/versions/a.py', theirs]) {
      shop.git('restore', `--source=${start}`, '--staged', '--worktree', path)
    }
    await undo(shop.root)
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('restores what is left where somebody has aborted it already', async () => {
    const before = await mergeAndRepair()
    shop.git('checkout', '--quiet', 'billing/versions/a.py')
    shop.git('merge', '--abort')
    expect(await undo(shop.root)).toMatchObject({ git: { kind: null } })
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('can be interrupted anywhere and undone once more', async () => {
    for (let step = 1; ; step += 3) {
      shop = world.repository(`shop-${step}`)
      shop.commit('start', { 'billing/versions/a.py': 'a', 'README.md': 'shop', 'notes.txt': 'notes' })
      shop.git('branch', 'target')
      const before = await mergeAndRepair()
      shop.git('add', 'billing')
      const dying = dyingDisk(step)
      await undo(shop.root, { disk: dying.disk }).catch((error: unknown) => {
        if (!(error instanceof ApplyRefused) && !(error instanceof Death)) throw error
      })
      rmSync(join(shop.root, '.git/onehead/repair.lock'), { force: true })
      if (lastRepair(shop.root) !== null) await undo(shop.root)
      expect(JSON.stringify(everything())).toBe(before)
      expect(existsSync(join(shop.root, '.git/onehead/kept'))).toBe(false)
      if (dying.steps() < step) break
    }
  })

  it('changes nothing where git cannot', async () => {
    await mergeAndRepair()
    shop.git('add', 'billing')
    const repaired = everything()
    writeFileSync(join(shop.root, '.git/index.lock'), '')
    await expect(undo(shop.root)).rejects.toMatchObject({ refusals: [{ kind: 'git-failed' }] })
    rmSync(join(shop.root, '.git/index.lock'))
    expect(everything()).toEqual(repaired)
    expect(await recover(shop.root)).toBeNull()
    expect(await undo(shop.root)).toMatchObject({ git: { kind: 'abort-merge' } })
  })

  it('changes nothing where git fails half way: a file of the merge was edited since', async () => {
    await mergeAndRepair()
    shop.git('add', 'billing')
    shop.write({ [theirs]: 'theirs, edited by me' })
    const repaired = everything()
    await expect(undo(shop.root)).rejects.toMatchObject({ refusals: [{ kind: 'git-failed' }] })
    expect(everything()).toEqual(repaired)
  })
})

describe('undoing a repair that ran a rebase', () => {
  async function rebaseAndRepair(committed: boolean): Promise<string> {
    const target = targetMoves()
    shop.commit('ours', { [mine]: 'mine' })
    shop.write({ 'scratch.txt': 'untracked' })
    const before = JSON.stringify(everything())
    const headBefore = shop.id('HEAD')
    shop.git('rebase', '--quiet', 'target')
    const { id } = await applyChanges(
      shop.root,
      [change(mine, 'MINE'), change('billing/versions/a.py', 'a by them, repaired')],
      recordIn(shop, { kind: 'rebase', headBefore, target }),
    )
    if (committed) await noteCommit(shop.root, id, shop.commit('repair'))
    return before
  }

  it('goes back to the old branch', async () => {
    const before = await rebaseAndRepair(false)
    expect(await undo(shop.root)).toMatchObject({ git: { kind: 'go-back' } })
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('goes back behind its commit as well', async () => {
    shop.write({ '.gitignore': 'scratch.txt\n' })
    shop.commit('ignore')
    const before = await rebaseAndRepair(true)
    await undo(shop.root)
    expect(JSON.stringify(everything())).toBe(before)
  })

  it('refuses in the middle of another', async () => {
    await rebaseAndRepair(false)
    mkdirSync(join(shop.root, '.git/rebase-merge'))
    await expectRefused('in-progress', { command: 'git rebase --abort' })
  })
})

describe('undoing a repair in the middle of a merge of the user', () => {
  it('leaves the merge in progress, also where the repair has concluded it', async () => {
    targetMoves()
    shop.commit('ours', { [mine]: 'mine' })
    shop.git('merge', '--quiet', '--no-ff', '--no-commit', '-m', 'my own words', 'target')
    const before = everything()
    const message = () => readFileSync(join(shop.root, '.git/MERGE_MSG'), 'utf8')
    const words = message()
    const { id } = await applyChanges(shop.root, [change(mine, 'MINE')], recordIn(shop))
    shop.git('add', mine)
    shop.git('commit', '--quiet', '--no-edit')
    await noteCommit(shop.root, id, shop.id('HEAD'))
    await undo(shop.root)
    expect(everything()).toEqual(before)
    expect(message()).toBe(words)
  })
})
