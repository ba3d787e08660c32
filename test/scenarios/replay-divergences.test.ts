import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultConfiguration } from '../../packages/workspace/src/configuration/index.js'
import { type GitObjects, openObjects } from '../../packages/workspace/src/git/objects.js'
import { commitSnapshot } from '../../packages/workspace/src/snapshot/commit.js'
import { predictMerge } from '../../packages/workspace/src/snapshot/merged-tree.js'
import type { Snapshot } from '../../packages/workspace/src/snapshot/snapshot.js'
import { loadHistoriesAt } from '../../packages/workspace/src/use-cases/histories-at.js'
import { type GitWorld, gitWorld } from '../support/git-world.js'
import { importDivergences, readDivergences, sideRef } from '../support/replay.js'

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
