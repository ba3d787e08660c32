import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { provideHookManagers } from '../support/hook-managers.js'
import { providePython } from '../support/python.js'
import { type Shop, shopWithHooks } from '../support/shop-with-hooks.js'

const managers = provideHookManagers()
const { python, reason: noPython } = providePython('pre-commit')
const title = (name: string, reason: string | null) => `${name}${reason === null ? '' : ` (${reason})`}`

let shop: Shop
afterEach(() => shop.world.remove())

const push = (...args: readonly string[]) => shop.repository.try(['push', 'origin', ...args])
const names = () => shop.calls().map((line) => line.split(' ')[0])

interface Snippet {
  readonly file: string
  readonly text: string
}

/** What `init` says is to be pasted: the same in JSON and, line by line, in the text for people. */
function askForSnippet(): Snippet {
  const shown = shop.repository.onehead(['init', '--dry-run'])
  expect(shown.status, shown.output).toBe(0)
  const told = JSON.parse(shop.repository.onehead(['init', '--format', 'json']).stdout)
  expect(shown.stdout).toContain(`\n\n${told.snippet.text}\n\n`)
  return told.snippet
}

/** Branch `other` has a commit of its own and is not checked out. */
function commitElsewhere(): void {
  const { repository } = shop
  repository.git('switch', '--quiet', '-c', 'other')
  repository.commit('Elsewhere', { 'other.txt': 'other\n' })
  repository.git('switch', '--quiet', 'main')
  shop.calls()
}

/** The gate sees every kind of push, and only its exit code 1 stops one. */
function expectGate(arrives: (call: string) => void): void {
  const { repository } = shop
  const before = shop.published()
  shop.endWith(1)
  repository.commit('More')
  expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining('onehead was here: pre-push') })
  expect(shop.published()).toBe(before)
  shop.calls()
  shop.endWith(0)
  expect(push('main')).toMatchObject({ status: 0 })
  expect(shop.published()).toBe(repository.id('main'))
  arrives(shop.calls()[0]!)
  // The case in which lefthook leaves out what it takes for a linter: nothing of HEAD is pushed.
  commitElsewhere()
  shop.endWith(1)
  expect(push('other')).toMatchObject({ status: 1, output: expect.stringContaining('onehead was here: pre-push') })
  expect(shop.remote.try(['rev-parse', '--verify', '--quiet', 'other']).status).toBe(1)
  shop.endWith(0)
}

/** After `expectGate`, which leaves branch `other` behind. */
function expectMessengers(): void {
  const { repository } = shop
  shop.calls()
  repository.git('switch', '--quiet', 'other')
  expect(names()).toEqual(['post-checkout'])
  repository.git('switch', '--quiet', 'main')
  repository.commit('Mine', { 'mine.txt': 'mine\n' })
  shop.calls()
  const merged = repository.try(['merge', '--no-edit', 'other'])
  expect(merged.output).toContain('onehead was here: post-merge')
  expect(names()).toContain('post-merge')
  repository.git('reset', '--quiet', '--hard', 'HEAD^')
  expect(repository.try(['rebase', 'other']).status).toBe(0)
  expect(names()).toContain('post-rewrite')
}

function linkNpm(name: string, platform: boolean): string {
  const modules = join(shop.repository.root, 'node_modules')
  symlinkSync(join(managers.folder, 'node_modules', name), join(modules, name), 'dir')
  if (platform) shop.world.env.PATH = `${join(managers.folder, 'node_modules/.bin')}:${shop.world.env.PATH}`
  return modules
}

