import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { app, type GitRepository, type GitWorld, gitWorld, script } from '../../../../test/support/git-world.js'
import { type CheckOptions, check } from '../use-cases/check.js'

let world: GitWorld
let shop: GitRepository
beforeEach(() => {
  world = gitWorld()
  shop = world.repository('shop')
  shop.commit('start', {
    ...app('billing'),
    'billing/migrations/versions/aa01_start.py': script('aa01', null),
    'billing/migrations/versions/aa02_more.py': script('aa02', 'aa01'),
    ...app('users'),
    'users/migrations/versions/bb01_start.py': script('bb01', null),
    '.gitignore': 'ignored_*.py\n__pycache__/\n',
  })
})
afterEach(() => world.remove())

/** What nobody could keep is what was written a moment ago: files must have come to rest. */
const rest = () => sleep(60)

async function fresh(options: Partial<CheckOptions> = {}) {
  return (await check({ root: shop.root, ...options })).report
}

async function cached(options: Partial<CheckOptions> = {}) {
  await rest()
  return (await check({ root: shop.root, cache: true, ...options })).report
}

function kept(): readonly string[] {
  const home = join(shop.root, '.git/onehead/cache')
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'swept')
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Marks every verdict that is kept, so that a report tells whether it came from there. */
function markKept(): void {
  for (const path of kept()) {
    const body = readFileSync(path, 'utf8').replace(/^.*\n/, '')
    const marked = body.replace('"notes":[', '"notes":["from the cache"')
    writeFileSync(path, `${crc32(marked).toString(16).padStart(8, '0')}\n${marked}`)
  }
}

/** Which environments' verdicts came from the cache. */
async function fromCache(options: Partial<CheckOptions> = {}): Promise<readonly string[]> {
  const { environments } = await cached(options)
  return environments.filter(({ notes }) => notes.includes('from the cache')).map(({ name }) => name)
}

describe('a check with a cache', () => {
  it('finds what it has found before, and says the same', async () => {
    const first = await cached()
    expect(first).toEqual(await fresh())
    expect(await cached()).toEqual(first)
    markKept()
    expect(await fromCache()).toEqual(['billing', 'users'])
    expect(await fromCache({ cache: false })).toEqual([])
  })

  it('does so in another worktree, and after a switch there and back', async () => {
    await cached()
    markKept()
    shop.git('switch', '--quiet', '-c', 'topic')
    shop.commit('more', { 'users/migrations/versions/bb02_more.py': script('bb02', 'bb01') })
    expect(await fromCache()).toEqual(['billing'])
    shop.git('switch', '--quiet', 'main')
    expect(await fromCache()).toEqual(['billing', 'users'])
    shop.git('worktree', 'add', '--quiet', '--detach', '../elsewhere', 'main')
    const elsewhere = join(world.folder, 'elsewhere')
    expect(await fromCache({ root: elsewhere })).toEqual(['billing', 'users'])
  })

  it.each<[string, () => void]>([
    ['changed', () => shop.write({ 'billing/migrations/versions/aa02_more.py': script('aa02', 'gone') })],
    ['new', () => shop.write({ 'billing/migrations/versions/aa03_fork.py': script('aa03', 'aa01') })],
    ['ignored by git', () => shop.write({ 'billing/migrations/versions/ignored_aa03.py': script('aa03', 'aa01') })],
    ['deleted', () => shop.write({ 'billing/migrations/versions/aa01_start.py': null })],
    [
      'staged',
      () => {
        shop.write({ 'billing/migrations/versions/aa03_fork.py': script('aa03', 'aa01') })
        shop.git('add', '--all')
      },
    ],
    ['a link', () => shop.write({ 'billing/migrations/versions/link': { symlink: '../../../aa03_else.py' } })],
    [
      'changed while git was told not to look',
      () => {
        shop.git('update-index', '--assume-unchanged', 'billing/migrations/versions/aa02_more.py')
        shop.write({ 'billing/migrations/versions/aa02_more.py': script('aa02', 'gone') })
      },
    ],
    [
      'skipped in the index',
      () => {
        shop.git('update-index', '--skip-worktree', 'billing/migrations/versions/aa02_more.py')
        shop.write({ 'billing/migrations/versions/aa02_more.py': script('aa02', 'gone') })
      },
    ],
  ])('looks again where a script is %s', async (_, change) => {
    await cached()
    markKept()
    change()
    const { environments, diagnostics } = await cached()
    const before = await fresh()
    expect(diagnostics).toEqual(before.diagnostics)
    expect(environments[0]).toEqual(before.environments[0])
    expect(environments[1]!.notes).toEqual(['from the cache'])
    // And keeps nothing of it that could be wrong later.
    expect((await cached()).diagnostics).toEqual(before.diagnostics)
  })

  it('keeps nothing of a script that changed after git had looked', async () => {
    shop.write({ 'billing/migrations/versions/aa02_more.py': script('aa02', 'gone') })
    const path = join(shop.root, 'billing/migrations/versions/aa02_more.py')
    shop.commit('cycle', {})
    await rest()
    // As if it had been written while the check was running: the clock of the file system is ahead.
    utimesSync(path, Date.now() / 1000 + 60, Date.now() / 1000 + 60)
    await check({ root: shop.root, cache: true })
    expect(
      kept()
        .map((file) => readFileSync(file, 'utf8'))
        .join(),
    ).not.toContain('"name":"billing"')
  })

  it('judges anew under other settings', async () => {
    shop.commit('debt', { 'billing/migrations/versions/aa03_fork.py': script('aa03', 'aa01') })
    for (const options of [{}, { scripts: 'all' }, { rules: ['second-base'] }, { full: true }] as const) {
      expect(await cached(options)).toEqual(await fresh(options))
    }
    shop.commit('allow', { 'onehead.json': '{"rules": {"multiple-heads": "warn"}}' })
    expect(await cached()).toEqual(await fresh())
    shop.commit('expect', { 'onehead.json': '{"environments": {"billing": {"expectedHeads": 2}}}' })
    expect(await cached()).toEqual(await fresh())
  })

  it('serves commits and merges by what their directories are', async () => {
    shop.git('switch', '--quiet', '-c', 'topic')
    shop.commit('more', { 'users/migrations/versions/bb02_more.py': script('bb02', 'bb01') })
    const merge = { at: 'topic', mergeWith: 'main' }
    expect(await cached(merge)).toEqual(await fresh(merge))
    expect(await cached({ at: 'main' })).toEqual(await fresh({ at: 'main' }))
    markKept()
    expect(await fromCache(merge)).toEqual(['billing'])
    expect(await fromCache({ at: 'main' })).toEqual(['billing', 'users'])
  })

  it('survives a damaged cache, and many that write at once', async () => {
    await Promise.all([cached(), cached(), cached(), cached()])
    for (const path of kept()) writeFileSync(path, 'torn')
    expect(await cached()).toEqual(await fresh())
    markKept()
    expect(await fromCache()).toEqual(['billing', 'users'])
  })
})
