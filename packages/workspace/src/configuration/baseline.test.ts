import { describe, expect, it } from 'vitest'
import { memorySnapshot } from '../snapshot/memory.js'
import { defaultConfiguration, formatBaseline, loadBaseline } from './index.js'

const load = (text: string, path = 'onehead.baseline.json') =>
  loadBaseline(memorySnapshot({ [path]: text }), { ...defaultConfiguration, baseline: path })

const parked = [
  { rule: 'stale-docstring', fingerprint: 'ffffffffffffffff' },
  { rule: 'file-name', fingerprint: '0123456789abcdef' },
  { rule: 'stale-docstring', fingerprint: '0000000000000001' },
  { rule: 'stale-docstring', fingerprint: 'ffffffffffffffff' },
]

describe('baseline', () => {
  it('is written sorted, one fingerprint a line, whatever the order', () => {
    const text = `{
  "schemaVersion": 1,
  "rules": {
    "file-name": [
      "0123456789abcdef"
    ],
    "stale-docstring": [
      "0000000000000001",
      "ffffffffffffffff"
    ]
  }
}
`
    expect(formatBaseline(parked)).toBe(text)
    expect(formatBaseline([...parked].reverse())).toBe(text)
  })

  it('is read as it was written, from the configured path', async () => {
    const baseline = await load(formatBaseline(parked), 'db/debt.json')
    expect(baseline.path).toBe('db/debt.json')
    expect([...baseline.fingerprints].sort()).toEqual(['0000000000000001', '0123456789abcdef', 'ffffffffffffffff'])
    expect([...baseline.byRule.get('stale-docstring')!]).toEqual(['0000000000000001', 'ffffffffffffffff'])
  })

  it('parks nothing where there is none', async () => {
    const none = await loadBaseline(memorySnapshot({}), defaultConfiguration)
    expect(none).toMatchObject({ path: null, fingerprints: new Set() })
  })

  it.each([
    ['{', '1:2', 'a "}" is missing'],
    ['[]', '1:1', 'a baseline is an object'],
    ['{ "rules": {} }', '1:1', '"schemaVersion" is not 1'],
    ['{ "schemaVersion": 2, "rules": {} }', '1:3', '"schemaVersion" is not 1'],
    ['{ "schemaVersion": 1, "rules": [] }', '1:23', '"rules" is not an object'],
    ['{ "schemaVersion": 1, "rules": { "file-name": "x" } }', '1:34', '"file-name" is not a list'],
    [
      '{ "schemaVersion": 1,\n  "rules": { "file-name": [ "0123456789abcdef", "x" ] } }',
      '2:49',
      '16 hexadecimal digits',
    ],
  ])('refuses %j', async (text, place, message) => {
    await expect(load(text)).rejects.toMatchObject({
      name: 'UsageError',
      place: `onehead.baseline.json:${place}`,
      message: expect.stringContaining(message),
    })
  })
})
