import { describe, expect, it } from 'vitest'
import { exampleEnvironment } from '../../../../test/support/read-history.js'
import { memorySnapshot } from '../snapshot/memory.js'
import { loadHistory } from './load-history.js'

const script = "revision = '3c9e51a7b204'\ndown_revision = None\n"

function load(parse: boolean) {
  const files = ['a.py', 'gone.py'].map((path) => ({ path, mode: 'file', contentId: null }) as const)
  const listing = { files, loadedTwice: [], notes: ['b/ is not loaded'] }
  return loadHistory(memorySnapshot({ 'a.py': script }), exampleEnvironment(), listing, {
    parse: () => parse,
    full: false,
  })
}

describe('the history of an environment', () => {
  it('counts what was read, and how; a file that vanished was neither scanned nor parsed', async () => {
    expect(await load(false)).toMatchObject({ scanned: 1, parsed: 0 })
    const { history, scanned, parsed } = await load(true)
    expect([scanned, parsed]).toEqual([0, 1])
    expect(history.unreadable).toMatchObject([{ path: 'gone.py', cause: 'not-readable' }])
  })

  it('carries what the listing has to say', async () => {
    expect((await load(false)).history.environment.notes).toEqual(['b/ is not loaded'])
  })
})
