import { describe, expect, it } from 'vitest'
import { memorySnapshot } from './memory.js'
import { compareNames } from './order.js'
import type { Entry } from './snapshot.js'

describe('memorySnapshot', () => {
  const snapshot = memorySnapshot({
    'billing/versions/10.py': 'ten',
    'billing/versions/9.py': new Uint8Array([57]),
    'billing/versions/latest.py': { symlink: '10.py' },
    'billing/empty/': '',
  })

  it('lists what is directly in a directory, in Python order, and null for what is none', async () => {
    expect(await snapshot.list('billing/versions')).toMatchObject([
      { path: 'billing/versions/10.py', mode: 'file' },
      { path: 'billing/versions/9.py', mode: 'file' },
      { path: 'billing/versions/latest.py', mode: 'symlink' },
    ])
    expect((await snapshot.list('billing'))?.map((entry) => entry.path)).toEqual(['billing/empty', 'billing/versions'])
    expect(await snapshot.list('billing/empty')).toEqual([])
    expect((await snapshot.list(''))?.map((entry) => entry.mode)).toEqual(['directory'])
    expect(await snapshot.list('billing/versions/10.py')).toBeNull()
    expect(await snapshot.list('users')).toBeNull()
  })

  it('reads bytes, the target text of links, and says what is missing', async () => {
    const seen: unknown[] = []
    const entry = (path: string): Entry => ({ path, mode: 'file', contentId: null })
    await snapshot.readAll(
      ['billing/versions/10.py', 'billing/versions/9.py', 'billing/versions/latest.py', 'users.py'].map(entry),
      (_, content) => seen.push(content instanceof Uint8Array ? new TextDecoder().decode(content) : content.code),
    )
    expect(seen).toEqual(['ten', '9', '10.py', 'missing'])
  })
})

describe('compareNames', () => {
  it('orders by code point, not by UTF-16 unit', () => {
    expect(
      ['\u{1f600}.py', '\uffe5.py', 'é.py', 'a.py', '_o.py', 'B.py', '10.py', '.b.py', 'a'].sort(compareNames),
    ).toEqual(['.b.py', '10.py', 'B.py', '_o.py', 'a', 'a.py', 'é.py', '\uffe5.py', '\u{1f600}.py'])
  })
})
