import { logger, readNxJson, updateNxJson } from '@nx/devkit'
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing'
import { describe, expect, it, vi } from 'vitest'
import init from './init.js'

const entry = { plugin: '@onehead/nx', options: { checkTargetName: 'migrate-check' } }

describe('nx add @onehead/nx', () => {
  it('adds the plugin behind those that are there', async () => {
    const tree = createTreeWithEmptyWorkspace()
    updateNxJson(tree, { ...readNxJson(tree), plugins: ['@nx/eslint/plugin'] })
    await init(tree, { skipFormat: true })
    expect(readNxJson(tree)!.plugins).toEqual(['@nx/eslint/plugin', entry])
  })

  it('changes nothing the second time', async () => {
    const tree = createTreeWithEmptyWorkspace()
    await init(tree, { skipFormat: true })
    const before = tree.read('nx.json', 'utf8')
    await init(tree)
    expect(tree.read('nx.json', 'utf8')).toBe(before)
  })

  it.each([
    ['a plain name', '@onehead/nx'],
    ['a name with options', { plugin: '@onehead/nx', options: { checkTargetName: 'heads' }, exclude: ['legacy/**'] }],
  ])('leaves %s as it is', async (_, plugin) => {
    const tree = createTreeWithEmptyWorkspace()
    updateNxJson(tree, { ...readNxJson(tree), plugins: [plugin] })
    await init(tree)
    expect(readNxJson(tree)!.plugins).toEqual([plugin])
  })

  it('says what to run next', async () => {
    const said = vi.spyOn(logger, 'info').mockImplementation(() => {})
    const finish = await init(createTreeWithEmptyWorkspace(), { skipFormat: true })
    finish()
    expect(said.mock.calls.flat().join('\n')).toContain('npx nx run-many -t migrate-check')
    said.mockRestore()
  })
})
