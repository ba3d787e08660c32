import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { check } from './check.js'
import { updateBaseline } from './update-baseline.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onehead-baseline-'))
  write('alembic.ini', '[alembic]\nscript_location = %(here)s/db\n')
  write('db/env.py', '')
  write(
    'db/versions/a.py',
    `"""create invoices\n\nRevises: gone\n"""\nrevision = '3c9e51a7b204'\ndown_revision = None\n`,
  )
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('updating the baseline', () => {
  it('parks old debt, and leaves nothing else behind', async () => {
    expect(await updateBaseline({ root })).toEqual({ path: 'onehead.baseline.json', parked: 1, remaining: 0 })
    const { report } = await check({ root, git: false })
    expect(report.diagnostics).toEqual([])
    expect(readdirSync(root).sort()).toEqual(['alembic.ini', 'db', 'onehead.baseline.json'])
  })

  it('does not count as parked what the next check shows again', async () => {
    write('db/versions/b.py', `revision = '8b1f2c7d90aa'\ndown_revision = compute()\n`)
    expect(await updateBaseline({ root })).toMatchObject({ parked: 1, remaining: 1 })
    const { report } = await check({ root, git: false })
    expect(report.diagnostics.map(({ rule }) => rule)).toEqual(['unreadable-script'])
  })

  it('never overwrites a file that is no baseline, nor what a link leads to', async () => {
    write('onehead.json', '{ "baseline": "db/versions/a.py" }')
    const script = readFileSync(join(root, 'db/versions/a.py'), 'utf8')
    await expect(updateBaseline({ root })).rejects.toMatchObject({ name: 'UsageError' })
    expect(readFileSync(join(root, 'db/versions/a.py'), 'utf8')).toBe(script)
    write('onehead.json', '{}')
    symlinkSync('db/env.py', join(root, 'onehead.baseline.json'))
    await expect(updateBaseline({ root })).rejects.toMatchObject({ name: 'UsageError' })
    expect(readFileSync(join(root, 'db/env.py'), 'utf8')).toBe('')
  })

  it('refuses a directory that is not there', async () => {
    write('onehead.json', '{ "baseline": "debt/onehead.json" }')
    await expect(updateBaseline({ root })).rejects.toThrow('debt/onehead.json cannot be written (ENOENT)')
  })
})
