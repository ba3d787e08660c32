import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutorContext } from '@nx/devkit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../../test/support/git-world.js'
import fixExecutor from '../fix/executor.js'
import mergeExecutor from '../merge/executor.js'
import type { MergeExecutorOptions } from '../merge/options.js'
import rebaseExecutor from '../rebase/executor.js'
import type { RepairExecutorOptions } from './options.js'

const versions = 'billing/migrations/versions'
const mine = `${versions}/aa02.py`

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  // Git inside the executor takes its author from where the executor runs.
  for (const [name, value] of Object.entries(world.env)) if (/^(GIT_|HOME$|XDG_)/.test(name)) vi.stubEnv(name, value)
  const remote = world.bare('shop.git')
  const other = world.clone(remote, 'other')
  other.commit('start', { ...app('billing'), ...app('users'), [`${versions}/aa01.py`]: script('aa01', null) })
  other.git('push', '--quiet', 'origin', 'main')
  shop = world.clone(remote, 'shop')
  other.commit('refund', { [`${versions}/aa03.py`]: script('aa03', 'aa01') })
  other.git('push', '--quiet', 'origin', 'main')
  shop.git('switch', '--quiet', '-c', 'topic')
  shop.commit('due date', { [mine]: script('aa02', 'aa01') })
  shop.git('pull', '--quiet', '--no-rebase', 'origin', 'main')
})
afterEach(() => {
  vi.unstubAllEnvs()
  world.remove()
})

async function run(
  executor: typeof fixExecutor | typeof mergeExecutor,
  options: RepairExecutorOptions & MergeExecutorOptions,
) {
  const printed: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, done) => {
    printed.push(String(text))
    ;(done as unknown as () => void)()
    return true
  })
  const context = { root: shop.root, projectName: 'billing', targetName: 'migrate-fix' } as ExecutorContext
  const result = await executor({ environments: ['billing/alembic.ini#alembic'], ...options }, context).finally(() =>
    write.mockRestore(),
  )
  return { ...result, output: printed.join(''), printed }
}

const read = (path: string) => readFileSync(join(shop.root, path), 'utf8')

it('shows the plan, and writes nothing where nothing is to be written', async () => {
  const { success, output } = await run(fixExecutor, { dryRun: true })
  expect([success, output]).toEqual([true, expect.stringContaining('re-parent aa02 (change) onto aa03 (change)')])
  expect(output).toContain('next: `npx nx run billing:migrate-fix` applies it')
  expect(shop.git('status', '--porcelain')).toBe('')
})

it('repairs, having said what a database needs that has run what moves', async () => {
  const { success, output, printed } = await run(fixExecutor, {})
  expect([success, output]).toEqual([true, expect.stringContaining('one head: aa02 in billing')])
  expect(printed[0]).toContain('would skip aa03')
  expect(read(mine)).toBe(script('aa02', 'aa03'))
  expect((await run(fixExecutor, {})).output).toContain('nothing to repair in billing, one head: aa02')
})

it('commits where that is wanted, and tells whether a push would pass', async () => {
  const { success, output } = await run(fixExecutor, { commit: true })
  expect([success, output]).toEqual([true, expect.stringContaining('your push will pass')])
  expect(shop.git('status', '--porcelain')).toBe('')
})

it('speaks JSON, one document', async () => {
  const { output } = await run(rebaseExecutor, { format: 'json' })
  expect(JSON.parse(output)).toMatchObject({ applied: true, plan: { repairs: [{ decision: 'rebase' }] } })
})

it('joins with a merge revision, under the id and the message that are given', async () => {
  const template = `"""\${message}"""\nrevision = \${repr(up_revision)}\ndown_revision = \${repr(down_revision)}\n`
  shop.commit('template', { 'billing/migrations/script.py.mako': template })
  const options = { revisionId: 'aa04', message: 'merge refunds and due dates' }
  const { success, output } = await run(mergeExecutor, options)
  expect([success, output]).toEqual([true, expect.stringContaining('one head: aa04 in billing')])
  expect(read(`${versions}/aa04_merge_refunds_and_due_dates.py`)).toContain('merge refunds and due dates')
})

it('fails where it refuses: what is published stays where it is', async () => {
  shop.git('push', '--quiet', 'origin', 'topic:release')
  shop.commit('publish', { 'onehead.json': '{"published": ["release"]}' })
  shop.git('fetch', '--quiet')
  const { success, output } = await run(rebaseExecutor, {})
  expect([success, output]).toEqual([false, expect.stringMatching(/refused\[[\w-]+\]: billing: .*aa02/)])
  expect(read(mine)).toBe(script('aa02', 'aa01'))
})

it('says in a sentence what it cannot work with', async () => {
  const { success, output } = await run(fixExecutor, { environments: ['gone/alembic.ini'] })
  expect([success, output]).toEqual([false, expect.stringMatching(/^error: .*gone\/alembic\.ini/)])
})
