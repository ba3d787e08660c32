import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installStandIn, type Shop, shopWithHooks } from '../support/shop-with-hooks.js'

let shop: Shop
const start = (options: Parameters<typeof shopWithHooks>[0] = {}) => {
  shop = shopWithHooks(options)
}
afterEach(() => shop.world.remove())

const onehead = (...args: readonly string[]) => shop.repository.onehead(args)
const push = (...args: readonly string[]) => shop.repository.try(['push', 'origin', ...args])

describe('a push through husky', () => {
  beforeEach(() => {
    start()
    const installed = onehead('init')
    expect(installed, installed.output).toMatchObject({ status: 0 })
    shop.repository.commit('Add hooks')
    shop.calls()
  })

  it('comes to onehead with what git says, and goes where that lets it', () => {
    const commit = shop.repository.id('HEAD')
    const before = shop.published()
    expect(push('main')).toMatchObject({ status: 0 })
    expect(shop.calls()).toEqual([`pre-push origin ${shop.remote.root}`])
    expect(shop.input()).toBe(`refs/heads/main ${commit} refs/heads/main ${before}\n`)
    expect(shop.published()).toBe(commit)
  })

  it('is stopped by exit code 1', () => {
    const before = shop.published()
    shop.endWith(1)
    expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining('onehead was here') })
    expect(shop.published()).toBe(before)
  })

  it.each([2, 3, 126, 127, 134])('is not stopped by exit code %i, but never silently', (status) => {
    shop.endWith(status)
    expect(push('main')).toMatchObject({
      status: 0,
      output: expect.stringContaining(
        `pre-push could not run (exit ${status}), so this push was not checked; next: node_modules/.bin/onehead doctor`,
      ),
    })
    expect(shop.published()).toBe(shop.repository.id('HEAD'))
  })

  it('goes, loudly, where nothing is installed, and stays where onehead.strict says so', () => {
    rmSync(join(shop.repository.root, 'node_modules/.bin/onehead'))
    const before = shop.published()
    shop.repository.git('config', 'onehead.strict', 'true')
    expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining('was not checked') })
    expect(shop.published()).toBe(before)
    // No boolean: git says so, and it counts as true, as it does for onehead itself.
    shop.repository.git('config', 'onehead.strict', 'ture')
    expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining("'ture'") })
    expect(shop.published()).toBe(before)
    shop.repository.git('config', '--unset', 'onehead.strict')
    shop.repository.git('config', 'onehead.strict', 'false')
    expect(push('main')).toMatchObject({
      status: 0,
      output: expect.stringContaining('was not checked; next: install the packages of package.json\n'),
    })
    expect(onehead('doctor')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('would not run: there is no node_modules/.bin/onehead'),
    })
  })

  it('of nothing new is silent', () => {
    expect(push('main').status).toBe(0)
    shop.calls()
    expect(push('main').status).toBe(0)
    expect(shop.calls()).toEqual([`pre-push origin ${shop.remote.root}`])
    expect(shop.input()).toBe('')
  })

  it('is judged from a folder below and from a linked worktree that has everything', () => {
    shop.repository.write({ 'docs/a.txt': 'a\n' })
    const below = shop.repository.try(['push', 'origin', 'main'], { cwd: 'docs' })
    expect(below.status).toBe(0)
    expect(shop.calls()).toHaveLength(1)
    const path = join(shop.world.folder, 'second')
    shop.repository.git('worktree', 'add', '--quiet', '-b', 'second', path)
    const second = shop.world.open(path)
    installStandIn(path, join(shop.world.folder, 'record'))
    expect(second.onehead(['init'])).toMatchObject({ status: 0, stdout: expect.stringContaining('husky is prepared') })
    shop.calls()
    expect(second.try(['push', 'origin', 'second']).status).toBe(0)
    expect(shop.calls()).toEqual([`pre-push origin ${shop.remote.root}`])
  })
})

