import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as otherWork } from 'node:timers/promises'
import type { Environment } from '@onehead/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exampleEnvironment } from '../../../../test/support/read-history.js'
import { loadHistory } from '../history/load-history.js'
import { workingTree } from '../snapshot/working-tree.js'
import { ReadAhead } from './read-ahead.js'

const environments = ['few', 'billing', 'users'].map((path) => exampleEnvironment({ path }))
const [few, billing, users] = environments as [Environment, Environment, Environment]

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'onehead-ahead-'))
  for (const [path, count] of [
    ['few', 3],
    ['billing', 600],
    ['users', 600],
  ] as const) {
    mkdirSync(join(root, path, 'versions'), { recursive: true })
    for (let index = 0; index < count; index++) writeScript(path, index)
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function writeScript(path: string, index: number, more = ''): string {
  const script = `${path}/versions/r${index}.py`
  const parent = index === 0 ? 'None' : `'r${index - 1}'`
  writeFileSync(join(root, script), `revision = 'r${index}'\ndown_revision = ${parent}\n${more}`)
  return script
}

it('reads environments in their order, and each is taken once', async () => {
  const ahead = new ReadAhead(root)
  ahead.begin(environments)
  while (ahead.extent(environments).environments < 3) await otherWork()
  expect(ahead.extent(environments)).toEqual({ environments: 3, scripts: 1203 })
  expect(ahead.take(billing)?.scanned.readings).toHaveLength(600)
  expect(ahead.take(billing)).toBeNull()
  expect(ahead.extent(environments)).toEqual({ environments: 1, scripts: 3 })
})

it('reads no more than it has begun once it is told to stop', async () => {
  const ahead = new ReadAhead(root)
  ahead.begin([billing, users])
  await ahead.stop()
  for (let turn = 0; turn < 20; turn++) await otherWork()
  expect(ahead.extent([billing, users])).toEqual({ environments: 1, scripts: 600 })
})

it('reads nothing where all there is goes through the parser', async () => {
  const ahead = new ReadAhead(root)
  ahead.begin([few])
  for (let turn = 0; turn < 20; turn++) await otherWork()
  await ahead.stop()
  expect(ahead.extent([few])).toEqual({ environments: 0, scripts: 0 })
})

it('leads to the same history, with what has changed since as it is now', async () => {
  const ahead = new ReadAhead(root)
  ahead.begin([billing])
  await ahead.stop()
  const changed = [
    writeScript('billing', 7, "branch_labels = ('ledger',)\n"),
    writeScript('billing', 9, 'depends_on = f()\n'),
  ]
  rmSync(join(root, 'billing/versions/r599.py'))
  changed.push('billing/versions/r599.py')
  const policy = { parse: (path: string) => changed.includes(path), full: false }
  const snapshot = workingTree(root)
  const { listing, scanned } = ahead.take(billing)!
  const read = await loadHistory(snapshot, billing, listing, policy, scanned)
  const found = await loadHistory(snapshot, billing, listing, policy)
  expect({ ...read, history: read.history.scripts }).toEqual({ ...found, history: found.history.scripts })
  expect(read).toMatchObject({ scanned: 597, parsed: 2 })
  expect(read.history.unreadable).toEqual(found.history.unreadable)
  expect(read.history.unreadable.map(({ path }) => path)).toEqual(['billing/versions/r599.py'])
})
