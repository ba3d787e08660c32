import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecutorContext, TaskGraph } from '@nx/devkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { wantsColor } from '../task.js'
import checkBatch from './batch.js'
import checkExecutor from './executor.js'
import type { CheckExecutorOptions } from './options.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onehead-batch-'))
  write('billing', { aa01: null, aa02: 'aa01' })
  write('orders', { bb01: null, bb02: 'bb01', bb03: 'bb01' })
  vi.stubEnv('FORCE_COLOR', '0')
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

function write(app: string, revisions: Record<string, string | null>): void {
  const files: Record<string, string> = {
    'alembic.ini': '[alembic]\nscript_location = %(here)s/migrations\n',
    'migrations/env.py': '',
  }
  for (const [id, down] of Object.entries(revisions)) {
    files[`migrations/versions/${id}.py`] =
      `"""add column"""\nrevision = "${id}"\ndown_revision = ${down === null ? 'None' : `"${down}"`}\n`
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, app, path)), { recursive: true })
    writeFileSync(join(root, app, path), text)
  }
}

async function runBatch(options: Record<string, CheckExecutorOptions>) {
  const tasks = Object.fromEntries(Object.keys(options).map((task) => [task, {}]))
  const outcomes = new Map<string, { success: boolean; terminalOutput: string }>()
  const batch = checkBatch({ tasks } as unknown as TaskGraph, options, {}, { root } as ExecutorContext)
  for await (const { task, result } of batch) outcomes.set(task, result)
  return outcomes
}

describe('a batch', () => {
  it('judges every task by its own options, and one that fails harms no other', async () => {
    const outcomes = await runBatch({
      'orders:migrate-check': { environments: ['orders/alembic.ini#alembic'] },
      'gone:migrate-check': { environments: ['gone/alembic.ini'] },
      'billing:migrate-check': { environments: ['billing/alembic.ini#alembic'] },
    })
    expect([...outcomes].map(([task, { success }]) => [task, success])).toEqual([
      ['orders:migrate-check', false],
      ['gone:migrate-check', false],
      ['billing:migrate-check', true],
    ])
    expect(outcomes.get('orders:migrate-check')!.terminalOutput).toContain('multiple-heads')
    expect(outcomes.get('gone:migrate-check')!.terminalOutput).toMatch(/^error: .*gone\/alembic\.ini/)
    expect(outcomes.get('billing:migrate-check')!.terminalOutput).toContain('2 revisions, 1 head (aa02) in billing')
  })

  it('says in JSON what it could not judge, where JSON was asked for', async () => {
    const outcomes = await runBatch({ gone: { environments: ['gone/alembic.ini'], format: 'json' } })
    expect(JSON.parse(outcomes.get('gone')!.terminalOutput).error).toMatchObject({ kind: 'usage' })
  })

  it('starts from the levels of the profile that a task asks for', async () => {
    writeFileSync(
      join(root, 'billing/migrations/versions/aa02.py'),
      '"""drop the tax"""\nfrom alembic import op\nrevision = "aa02"\ndown_revision = "aa01"\n\n\ndef upgrade():\n    op.drop_column("invoice", "tax")\n',
    )
    const options = { environments: ['billing/alembic.ini'], rules: ['drop-column'] }
    const outcomes = await runBatch({ usual: options, strict: { ...options, profile: 'strict' } })
    expect(outcomes.get('usual')!.terminalOutput).not.toContain('warn[drop-column]')
    expect(outcomes.get('strict')!.terminalOutput).toMatch(/warn\w*\[drop-column\]/)
  })

  it('prints the same on every machine and at every moment', async () => {
    const options = { orders: { environments: ['orders/alembic.ini#alembic'] } }
    const [first, second] = [await runBatch(options), await runBatch(options)]
    expect(second.get('orders')!.terminalOutput).toBe(first.get('orders')!.terminalOutput)
    expect(first.get('orders')!.terminalOutput).not.toContain(root)
    expect(first.get('orders')!.terminalOutput).not.toMatch(/\d ms|\x1b/)
  })
})

describe('the executor', () => {
  it('prints the report, as JSON when asked, and fails only on errors', async () => {
    const printed: string[] = []
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
      printed.push(String(text))
      ;(done as unknown as () => void)()
      return true
    })
    const context = { root } as ExecutorContext
    const billing = await checkExecutor({ environments: ['billing/alembic.ini'], format: 'json' }, context)
    const orders = await checkExecutor({ environments: ['orders/alembic.ini'] }, context)
    write.mockRestore()
    expect([billing.success, orders.success]).toEqual([true, false])
    expect(JSON.parse(printed[0]!).environments[0].heads).toEqual(['aa02'])
    expect(printed[1]).toContain('multiple-heads')
  })

  it.each([
    [{}, false],
    [{ FORCE_COLOR: 'true' }, true],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('with %j has colours: %j', (environment, expected) => {
    expect(wantsColor(environment)).toBe(expected)
  })
})