describe('a worktree without .husky/_', () => {
  it('runs no hook, silently; doctor says so and how to mend it', () => {
    start()
    onehead('init')
    shop.repository.commit('Add hooks')
    const path = join(shop.world.folder, 'second')
    shop.repository.git('worktree', 'add', '--quiet', '-b', 'second', path)
    const second = shop.world.open(path)
    shop.calls()
    expect(second.try(['push', 'origin', 'second']).status).toBe(0)
    expect(shop.calls()).toEqual([])
    const told = second.onehead(['doctor', '--format', 'json'])
    expect(told.status).toBe(1)
    expect(JSON.parse(told.stdout)).toMatchObject({
      schemaVersion: 1,
      manager: 'husky',
      healthy: false,
      hooks: [
        {
          name: 'pre-push',
          status: 'would not run',
          path: '.husky/pre-push',
          reason: 'this worktree has no .husky/_ (git ignores it), so git runs no hook here, silently',
          cure: 'npm install',
        },
        {},
        {},
        {},
        {},
        {},
        {},
      ],
    })
  })
})

describe('what stands in the hooks already', () => {
  const own = '# the shop’s own\ncat >"$PWD/../seen"\nnpm_test=1\n'

  it('gets the same standard input, keeps its exit code, and comes back byte by byte', () => {
    start()
    shop.repository.write({ '.husky/pre-push': own, '.husky/post-merge': 'false' })
    const manifest = shop.read('package.json')
    expect(onehead('init').status).toBe(0)
    shop.repository.commit('Add hooks')
    expect(push('main').status).toBe(0)
    expect(shop.world.run('cat', ['seen'], shop.world.folder).stdout).toBe(shop.input())
    expect(shop.input()).toContain('refs/heads/main')
    shop.repository.write({ '.husky/pre-push': `${shop.read('.husky/pre-push')}exit 7\n` })
    shop.repository.commit('More')
    expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining('code 7') })
    const written = shop.read('.husky/pre-push')
    expect(onehead('init')).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to do') })
    expect(shop.read('.husky/pre-push')).toBe(written)
    expect(onehead('init', '--uninstall').status).toBe(0)
    expect(shop.read('.husky/pre-push')).toBe(`${own}exit 7\n`)
    expect(shop.read('.husky/post-merge')).toBe('false')
    expect(shop.exists('.husky/post-commit')).toBe(false)
    expect(shop.read('package.json')).not.toBe(manifest)
    expect(onehead('doctor').status).toBe(1)
  })

  it('hands on ten thousand refs', () => {
    start()
    shop.repository.write({ '.husky/pre-push': own })
    onehead('init', '--hooks', 'pre-push')
    const lines = Array.from(
      { length: 10_000 },
      (_, n) => `refs/heads/branch-${n} ${'a'.repeat(40)} refs/heads/branch-${n} ${'0'.repeat(40)}\n`,
    ).join('')
    const run = shop.world.run('sh', ['.husky/_/pre-push', 'origin', 'url'], shop.repository.root, { input: lines })
    expect(run.status, run.output).toBe(0)
    expect(shop.input()).toBe(lines)
    expect(shop.world.run('cat', ['seen'], shop.world.folder).stdout).toBe(lines)
  })

  it('with one marker only stops everything before the first byte', () => {
    start()
    shop.repository.write({ '.husky/post-merge': '# >>> onehead >>>\nnpm test\n' })
    expect(onehead('init')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/post-merge has the line .* but not [\s\S]*help: [\s\S]*nothing was written/),
    })
    expect(shop.repository.git('status', '--porcelain')).toBe('?? .husky/')
    expect(shop.exists('.husky/pre-push')).toBe(false)
  })
})

describe('a dry run', () => {
  it('shows a diff that git applies to the same result, and writes nothing', () => {
    start()
    shop.repository.write({ '.husky/pre-push': 'npm test' })
    const shown = onehead('init', '--dry-run', '--fetch', 'auto')
    expect(shown.status).toBe(0)
    expect(shop.repository.git('status', '--porcelain')).toBe('?? .husky/')
    expect(shop.repository.try(['config', 'onehead.fetch']).status).toBe(1)
    const diff = shown.stdout.slice(0, shown.stdout.indexOf('would install'))
    shop.repository.git('add', '--all')
    const applied = shop.repository.try(['apply', '--index'], { input: diff })
    expect(applied.status, applied.output).toBe(0)
    const tree = shop.repository.git('write-tree')
    shop.repository.git('reset', '--quiet', '--hard')
    shop.repository.write({ '.husky/pre-push': 'npm test' })
    onehead('init', '--fetch', 'auto')
    shop.repository.git('add', '--all')
    expect(shop.repository.git('write-tree')).toBe(tree)
    expect(shop.repository.git('config', 'onehead.fetch')).toBe('auto')
    const removal = onehead('init', '--uninstall', '--dry-run')
    expect(removal.stdout).toContain('+++ /dev/null')
    expect(shop.repository.git('write-tree')).toBe(tree)
  })
})

