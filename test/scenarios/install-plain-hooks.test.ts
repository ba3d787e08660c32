import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { main } from '../../packages/cli/src/main.js'
import { type Shop, shopWithHooks } from '../support/shop-with-hooks.js'
import { world } from '../support/world.js'

const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))

let shop: Shop
const start = (options: Parameters<typeof shopWithHooks>[0] = {}) => {
  shop = shopWithHooks(options)
}
afterEach(() => shop.world.remove())

const onehead = (...args: readonly string[]) => shop.repository.onehead(args)
const push = (...args: readonly string[]) => shop.repository.try(['push', 'origin', ...args])

/** Makes `onehead` the stand-in for everybody on the PATH. */
function putOnPath(name = 'bin'): void {
  const folder = join(shop.world.folder, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'onehead'), '#!/bin/sh\ncat >/dev/null\necho "onehead was here: $2" >&2\nexit 1\n')
  chmodSync(join(folder, 'onehead'), 0o755)
  shop.world.env.PATH = `${folder}:${shop.world.env.PATH}`
}

describe('a Python team without package.json', () => {
  it('gets plain hooks that call the onehead on the PATH', () => {
    start({ packageIn: null })
    expect(onehead('init')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no husky: there is no package.json'),
    })
    expect(onehead('doctor')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('onehead is not on the PATH'),
    })
    putOnPath()
    expect(onehead('doctor')).toMatchObject({ status: 0 })
    const before = shop.published()
    shop.repository.commit('More')
    expect(push('main')).toMatchObject({ status: 1, output: expect.stringContaining('onehead was here: pre-push') })
    expect(shop.published()).toBe(before)
    expect(onehead('init', '--uninstall').status).toBe(0)
    expect(readdirSync(join(shop.repository.root, '.git/hooks')).filter((name) => !name.endsWith('.sample'))).toEqual(
      [],
    )
  })

  it('is told by doctor that a tool in the packages of another folder on the PATH runs, because it does', () => {
    start({ packageIn: null })
    onehead('init')
    putOnPath('tools/node_modules/.bin')
    expect(onehead('doctor')).toMatchObject({ status: 0 })
    shop.repository.commit('More')
    expect(push('main').output).toContain('onehead was here: pre-push')
  })

  it('is told what to install where the tool is gone, and never to ask npx', () => {
    start({ packageIn: null })
    onehead('init')
    shop.repository.commit('More')
    const { status, output } = push('main')
    expect(status).toBe(0)
    expect(output).toContain('(exit 127), so this push was not checked; next: npm install --global onehead\n')
  })
})

describe('a repository with its own core.hooksPath', () => {
  it('keeps the modes and the words of its hooks, also through a link', () => {
    start()
    const { repository } = shop
    repository.write({
      'tools/push.sh': '#!/usr/bin/env bash\nset -euo pipefail\necho own >&2\n',
      '.githooks/.keep': '',
    })
    chmodSync(join(repository.root, 'tools/push.sh'), 0o754)
    symlinkSync('../tools/push.sh', join(repository.root, '.githooks/pre-push'))
    repository.git('config', 'core.hooksPath', '.githooks')
    expect(onehead('init').status).toBe(0)
    expect(shop.read('.githooks/pre-push')).toMatch(/^#!\/usr\/bin\/env bash\n# >>> onehead >>>/)
    expect(realpathSync(join(repository.root, '.githooks/pre-push'))).toBe(join(repository.root, 'tools/push.sh'))
    expect(statSync(join(repository.root, 'tools/push.sh')).mode & 0o777).toBe(0o754)
    expect(statSync(join(repository.root, '.githooks/post-merge')).mode & 0o111).not.toBe(0)
    repository.commit('More')
    shop.calls()
    expect(push('main')).toMatchObject({ status: 0, output: expect.stringMatching(/onehead was here: pre-push\nown/) })
    shop.endWith(1)
    repository.commit('Even more')
    expect(push('main').status).toBe(1)
    expect(shop.read('package.json')).not.toContain('husky')
    expect(onehead('doctor').status).toBe(0)
  })

  it('of all repositories is refused, and nothing is written anywhere', () => {
    start()
    const common = join(shop.world.folder, 'home/hooks')
    mkdirSync(common)
    shop.repository.git('config', '--global', 'core.hooksPath', '~/hooks')
    const refused = onehead('init', '--fetch', 'auto')
    expect(refused).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('core.hooksPath is set for all repositories (global configuration) to ~/hooks'),
    })
    expect(readdirSync(common)).toEqual([])
    expect(shop.repository.git('status', '--porcelain')).toBe('')
    expect(shop.repository.try(['config', '--get', 'onehead.fetch']).status).toBe(1)
    expect(onehead('doctor')).toMatchObject({ status: 1, stdout: expect.stringContaining('git config core.hooksPath') })
  })
})

