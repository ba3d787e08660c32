import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { logger, type Tree } from '@nx/devkit'
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import init from './init.js'

let folder: string
let said: string[]
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-nx-init-')))
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder })
  said = []
  for (const level of ['info', 'warn'] as const)
    vi.spyOn(logger, level).mockImplementation((text: unknown) => {
      said.push(String(text))
    })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

/** A tree over the folder; what is in `tree` only has been written by this generator run. */
function treeWith(files: Readonly<Record<string, string>>): Tree {
  const tree = createTreeWithEmptyWorkspace()
  Object.assign(tree, { root: folder })
  for (const [path, text] of Object.entries(files)) tree.write(path, text)
  return tree
}

const manifest = JSON.stringify({
  scripts: { prepare: 'husky' },
  devDependencies: { husky: '^9.0.0', onehead: '0.1.0' },
})

describe('git hooks from nx add', () => {
  it('are written into the tree, beside what another generator has just written', async () => {
    const tree = treeWith({ 'package.json': manifest, '.husky/pre-push': 'npm test\n' })
    await init(tree, { skipFormat: true })
    expect(tree.read('.husky/pre-push', 'utf8')).toMatch(/^# >>> onehead >>>[\s\S]*# <<< onehead <<<\nnpm test\n$/)
    expect(tree.exists('.husky/post-merge')).toBe(true)
    expect(tree.read('package.json', 'utf8')).toBe(manifest)
    const before = tree.read('.husky/pre-push', 'utf8')
    await init(tree, { skipFormat: true })
    expect(tree.read('.husky/pre-push', 'utf8')).toBe(before)
  })

  it('add husky where nothing is', async () => {
    const tree = treeWith({ 'package.json': '{ "devDependencies": { "onehead": "0.1.0" } }' })
    await init(tree, { skipFormat: true })
    expect(JSON.parse(tree.read('package.json', 'utf8')!)).toMatchObject({
      scripts: { prepare: 'husky' },
      devDependencies: { husky: expect.any(String), onehead: '0.1.0' },
    })
  })

  it.each([
    ['not wanted', { 'package.json': manifest }, { hooks: false }, null],
    ['without the tool that they call', { 'package.json': '{}' }, {}, 'add onehead'],
    [
      'over half a block',
      { 'package.json': manifest, '.husky/pre-push': '# <<< onehead <<<\n' },
      {},
      'nothing was written',
    ],
  ])('are not installed: %s', async (_, files, options, message) => {
    const tree = treeWith(files)
    const finish = await init(tree, { skipFormat: true, ...options })
    expect(tree.exists('.husky/post-merge')).toBe(false)
    await finish()
    if (message !== null) expect(said.join('\n')).toContain(message)
    expect(said.join('\n')).toContain('npx nx run-many -t migrate-check')
  })

  it('are not installed outside of git', async () => {
    const tree = createTreeWithEmptyWorkspace()
    tree.write('package.json', manifest)
    const finish = await init(tree, { skipFormat: true })
    expect(tree.exists('.husky/pre-push')).toBe(false)
    await finish()
    expect(said.join('\n')).toContain('No git hooks')
  })

  it('in git’s own folder wait until the tree is on disk', async () => {
    const hook = join(folder, '.git/hooks/commit-msg')
    mkdirSync(dirname(hook), { recursive: true })
    writeFileSync(hook, '#!/bin/sh\n')
    chmodSync(hook, 0o755)
    const tree = treeWith({ 'package.json': '{ "devDependencies": { "onehead": "0.1.0" } }' })
    const finish = await init(tree, { skipFormat: true })
    expect(tree.listChanges().filter(({ path }) => path.includes('hooks'))).toEqual([])
    const installed = () => execFileSync('git', ['ls-files', '-o', '--', '.'], { cwd: folder, encoding: 'utf8' })
    expect(installed()).toBe('')
    await finish()
    expect(execFileSync('ls', ['.git/hooks'], { cwd: folder, encoding: 'utf8' })).toContain('pre-push\n')
    expect(said.join('\n')).toContain('commit-msg')
  })
})