describe('package.json in a subfolder', () => {
  it('is served from the top, also in a linked worktree, where git names its directory', () => {
    start({ packageIn: 'front' })
    const installed = shop.repository.onehead(['init'], { cwd: 'front' })
    expect(installed.status, installed.output).toBe(0)
    expect(JSON.parse(shop.read('front/package.json')).scripts.prepare).toBe('cd .. && husky front/.husky')
    expect(shop.repository.git('config', 'core.hooksPath')).toBe('front/.husky/_')
    shop.repository.commit('Add hooks')
    shop.calls()
    expect(push('main').status).toBe(0)
    expect(shop.calls()).toEqual([`pre-push origin ${shop.remote.root}`])
    expect(onehead('doctor')).toMatchObject({ status: 0 })
    const path = join(shop.world.folder, 'second')
    shop.repository.git('worktree', 'add', '--quiet', '-b', 'second', path)
    const second = shop.world.open(path)
    installStandIn(join(path, 'front'), join(shop.world.folder, 'record'))
    expect(second.onehead(['init']).status).toBe(0)
    shop.calls()
    expect(second.try(['push', 'origin', 'second']).status).toBe(0)
    expect(shop.calls()).toEqual([`pre-push origin ${shop.remote.root}`])
  })
})

describe('the messengers', () => {
  beforeEach(() => {
    start()
    onehead('init')
    shop.repository.commit('Add hooks')
    shop.repository.git('push', '--quiet', 'origin', 'main')
    const { repository } = shop
    repository.git('branch', '--quiet', 'other')
    repository.commit('Mine', { 'readme.txt': 'mine\n' })
    repository.git('switch', '--quiet', 'other')
    repository.commit('Theirs', { 'theirs.txt': 'theirs\n' })
    shop.calls()
  })
  const names = () => shop.calls().map((line) => line.split(' ')[0])

  it('hear of a switch, a merge and a rebase, and of no ordinary commit', () => {
    const { repository } = shop
    repository.git('switch', '--quiet', 'main')
    expect(names()).toEqual(['post-checkout'])
    repository.git('merge', '--quiet', '--no-edit', 'other')
    expect(names()).toEqual(['post-merge'])
    repository.git('reset', '--quiet', '--hard', 'HEAD^')
    repository.git('rebase', '--quiet', 'other')
    expect(names()).toEqual(expect.arrayContaining(['post-checkout', 'post-rewrite']))
    expect(shop.input()).toMatch(/^[0-9a-f]{40} [0-9a-f]{40}\n$/)
    repository.write({ 'readme.txt': 'again\n' })
    repository.git('commit', '--quiet', '--all', '--message', 'Again')
    expect(names()).toEqual([])
  })

  it('hear of a merge that was finished by hand after a conflict', () => {
    const { repository } = shop
    repository.commit('Theirs too', { 'readme.txt': 'theirs\n' })
    repository.git('switch', '--quiet', 'main')
    expect(repository.try(['merge', 'other']).status).toBe(1)
    repository.write({ 'readme.txt': 'both\n' })
    repository.git('add', '--all')
    shop.calls()
    repository.git('commit', '--quiet', '--no-edit')
    expect(names()).toEqual(['post-commit'])
  })

  it('never fail, whatever becomes of them', () => {
    shop.endWith(3)
    expect(shop.repository.try(['switch', 'main'])).toMatchObject({ status: 0 })
    expect(shop.repository.try(['merge', '--no-edit', 'other'])).toMatchObject({
      status: 0,
      output: expect.stringContaining(
        'post-merge could not run (exit 3), so nothing was looked at; next: node_modules/.bin/onehead doctor',
      ),
    })
  })
})