describe('hooks that run today from git’s own folder', () => {
  it('go on running: husky is not put over them', () => {
    start()
    const hook = join(shop.repository.root, '.git/hooks/commit-msg')
    writeFileSync(hook, '#!/bin/sh\necho checked >&2\n')
    chmodSync(hook, 0o755)
    expect(onehead('init')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('switch off what runs today: commit-msg'),
    })
    expect(shop.repository.try(['config', 'core.hooksPath']).status).toBe(1)
    expect(shop.repository.try(['commit', '--allow-empty', '-m', 'x']).output).toContain('checked')
  })
})

const shells = ['sh -e', 'bash -eu -o pipefail', 'dash -eu', 'zsh -e'].filter(
  (shell) => spawnSync(shell.split(' ')[0]!, ['-c', 'exit 0']).status === 0,
)

describe.each(shells)('under %s', (shell) => {
  it('the block lets the rest of the script run with its standard input', () => {
    start()
    const [program = '', ...options] = shell.split(' ')
    onehead('init', '--hooks', 'pre-push')
    const script = `${shop.read('.husky/pre-push')}read -r first\necho "then: $first"\n`
    shop.repository.write({ 'try.sh': script })
    const input = 'refs/heads/a 1 refs/heads/a 0\nrefs/heads/$(b) `2` \\refs 0\n'
    const run = shop.world.run(program, [...options, 'try.sh', 'origin', 'u r l'], shop.repository.root, { input })
    expect(run).toMatchObject({ status: 0, stdout: 'then: refs/heads/a 1 refs/heads/a 0\n' })
    expect(shop.input()).toBe(input)
    expect(shop.calls()).toEqual(['pre-push origin u r l'])
    shop.endWith(1)
    expect(shop.world.run(program, [...options, 'try.sh'], shop.repository.root, { input })).toMatchObject({
      status: 1,
      stdout: '',
    })
  })
})

