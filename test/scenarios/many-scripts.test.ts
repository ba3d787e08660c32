import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../support/git-world.js'

const APPS = 12
const REVISIONS = 600

let world: GitWorld
let shop: GitRepository
beforeAll(() => {
  world = gitWorld()
  shop = world.repository('shop')
  const id = (index: number) => (0xa00000 + index).toString(16).repeat(2)
  for (let number = 0; number < APPS; number++) {
    const name = `apps/billing${String(number).padStart(2, '0')}`
    shop.write(app(name))
    const versions = join(shop.root, name, 'migrations/versions')
    mkdirSync(versions)
    for (let index = 0; index < REVISIONS; index++) {
      // Two apps with two heads, one at either end, and one with a script that does not compile.
      const parent = index === 0 ? null : id(index - (index === REVISIONS - 1 && number % (APPS - 1) === 0 ? 2 : 1))
      const start = number === 7 && index === 300 ? 'x = "never closed\n' : ''
      writeFileSync(join(versions, `${id(index)}.py`), start + script(id(index), parent))
    }
  }
  shop.commit('Every history')
})
afterAll(() => world.remove())

/** What a check says, and how many threads it has started; `how` is code that runs before it. */
function check(how: string): { readonly report: unknown; readonly threads: number } {
  const preload = join(world.folder, 'preload.mjs')
  const log = `process.stderr.write('a thread\\n')`
  writeFileSync(
    preload,
    `import os from 'node:os'
import threads from 'node:worker_threads'
import { syncBuiltinESMExports } from 'node:module'
os.availableParallelism = () => 2
const { Worker } = threads
threads.Worker = class extends Worker { constructor(...given) { super(...given); ${log} } }
${how}
syncBuiltinESMExports()`,
  )
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` }
  const { status, stdout, stderr } = shop.onehead(['check', '--no-cache', '--format', 'json'], { env })
  expect(status).toBe(1)
  return { report: JSON.parse(stdout), threads: stderr.split('a thread').length - 1 }
}

it('many scripts are judged by two threads, which say what one would say, in its order', () => {
  const alone = check('os.availableParallelism = () => 1')
  expect(alone.threads).toBe(0)
  expect(alone.report).toMatchObject({ summary: { environments: APPS, errors: 3 } })
  expect(check('')).toEqual({ report: alone.report, threads: 1 })
  const dies = check(
    'threads.Worker = class extends threads.Worker { once(name, done) { setTimeout(() => this.terminate(), 120); return super.once(name, done) } }',
  )
  expect(dies).toEqual({ report: alone.report, threads: 1 })
  const refuses = check(`threads.Worker = class { constructor() { throw new Error('no threads here') } }`)
  expect(refuses).toEqual({ report: alone.report, threads: 0 })
})