describe.skipIf(managers.reason !== null)(title('lefthook', managers.reason), () => {
  const start = (config: string) => {
    shop = shopWithHooks()
    linkNpm('lefthook', true)
    shop.repository.write({ [config]: '' })
  }
  const lefthook = (...args: readonly string[]) => shop.world.run('lefthook', args, shop.repository.root)

  it.each(['lefthook.yml', 'lefthook.toml', 'lefthook.json'])('runs the lines for %s on every push', (config) => {
    start(config)
    const { file, text } = askForSnippet()
    expect(file).toBe(config)
    shop.repository.write({ [file]: `${text}\n` })
    expect(lefthook('install')).toMatchObject({ status: 0 })
    expect(shop.repository.onehead(['doctor'])).toMatchObject({ status: 0 })
    shop.repository.commit('Add hooks')
    expectGate((call) => {
      expect(call).toBe(`pre-push origin ${shop.remote.root}`)
      expect(shop.input()).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main [0-9a-f]{40}\n$/)
    })
    if (config === 'lefthook.yml') expectMessengers()
    expect(shop.repository.onehead(['init']).stdout).toContain('nothing to do')
    const removed = shop.repository.onehead(['init', '--uninstall'])
    expect(removed.stdout).toContain(
      'take the lines that call onehead out of the configuration of lefthook (pre-push, post-merge',
    )
    expect(shop.exists('.lefthook/pre-push/onehead.sh')).toBe(false)
  })

  it('leaves a plain `run:` out for a branch that is not checked out; doctor knows', () => {
    start('lefthook.yml')
    const run = 'node_modules/.bin/onehead hook pre-push {1}'
    shop.repository.write({
      'lefthook.yml': `pre-push:\n  jobs:\n    - name: onehead\n      run: ${run}\n      use_stdin: true\n`,
    })
    expect(lefthook('install')).toMatchObject({ status: 0 })
    shop.repository.commit('Add hooks')
    expect(push('main').status).toBe(0)
    commitElsewhere()
    shop.endWith(1)
    expect(push('other')).toMatchObject({ status: 0, output: expect.not.stringContaining('onehead was here') })
    expect(shop.repository.onehead(['doctor'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('lefthook skips the plain `run:`'),
    })
  })

  it('and husky at once: who runs is said', () => {
    start('lefthook.yml')
    shop.repository.git('config', 'core.hooksPath', '.husky/_')
    expect(shop.repository.onehead(['init'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(
        'two managers: git runs the hooks of husky, so those of lefthook do not run here',
      ),
    })
    expect(shop.repository.onehead(['doctor']).stdout).toContain('two managers')
  })
})

describe.skipIf(managers.reason !== null)(title('simple-git-hooks', managers.reason), () => {
  it('runs the lines for package.json', () => {
    shop = shopWithHooks()
    const modules = linkNpm('simple-git-hooks', false)
    const manifest = '{\n  "devDependencies": { "onehead": "0.1.0", "simple-git-hooks": "2.14.0" }'
    shop.repository.write({ 'package.json': `${manifest}\n}\n` })
    const { file, text } = askForSnippet()
    shop.repository.write({ [file]: `${manifest},\n${text}\n}\n` })
    const install = shop.world.run(process.execPath, [join(modules, 'simple-git-hooks/cli.js')], shop.repository.root)
    expect(install, install.output).toMatchObject({ status: 0 })
    expect(shop.repository.onehead(['doctor'])).toMatchObject({ status: 0 })
    shop.repository.commit('Add hooks')
    expectGate((call) => {
      expect(call).toBe(`pre-push origin ${shop.remote.root}`)
      expect(shop.input()).toMatch(/^refs\/heads\/main [0-9a-f]{40} /)
    })
    expectMessengers()
  })
})

describe.skipIf(noPython !== null)(title('pre-commit', noPython), () => {
  it('runs the lines for .pre-commit-config.yaml, and says in the environment what git says on standard input', () => {
    shop = shopWithHooks()
    const config = '.pre-commit-config.yaml'
    shop.repository.write({ [config]: '' })
    const { file, text } = askForSnippet()
    expect(file).toBe(config)
    shop.repository.write({ [config]: `${text}\n` })
    const installed = shop.world.run(python!, ['-m', 'pre_commit', 'install'], shop.repository.root)
    expect(installed, installed.output).toMatchObject({ status: 0 })
    expect(shop.repository.onehead(['doctor'])).toMatchObject({ status: 0 })
    shop.repository.commit('Add hooks')
    expectGate((call) => {
      expect(call).toBe('pre-push')
      expect(shop.input()).toBe('')
      expect(shop.environment()).toMatchObject({
        PRE_COMMIT_REMOTE_NAME: 'origin',
        PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/main',
        PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/main',
        PRE_COMMIT_TO_REF: shop.published(),
      })
    })
    expectMessengers()
  })
})