describe('killed while writing', () => {
  it('leaves every file old or new, and the next run finishes', async () => {
    start()
    const own = `#!/bin/sh\n${'# a long hook\n'.repeat(2000)}true\n`
    const names = ['pre-push', 'post-merge', 'post-rewrite', 'post-checkout', 'post-commit']
    const folder = join(shop.repository.root, '.githooks')
    shop.repository.write(Object.fromEntries(names.map((name) => [`.githooks/${name}`, own])))
    for (const name of names) chmodSync(join(folder, name), 0o755)
    shop.repository.git('config', 'core.hooksPath', '.githooks')
    onehead('init')
    const done = names.map((name) => shop.read(`.githooks/${name}`))
    onehead('init', '--uninstall')
    for (let wait = 0; wait < 400; wait += 40) {
      const child = spawn(process.execPath, [bin, 'init'], {
        cwd: shop.repository.root,
        env: shop.world.env,
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      setTimeout(() => child.kill('SIGKILL'), wait)
      await ended
      names.forEach((name, index) => {
        expect([own, done[index]]).toContain(shop.read(`.githooks/${name}`))
      })
    }
    // A run that died between writing and renaming.
    writeFileSync(join(folder, '.pre-push.onehead-999999999'), 'half')
    onehead('init', '--uninstall')
    expect(onehead('init').status).toBe(0)
    expect(names.map((name) => shop.read(`.githooks/${name}`))).toEqual(done)
    expect(readdirSync(folder).sort()).toEqual([...names].sort())
  })
})

describe('on a terminal', () => {
  const ask = async (answers: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const asked: string[] = []
    const outcome = await main(['init', ...args], {
      ...world({ cwd: shop.repository.root }),
      ask: async (question) => {
        asked.push(question.message)
        const enter =
          question.kind === 'choose' ? question.choices[0]!.value : question.kind === 'type' ? '' : question.byDefault
        return Object.entries(answers).find(([part]) => question.message.includes(part))?.[1] ?? enter
      },
    })
    return { ...outcome, asked }
  }

  it('two things are asked, each once; nothing else and nowhere else', async () => {
    start()
    const { repository } = shop
    repository.git('remote', 'add', 'upstream', shop.remote.root)
    repository.git('fetch', '--quiet', 'upstream')
    expect((await ask({}, '--dry-run')).asked).toEqual([])
    expect((await ask({}, '--format', 'json')).asked).toEqual([])
    onehead('init', '--uninstall')
    const first = await ask({ fetch: 'yes', upstream: 'yes' })
    expect(first.asked).toEqual([
      'Before a push with revisions, fetch the branch it lands on?',
      'Does your work land on upstream/main?',
    ])
    expect(repository.git('config', 'onehead.fetch')).toBe('auto')
    expect(repository.git('config', 'onehead.target')).toBe('upstream/main')
    expect((await ask({})).asked).toEqual([])
    expect(onehead('doctor').stdout).toContain('work lands on upstream/main')
  })

  it('a target that is not there is refused, before anything is written', () => {
    start()
    const { repository } = shop
    repository.git('remote', 'add', 'upstream', shop.remote.root)
    const refused = (target: string) => {
      const { status, stderr } = onehead('init', '--target', target)
      expect([status, repository.try(['config', 'onehead.target']).status]).toEqual([1, 1])
      return stderr
    }
    expect(refused('upstream/main')).toBe(
      'error: nothing of upstream has been fetched yet, so upstream/main is not known here\n  help: if it is there by now, `git fetch upstream` and run this again\nnothing was written\n',
    )
    repository.git('fetch', '--quiet', 'upstream')
    expect(refused('upstream/mian')).toContain('did you mean upstream/main?')
    const json = onehead('init', '--target', 'upstream/mian', '--dry-run', '--format', 'json')
    expect([json.status, JSON.parse(json.stdout)]).toMatchObject([1, { applied: false, files: [], settings: [] }])
    expect(onehead('init', '--target', 'upstream/main')).toMatchObject({ status: 0 })
    expect(repository.git('config', 'onehead.target')).toBe('upstream/main')
  })

  it('Enter is no, and a flag is an answer', async () => {
    start()
    expect((await ask({})).asked).toHaveLength(1)
    expect(shop.repository.git('config', 'onehead.fetch')).toBe('never')
    expect((await ask({}, '--fetch', 'auto')).asked).toHaveLength(0)
    expect(shop.repository.git('config', 'onehead.fetch')).toBe('auto')
  })
})

describe('asked for something else', () => {
  it.each([
    [['init', '--hooks', 'pre-psuh'], 'did you mean pre-push?'],
    [['init', '--fetch', 'always'], '--fetch cannot be "always"'],
    [['init', '--uninstall', '--fetch', 'auto'], '--uninstall takes everything out'],
    [['init', 'husky'], 'init takes environments only with --guard'],
    [['doctor', 'husky'], 'doctor takes no argument'],
  ])('%j: exit code 2', (args, message) => {
    start()
    expect(shop.repository.onehead(args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })

  it.each([['init'], ['doctor']])('%s outside of a repository: exit code 2', (command) => {
    start()
    const run = shop.world.run(process.execPath, [bin, command], shop.world.folder)
    expect(run).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not the working tree of a git repository'),
    })
  })

  it('as JSON: what was written, and what was refused', () => {
    start()
    const told = JSON.parse(onehead('init', '--format', 'json', '--hooks', 'pre-push').stdout)
    expect(told).toMatchObject({
      schemaVersion: 1,
      applied: true,
      manager: 'husky',
      hooks: [{ name: 'pre-push', path: '.husky/pre-push', change: 'added' }],
      files: [
        { path: 'package.json', change: 'edit' },
        { path: '.husky/pre-push', change: 'add' },
      ],
      refusals: [],
    })
    writeFileSync(join(shop.repository.root, '.husky/pre-push'), '# <<< onehead <<<\n')
    const refused = onehead('init', '--format', 'json')
    expect(refused.status).toBe(1)
    expect(JSON.parse(refused.stdout)).toMatchObject({ applied: false, refusals: [{ path: '.husky/pre-push' }] })
    expect(readFileSync(join(shop.repository.root, '.husky/pre-push'), 'utf8')).toBe('# <<< onehead <<<\n')
  })
})
