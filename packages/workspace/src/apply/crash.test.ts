import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countingDisk, Death, dyingDisk, failingDisk } from '../../../../test/support/disks.js'
import { aMove, aRecord, fileChange } from '../../../../test/support/repairs.js'
import { put, type Tree, treeOf } from '../../../../test/support/trees.js'
import { readMoves } from '../moves/index.js'
import { undo } from '../use-cases/undo.js'
import { ApplyRefused, applyChanges, lastRepair, recover } from './index.js'

let folder: string
let made = 0

const quick = { disk: countingDisk().disk }

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-crash-')))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = { ...aRecord, moves: [aMove] }

/** A re-parent, a file with an odd mode, a rename into a folder that is not there yet, a removal. */
const changes = [
  fileChange('billing/versions/a.py', 'down_revision = "8b1f"\r\n', 'down_revision = "d41c"\r\n'),
  fileChange('billing/versions/run.py', '#!/usr/bin/env python\n', '#!/usr/bin/env python3\n'),
  fileChange('billing/versions/old.py', 'refunds', null),
  fileChange('billing/versions/2026/new.py', null, 'refunds'),
  fileChange('billing/versions/merge.py', 'drop me', null),
]

/** A fresh workspace; `changes` fit it. */
function workspace(): string {
  const root = join(folder, `${++made}`)
  mkdirSync(root)
  put(root, 'billing/versions/a.py', 'down_revision = "8b1f"\r\n', 0o640)
  put(root, 'billing/versions/run.py', '#!/usr/bin/env python\n', 0o755)
  put(root, 'billing/versions/old.py', 'refunds', 0o600)
  put(root, 'billing/versions/merge.py', 'drop me')
  put(root, 'billing/versions/other.py', 'nobody touches this')
  return root
}

/** What a process that died leaves behind, and the system takes away from it. */
function bury(root: string): void {
  for (const name of readdirSync(join(root, '.onehead'))) {
    if (name.endsWith('.lock') || name.endsWith('.turn')) rmSync(join(root, '.onehead', name))
  }
}

async function dies(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const death = error instanceof ApplyRefused ? error.cause : error
  // Whoever is dead says nothing: what is thrown does not count, only that the work did not end well.
  if (error !== null && !(death instanceof Death) && !(error instanceof ApplyRefused)) throw error
}

/** The two trees between which there is nothing. */
async function ends(): Promise<{ before: Tree; after: Tree; steps: number }> {
  const root = workspace()
  const before = treeOf(root)
  const { disk, steps } = countingDisk()
  await applyChanges(root, changes, record, { disk })
  return { before, after: treeOf(root), steps: steps() }
}

function expectNoTraces(root: string): void {
  const notes = readdirSync(join(root, '.onehead')).sort()
  expect(notes.filter((name) => !['.gitignore', 'last-repair.json', 'moves.json'].includes(name))).toEqual([])
}

function expectWhole(root: string, { before, after }: { before: Tree; after: Tree }): 'before' | 'after' {
  const now = treeOf(root)
  const stands = now['billing/versions/a.py'] === after['billing/versions/a.py']
  expect(now).toEqual(stands ? after : before)
  expect(lastRepair(root)).toEqual(stands ? record : null)
  expect(readMoves(root)).toEqual({
    moves: stands ? [{ ...aMove, repair: expect.any(String) }] : [],
    damage: null,
  })
  expectNoTraces(root)
  return stands ? 'after' : 'before'
}

describe('a process that dies while it writes', () => {
  it('leaves all or nothing behind once the next run has looked, whichever step was its last', async () => {
    const both = await ends()
    const outcomes = new Set<string>()
    for (let step = 1; step <= both.steps; step++) {
      const root = workspace()
      await dies(applyChanges(root, changes, record, { disk: dyingDisk(step).disk }))
      bury(root)
      const recovery = await recover(root, quick)
      outcomes.add(`${recovery?.outcome ?? 'nothing'} → ${expectWhole(root, both)}`)
      expect(await recover(root, quick)).toBeNull()
    }
    expect([...outcomes].sort()).toEqual([
      'completed → after',
      'discarded → before',
      'nothing → after',
      'nothing → before',
      'taken-back → before',
    ])
  })

  it('and so does one that dies while it puts that right', async () => {
    const both = await ends()
    for (let step = 1; step <= both.steps; step += 5) {
      for (let second = 1; ; second++) {
        const root = workspace()
        await dies(applyChanges(root, changes, record, { disk: dyingDisk(step).disk }))
        bury(root)
        const dying = dyingDisk(second)
        await dies(recover(root, { disk: dying.disk }))
        const died = dying.steps() >= second
        bury(root)
        await recover(root, quick)
        expectWhole(root, both)
        if (!died) break
      }
    }
  })

  it('leaves the notes on what it moved exactly where the repair stands, also without a file to write', async () => {
    const { disk, steps } = countingDisk()
    await applyChanges(workspace(), [], record, { disk })
    for (let step = 1; step <= steps(); step++) {
      const root = workspace()
      await dies(applyChanges(root, [], record, { disk: dyingDisk(step).disk }))
      bury(root)
      await recover(root, quick)
      expect(readMoves(root).moves).toHaveLength(lastRepair(root) === null ? 0 : 1)
      expectNoTraces(root)
    }
  })

  it('can go on with its work afterwards', async () => {
    const { after, steps } = await ends()
    for (let step = 1; step < steps; step += 5) {
      const root = workspace()
      await dies(applyChanges(root, changes, record, { disk: dyingDisk(step).disk }))
      bury(root)
      const recovered = await recover(root, quick)
      if (recovered?.outcome !== 'completed' && lastRepair(root) === null)
        await applyChanges(root, changes, record, quick)
      expect(treeOf(root)).toEqual(after)
    }
  })

  it('is undone as a whole, or not at all, or once more', async () => {
    const both = await ends()
    for (let step = 1; ; step++) {
      const root = workspace()
      await applyChanges(root, changes, record, quick)
      const dying = dyingDisk(step)
      await dies(undo(root, { disk: dying.disk }))
      const died = dying.steps() >= step
      bury(root)
      await recover(root, quick)
      const now = treeOf(root)
      const isBack = now['billing/versions/a.py'] === both.before['billing/versions/a.py']
      // A folder made for a file is the last thing to go.
      const { 'billing/versions/2026': _, ...files } = now
      expect(isBack ? files : now).toEqual(isBack ? both.before : both.after)
      if (lastRepair(root) !== null) await undo(root, quick)
      expect(treeOf(root)).toEqual(both.before)
      expect(readMoves(root).moves).toEqual([])
      expectNoTraces(root)
      if (!died) break
    }
  })
})

