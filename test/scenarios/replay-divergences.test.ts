import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PushReport } from '../../packages/core/src/report/push-report.js'
import { defaultConfiguration } from '../../packages/workspace/src/configuration/index.js'
import { judgePush, takeUpPush } from '../../packages/workspace/src/gate/fast-path.js'
import { type GitObjects, openObjects } from '../../packages/workspace/src/git/objects.js'
import { commitSnapshot } from '../../packages/workspace/src/snapshot/commit.js'
import { predictMerge } from '../../packages/workspace/src/snapshot/merged-tree.js'
import type { Snapshot } from '../../packages/workspace/src/snapshot/snapshot.js'
import { loadHistoriesAt } from '../../packages/workspace/src/use-cases/histories-at.js'
import { type GitWorld, gitWorld } from '../support/git-world.js'
import { type Divergence, importDivergences, readDivergences, sideRef } from '../support/replay.js'

/** 250 divergences that really happened, rebuilt as commits. What they are worth is what real Alembic said of each side. */
const divergences = readDivergences()
const all = divergences.map((divergence, index) => ({ ...divergence, index }))

let world: GitWorld
let root: string
let objects: GitObjects
beforeAll(() => {
  world = gitWorld()
  root = world.repository('shop').root
  importDivergences(root, divergences)
  objects = openObjects(root)
})
afterAll(() => {
  objects.close()
  world.remove()
})

async function headsOf(snapshot: Snapshot): Promise<readonly string[]> {
  const { histories } = await loadHistoriesAt(snapshot, defaultConfiguration)
  return [...histories[0]!.map.heads].sort()
}

async function commitId(index: number, side: string): Promise<string> {
  return (await objects.read(sideRef(index, side)))!.oid
}

describe('divergences that really happened', () => {
  it('every side has the heads that Alembic sees there', async () => {
    for (const { index, sides, heads, repo, commit } of all) {
      for (const side of Object.keys(sides)) {
        const snapshot = await commitSnapshot(objects, await commitId(index, side))
        expect(await headsOf(snapshot!), `${side} of ${repo} ${commit}`).toEqual([...heads[side]!].sort())
      }
    }
  })

  it.each([
    ['by git', {}],
    ['file by file, as with an old git', { mergeTree: false }],
  ])('the merge of both parents is predicted %s', async (_, options) => {
    for (const { index, sides, heads, repo, commit } of all) {
      if (!('parent1' in sides)) continue
      const ends = [await commitId(index, 'parent1'), await commitId(index, 'parent2')] as const
      const { snapshot, textualConflicts } = await predictMerge(root, objects, ...ends, options)
      if (textualConflicts.length > 0) continue
      expect(await headsOf(snapshot), `${repo} ${commit}`).toEqual([...heads.predicted!].sort())
    }
  })
})

/** Pushes one side to a remote whose main branch is at another side. */
async function push(index: number, side: string, onto: string): Promise<PushReport | null> {
  const remote = `r${index}-${onto}`
  spawnSync('git', ['update-ref', `refs/remotes/${remote}/main`, sideRef(index, onto)], { cwd: root })
  spawnSync('git', ['symbolic-ref', `refs/remotes/${remote}/HEAD`, `refs/remotes/${remote}/main`], { cwd: root })
  const localOid = await commitId(index, side)
  const line = { localRef: sideRef(index, side), localOid, remoteRef: 'refs/heads/work', remoteOid: '0'.repeat(40) }
  const request = { cwd: root, env: world.env, remote, url: `/srv/${remote}`, branches: [{ ...line, branch: 'work' }] }
  const inHand = await takeUpPush(request)
  if (inHand === null) return null
  try {
    return (await judgePush(inHand, 1_800_000_000)).report
  } finally {
    inHand.objects.close()
  }
}

const rulesOf = (report: PushReport | null) =>
  report?.branches.flatMap(({ findings }) =>
    findings.filter(({ blocks }) => blocks).map(({ diagnostic }) => diagnostic.rule),
  ) ?? []

/** Whether going from one side to another changes or loses a revision that was there. */
function rewrites({ common, sides }: Divergence, from: string, to: string): boolean {
  const after = new Map([...common, ...sides[to]!].map(([revision, parents]) => [revision, parents.join()]))
  return [...common, ...sides[from]!].some(([revision, parents]) => after.get(revision) !== parents.join())
}

describe('the gate, had it been there', () => {
  it('stops every push that forked a history, and lets its quiet counterpart through', async () => {
    const counted = { stopped: 0, quiet: 0 }
    for (const one of all) {
      const { index, sides, heads, repo, commit } = one
      const [side, onto, both] =
        'parent1' in sides ? ['parent2', 'parent1', heads.predicted!] : ['commit', 'parent', heads.commit!]
      const report = await push(index, side, onto)
      // Where the new head was there before, somebody re-parented what is published, and that is what blocks.
      const before = new Set([...one.common, ...sides[onto]!].map(([revision]) => revision))
      const isFork = both.length > Math.max(1, heads[onto]!.length) && both.some((head) => !before.has(head))
      expect(rulesOf(report).includes('multiple-heads'), `${repo} ${commit}`).toBe(isFork)
      expect(report?.blocked, `${repo} ${commit}`).toBe(true)
      counted.stopped++
      if (!('base' in sides)) continue
      const isQuiet = heads.parent2!.length <= Math.max(1, heads.base!.length) && !rewrites(one, 'base', 'parent2')
      const quiet = await push(index, 'parent2', 'base')
      expect(quiet?.blocked ?? false, `quiet: ${repo} ${commit} ${rulesOf(quiet)}`).toBe(!isQuiet)
      counted.quiet++
    }
    expect(counted).toEqual({ stopped: 250, quiet: 188 })
  })

  it('lets the merge through in which the author repaired it', async () => {
    for (const one of all.filter(({ kind }) => kind === 'resolved-in-merge')) {
      // The side whose revisions the repair left alone is the one that was published.
      const onto = ['parent2', 'parent1'].find((side) => !rewrites(one, side, 'merge'))
      const report = await push(one.index, 'merge', onto ?? 'parent1')
      const expected = onto === undefined ? ['rewritten-published-revision'] : []
      expect([...new Set(rulesOf(report))], `${one.repo} ${one.commit}`).toEqual(expected)
    }
  })
})
