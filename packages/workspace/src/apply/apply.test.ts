import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FileChange } from '@onehead/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyChanges, type RepairRecord } from './index.js'

let root: string

const record: RepairRecord = {
  kind: 'fix',
  command: 'onehead fix',
  at: '2026-01-05T10:00:00Z',
  environments: ['billing'],
  git: null,
  moves: [],
}

const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
const change = (path: string, before: string | null, after: string | null): FileChange => ({
  path,
  before: bytes(before),
  after: bytes(after),
})

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-apply-')))
  write('billing/versions/a.py', 'invoices')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('applying changes', () => {
  it('writes, creates and removes', async () => {
    write('billing/versions/b.py', 'payments')
    const { written } = await applyChanges(
      root,
      [
        change('billing/versions/a.py', 'invoices', 'INVOICES'),
        change('billing/versions/b.py', 'payments', null),
        change('billing/versions/2026/c.py', null, 'refunds'),
      ],
      record,
    )
    expect(written).toEqual(['billing/versions/a.py', 'billing/versions/b.py', 'billing/versions/2026/c.py'])
    expect(read('billing/versions/a.py')).toBe('INVOICES')
    expect(read('billing/versions/2026/c.py')).toBe('refunds')
    expect(readdirSync(join(root, 'billing/versions')).sort()).toEqual(['2026', 'a.py'])
    expect(readdirSync(join(root, '.onehead')).sort()).toEqual(['.gitignore', 'last-repair.json'])
  })

  it('refuses a file that has changed meanwhile, by name, and writes nothing', async () => {
    await expect(
      applyChanges(
        root,
        [change('billing/versions/new.py', null, 'x'), change('billing/versions/a.py', 'other', 'INVOICES')],
        record,
      ),
    ).rejects.toMatchObject({ refusals: [{ kind: 'changed', path: 'billing/versions/a.py' }] })
    expect(readdirSync(join(root, 'billing/versions'))).toEqual(['a.py'])
  })
})
