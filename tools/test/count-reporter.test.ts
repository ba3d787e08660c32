import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-reporter-')))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

writeFileSync(
  join(scratch, 'heads.test.mjs'),
  `test('one head', () => {})
   test('two heads', () => { throw new Error('not one') })
   test('on a server', (context) => context.skip('no PostgreSQL'))
   describe.skipIf('no Python 3')('as Alembic says (no Python 3)', () => {
     describe('labels', () => { test('first', () => {}); test('second', () => {}) })
   })`,
)
writeFileSync(join(scratch, 'broken.test.mjs'), `import './absent.mjs'`)
writeFileSync(join(scratch, 'rejected.test.mjs'), `test('quiet', () => { Promise.reject(new Error('nobody waits')) })`)

function count(...filters: string[]) {
  const file = join(scratch, 'count.json')
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
  const reporter = fileURLToPath(new URL('count-reporter.mjs', import.meta.url))
  const options = ['run', '--root', scratch, '--globals', `--reporter=${reporter}`, ...filters]
  spawnSync(process.execPath, [vitest, ...options], { cwd: scratch, env: { ...process.env, ONEHEAD_TEST_COUNT: file } })
  return JSON.parse(readFileSync(file, 'utf8'))
}

test('counts what passed, what failed, and what was skipped with its reason', () => {
  expect(count('heads')).toEqual({
    passed: 1,
    failed: 1,
    skipped: [
      { name: 'heads.test.mjs: on a server: no PostgreSQL', count: 1 },
      { name: 'heads.test.mjs: as Alembic says (no Python 3)', count: 2 },
    ],
  })
})

test('a test that a filter leaves out is not a skipped test', () => {
  expect(count('heads', '-t', 'one head')).toEqual({ passed: 1, failed: 0, skipped: [] })
})

test('a file that cannot be loaded is a failed test', () => {
  expect(count('broken')).toMatchObject({ passed: 0, failed: 1 })
})

test('an error that no test waited for is a failed test', () => {
  expect(count('rejected')).toMatchObject({ passed: 1, failed: 1 })
})