describe('a disk that fails', () => {
  it.each(['ENOSPC', 'EIO', 'EACCES'])('with %s at any one step leaves everything as it was', async (code) => {
    const both = await ends()
    for (let step = 1; step <= both.steps; step++) {
      const root = workspace()
      const { disk } = failingDisk(code, ({ number }) => number === step)
      const failed = await applyChanges(root, changes, record, { disk }).then(
        () => null,
        (error: unknown) => error,
      )
      if (failed === null) expect(treeOf(root)).toEqual(both.after)
      else {
        expect(failed).toBeInstanceOf(ApplyRefused)
        expect(treeOf(root)).toEqual(both.before)
        expect((failed as ApplyRefused).refusals.map(({ kind }) => kind)).not.toContain('half-done')
        expect(lastRepair(root)).toBeNull()
        expect(readMoves(root).moves).toEqual([])
      }
      rmSync(join(root, '.onehead/repair.lock'), { force: true })
    }
  })

  it('for good, from any step on, leaves all or nothing once it works again', async () => {
    const both = await ends()
    for (let step = 1; step <= both.steps; step++) {
      const root = workspace()
      const { disk } = failingDisk('ENOSPC', ({ number }) => number >= step)
      await dies(applyChanges(root, changes, record, { disk }))
      bury(root)
      await recover(root, quick)
      expectWhole(root, both)
    }
  })
})

/** A file of a random workspace: what it holds before and after. */
const anyFile = fc.record({
  folder: fc.constantFrom('', 'users/', 'users/versions/', 'billing/versions/', 'billing/versions/2026/q1/'),
  name: fc.constantFrom('a.py', 'b.py', 'c.py', 'été.py', 'with space.py', "o'clock.py"),
  before: fc.option(fc.uint8Array({ maxLength: 50 }), { nil: null }),
  after: fc.option(fc.uint8Array({ maxLength: 50 }), { nil: null }),
  mode: fc.constantFrom(0o644, 0o600, 0o755, 0o664, 0o4755),
})

const anyWorkspace = fc
  .uniqueArray(anyFile, { selector: ({ folder, name }) => folder + name, minLength: 1, maxLength: 8 })
  .map((files) => files.filter(({ before, after }) => before !== null || after !== null))

describe('any changes, interrupted anywhere', () => {
  it('are there as a whole or not at all, and can be undone', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorkspace, fc.double({ min: 0, max: 1, noNaN: true }), async (files, when) => {
        const fresh = (): string => {
          const root = join(folder, `${++made}`)
          mkdirSync(root)
          for (const { folder: at, name, before, mode } of files) if (before) put(root, at + name, before, mode)
          return root
        }
        const wanted = files.map(({ folder: at, name, before, after }) => ({ path: at + name, before, after }))
        const whole = fresh()
        const before = treeOf(whole)
        const { disk, steps } = countingDisk()
        await applyChanges(whole, wanted, aRecord, { disk })
        const after = treeOf(whole)
        for (const { path, after: bytes } of wanted) {
          expect(after[path]?.replace(/^\d+ /, '') ?? null).toBe(bytes && Buffer.from(bytes).toString('latin1'))
        }

        const root = fresh()
        await dies(applyChanges(root, wanted, aRecord, { disk: dyingDisk(1 + Math.floor(when * steps())).disk }))
        bury(root)
        await recover(root, quick)
        expect([JSON.stringify(before), JSON.stringify(after)]).toContain(JSON.stringify(treeOf(root)))
        expectNoTraces(root)

        if (lastRepair(whole) === null) expect(after).toEqual(before)
        else await undo(whole, quick)
        expect(treeOf(whole)).toEqual(before)
      }),
      { numRuns: 60 },
    )
  })
})
