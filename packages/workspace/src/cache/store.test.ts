import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clearStore, openStore } from './store.js'

let directory: string
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'onehead-cache-')), 'onehead/cache')
})
afterEach(() => rmSync(join(directory, '../..'), { recursive: true, force: true }))

const files = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'swept')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

describe('a store', () => {
  it('keeps values by key, for whoever opens it', () => {
    openStore(directory).put('billing', { heads: ['8b1f2c7d90aa'], note: 'é\n' })
    expect(openStore(directory).get('billing')).toEqual({ heads: ['8b1f2c7d90aa'], note: 'é\n' })
    expect(openStore(directory).get('users')).toBeUndefined()
  })

  it.each([
    ['cut', (text: string) => text.slice(0, -3)],
    ['empty', () => ''],
    ['changed by one character', (text: string) => text.replace('8b1f', '8b1e')],
    ['something else', () => '{"heads": []}'],
    ['no text', () => '\0\xff\xfe'],
  ])('takes a file that is %s for a miss, and writes it anew', (_, damage) => {
    const store = openStore(directory)
    store.put('billing', ['8b1f2c7d90aa'])
    const path = files()[0]!
    writeFileSync(path, damage(readFileSync(path, 'utf8')), 'latin1')
    expect(store.get('billing')).toBeUndefined()
    store.put('billing', ['8b1f2c7d90aa'])
    expect(store.get('billing')).toEqual(['8b1f2c7d90aa'])
  })

  it('tells keys apart that have one checksum', () => {
    // Of the same length, and found by trying.
    const [one, other] = ['plumless', 'buckeroo']
    const store = openStore(directory)
    store.put(one, 1)
    expect(store.get(other)).toBeUndefined()
    store.put(other, 2)
    expect([store.get(one), store.get(other)]).toEqual([undefined, 2])
    expect(files()).toHaveLength(1)
  })

  it('takes a directory in place of a file for a miss, and leaves nothing half written', () => {
    const store = openStore(directory)
    store.put('billing', 1)
    const path = files()[0]!
    rmSync(path)
    mkdirSync(path)
    expect(store.get('billing')).toBeUndefined()
    store.put('billing', 2)
    expect(files()).toEqual([])
  })

  it('fails nobody where nothing can be written, and keeps no giants', () => {
    mkdirSync(join(directory, '..'), { recursive: true })
    writeFileSync(directory, 'a file')
    const store = openStore(directory)
    store.put('billing', 1)
    store.sweep()
    expect(store.get('billing')).toBeUndefined()
    rmSync(directory)
    store.put('billing', 'x'.repeat(2 * 1024 * 1024))
    expect(store.get('billing')).toBeUndefined()
  })

  it('is bounded: what nobody has used for a month goes, then the oldest', () => {
    const store = openStore(directory, { mostBytes: 900 })
    const ages = { old: 40, older: 3, newer: 2, newest: 1 }
    for (const [key, days] of Object.entries(ages)) {
      const before = new Set(safely(files))
      store.put(key, key.padEnd(300, '.'))
      const path = files().find((one) => !before.has(one))!
      const time = Date.now() / 1000 - days * 24 * 3600 + 60
      utimesSync(path, time, time)
    }
    store.sweep()
    expect(Object.keys(ages).filter((key) => store.get(key) !== undefined)).toEqual(['newer', 'newest'])
    store.put('another', 'x'.repeat(5000))
    store.sweep()
    expect(store.get('another')).toBeDefined()
  })

  it('notices use, so that what is used stays', () => {
    const store = openStore(directory)
    store.put('billing', 1)
    const path = files()[0]!
    const longAgo = Date.now() / 1000 - 20 * 24 * 3600
    utimesSync(path, longAgo, longAgo)
    store.get('billing')
    expect(statSync(path).mtimeMs / 1000).toBeGreaterThan(longAgo + 24 * 3600)
  })

  it('is cleared whole, and only itself', () => {
    openStore(directory).put('billing', 'x'.repeat(1000))
    writeFileSync(join(directory, '../skipped.jsonl'), 'kept')
    expect(clearStore(directory)).toBeGreaterThan(1000)
    expect(readdirSync(join(directory, '..'))).toEqual(['skipped.jsonl'])
    expect(clearStore(directory)).toBe(0)
  })
})

function safely(list: () => string[]): string[] {
  try {
    return list()
  } catch {
    return []
  }
}
