import { describe, expect, it } from 'vitest'
import { facts, file, files, packageFact, TOOL } from '../../../../test/support/installation-facts.js'
import { managedBlock } from './block.js'
import type { InstallationFacts } from './facts.js'
import { putBlock } from './hook-file.js'
import { type HookName, usualHooks } from './hook-names.js'
import { type InstallationPlan, type InstallationWish, planInstallation } from './plan.js'
import { planRemoval } from './plan-removal.js'

const plan = (given: InstallationFacts, wish: Partial<InstallationWish> = {}): Promise<InstallationPlan> =>
  planInstallation(given, { hooks: ['pre-push'], fetch: null, target: null, ...wish })

const block = (name: HookName, tool: string | null = TOOL) => managedBlock(name, { tool })
const after = (planned: InstallationPlan, path: string) => planned.edits.find((edit) => edit.path === path)?.after
const manifest = '{\n  "name": "shop",\n  "devDependencies": {\n    "onehead": "0.1.0"\n  }\n}\n'
const huskyManifest = '{"devDependencies":{"husky":"^9.0.0","onehead":"0.1.0"},"scripts":{"prepare":"husky"}}\n'
const shop = { package: packageFact(manifest), tool: { path: TOOL, exists: true } }
const huskyShop = {
  package: packageFact(huskyManifest, { hasHusky: true }),
  tool: shop.tool,
  hooksPath: { value: '.husky/_', scope: 'local' as const },
  hooksDirectory: '.husky/_',
  isHuskyPrepared: true,
}

describe('which manager', () => {
  it('is husky, added, where there is a package.json and nothing else', async () => {
    const planned = await plan(facts(shop), { hooks: usualHooks })
    expect(planned.manager).toEqual({ kind: 'husky', directory: '.husky', inPlace: false })
    expect(planned.edits.map(({ path }) => path)).toEqual([
      'package.json',
      ...usualHooks.map((name) => `.husky/${name}`),
    ])
    expect(after(planned, 'package.json')).toBe(
      '{\n  "name": "shop",\n  "devDependencies": {\n    "husky": "^9.1.7",\n    "onehead": "0.1.0"\n  },\n  "scripts": {\n    "prepare": "husky"\n  }\n}\n',
    )
    expect(planned).toMatchObject({ install: 'npm install', next: ['commit package.json, the lock file and .husky'] })
  })

  it('is husky as it is, and then package.json stays', async () => {
    const planned = await plan(facts(huskyShop))
    expect(planned.edits.map(({ path }) => path)).toEqual(['.husky/pre-push'])
    expect(planned).toMatchObject({ prepareHusky: null, next: ['commit .husky'] })
  })

  it('is husky, prepared, where it is installed and this worktree lacks its folder', async () => {
    expect((await plan(facts({ ...huskyShop, isHuskyPrepared: false }))).prepareHusky).toBe('.husky')
  })

  it('asks nobody to commit what lies in git’s own directory', async () => {
    const hooksPath = { value: '.git/own', scope: 'local' as const }
    const planned = await plan(facts({ ...shop, hooksPath, hooksDirectory: '.git/own' }))
    expect(planned.edits.map(({ path }) => path)).toEqual(['.git/own/pre-push'])
    expect(planned.next.join()).not.toContain('commit')
  })

  it.each([
    ['of the machine', shop, 'lefthook install'],
    [
      'of package.json',
      { ...shop, package: packageFact('{"devDependencies":{"lefthook":"2.0.0"}}') },
      'npx lefthook install',
    ],
  ])('is told to read its lines: the lefthook %s', async (_, given, command) => {
    const planned = await plan(facts({ ...given, lefthook: file('lefthook.yml', '') }))
    expect(planned.snippet?.command).toBe(command)
  })

  it('is a plain hook without package.json', async () => {
    const planned = await plan(facts())
    expect(planned.edits).toEqual([
      {
        path: '.git/hooks/pre-push',
        before: null,
        after: `#!/bin/sh\n${block('pre-push', null).join('\n')}\n`,
        executable: true,
      },
    ])
    expect(planned.next).toEqual(['these hooks are in this clone only; everybody else runs `onehead init` too'])
  })

  it('is a plain hook where husky would switch off what runs today', async () => {
    const planned = await plan(facts({ ...shop, otherHooks: ['commit-msg'] }))
    expect(planned.manager).toMatchObject({ kind: 'plain', directory: '.git/hooks' })
    expect(planned.manager).toHaveProperty('why', 'husky would switch off what runs today: commit-msg')
  })

  it.each(['.githooks', 'tools/hooks'])('is the folder that core.hooksPath names: %s', async (directory) => {
    const planned = await plan(
      facts({ ...shop, hooksPath: { value: directory, scope: 'local' }, hooksDirectory: directory }),
    )
    expect(planned.edits).toMatchObject([{ path: `${directory}/pre-push`, executable: true }])
  })

  it.each(['global', 'system', 'environment'] as const)('is none with a %s core.hooksPath', async (scope) => {
    const planned = await plan(
      facts({ ...shop, hooksPath: { value: '~/hooks', scope }, hooksDirectory: '/home/ada/hooks' }),
      { fetch: 'auto' },
    )
    expect(planned).toMatchObject({ edits: [], settings: [], hooks: [] })
    expect(planned.refusals[0]!.message).toContain('do not belong to this repository')
  })

  it('is none with a core.hooksPath that leads out of the repository', async () => {
    const given = facts({ hooksPath: { value: '/opt/hooks', scope: 'local' }, hooksDirectory: '/opt/hooks' })
    expect((await plan(given)).refusals).toHaveLength(1)
  })

  it.each([
    ['lefthook', { lefthook: file('lefthook.yml', '') }],
    ['pre-commit', { preCommit: file('.pre-commit-config.yaml', '') }],
    ['simple-git-hooks', { package: packageFact('{"simple-git-hooks":{"pre-commit":"npm test"}}') }],
  ])('is %s, which keeps its own configuration', async (kind, more) => {
    const planned = await plan(facts({ ...shop, ...more }))
    expect(planned.manager.kind).toBe(kind)
    expect(planned.snippet?.text).toContain(
      kind === 'lefthook' ? 'onehead.sh' : 'node_modules/.bin/onehead hook pre-push',
    )
    expect(planned.edits.map(({ path }) => path)).toEqual(kind === 'lefthook' ? ['.lefthook/pre-push/onehead.sh'] : [])
  })

  it('is the one that wrote the hooks, where the configurations of several lie here', async () => {
    const planned = await plan(
      facts({
        lefthook: file('lefthook.yml', ''),
        preCommit: file('.pre-commit-config.yaml', ''),
        hookFiles: files(file('.git/hooks/pre-push', '#!/bin/sh\n# File generated by pre-commit: https://…\n')),
      }),
    )
    expect(planned.manager.kind).toBe('pre-commit')
  })

  it('is said when a second one does not run', async () => {
    const planned = await plan(facts({ ...huskyShop, lefthook: file('lefthook.yml', '') }))
    expect(planned.warnings).toEqual([
      'two managers: git runs the hooks of husky, so those of lefthook do not run here',
    ])
  })
})

describe('package.json', () => {
  it.each([
    ['another prepare', '{"scripts":{"prepare":"tsc -b"}}', 'npm', { prepare: 'tsc -b && husky' }],
    ['husky in it already', '{"scripts":{"prepare":"husky || true"}}', 'npm', { prepare: 'husky || true' }],
    ['Yarn 2, which never runs prepare', '{}', 'yarn', { postinstall: 'husky' }],
    ['Yarn 1', '{}', 'yarn 1', { prepare: 'husky' }],
  ] as const)('with %s', async (_, text, packageManager, scripts) => {
    const planned = await plan(facts({ ...shop, package: packageFact(text, { packageManager }) }))
    expect(JSON.parse(after(planned, 'package.json')!).scripts).toEqual(scripts)
  })

  it('in a subfolder: husky starts at the top, and the tool is called there without leaving the top', async () => {
    const planned = await plan(
      facts({
        package: packageFact('{}', { directory: 'apps/front', packageManager: 'pnpm' }),
        tool: { path: `apps/front/${TOOL}`, exists: false },
      }),
    )
    expect(JSON.parse(after(planned, 'apps/front/package.json')!).scripts.prepare).toBe(
      'cd ../.. && husky apps/front/.husky',
    )
    expect(after(planned, 'apps/front/.husky/pre-push')).toContain(`onehead_tool=apps/front/${TOOL}\n`)
    expect(planned.next[0]).toContain('`cd apps/front && pnpm add --save-dev onehead`')
    expect(planned.install).toBe('cd apps/front && pnpm install')
  })

  it('keeps tabs, Windows line ends and everything else', async () => {
    const text = '{\r\n\t"name": "größe",\r\n\t"devDependencies": { "a": "1" }\r\n}\r\n'
    const latin1 = Buffer.from(text).toString('latin1')
    const planned = await plan(facts({ ...shop, package: packageFact(latin1) }))
    const written = Buffer.from(after(planned, 'package.json')!, 'latin1').toString()
    expect(written.replace(/\r\n/g, '')).not.toContain('\n')
    expect(written).toContain('\r\n\t"name": "größe",\r\n')
    expect(JSON.parse(written).devDependencies).toEqual({ a: '1', husky: '^9.1.7' })
  })

  it('that is not JSON is refused, and nothing is written', async () => {
    const planned = await plan(facts({ ...shop, package: packageFact('{ "name": }') }))
    expect(planned).toMatchObject({ edits: [], refusals: [{ path: 'package.json' }] })
  })
})

describe('a hook file that is there', () => {
  const with_ = (text: string, more = {}) =>
    facts({ ...huskyShop, hookFiles: files(file('.husky/pre-push', text, more)) })

  it('keeps every byte beside the block', async () => {
    const text = 'npm test # gr\xf6\xdfe\n\n'
    expect(after(await plan(with_(text)), '.husky/pre-push')).toBe(putBlock(text, block('pre-push')))
  })

  it('is left alone the second time', async () => {
    const planned = await plan(with_(putBlock('npm test\n', block('pre-push'))))
    expect(planned).toMatchObject({ edits: [], hooks: [{ change: 'unchanged' }] })
  })

  it('gets the block of this version in place of an older one', async () => {
    const text = 'a\n# >>> onehead >>> old\nold\n# <<< onehead <<<\nb\n'
    const planned = await plan(with_(text))
    expect(planned.hooks).toMatchObject([{ change: 'updated' }])
    expect(after(planned, '.husky/pre-push')).toBe(`a\n${block('pre-push').join('\n')}\nb\n`)
  })

  it('is left alone when it calls onehead itself', async () => {
    const planned = await plan(with_('npx onehead hook pre-push "$@"\n'))
    expect(planned).toMatchObject({ edits: [], hooks: [{ change: 'own' }] })
  })

  it.each([
    ['one marker only', '# >>> onehead >>>\n', {}, 'but not "# <<< onehead <<<"'],
    ['another language', '#!/usr/bin/env node\n', {}, 'is written for node'],
    ['a link out of the repository', 'npm test\n', { leadsOutside: true }, 'leads out of the repository'],
    ['Windows line ends on Linux', 'npm test\r\n', {}, 'Windows line endings'],
  ])('is refused, with everything else: %s', async (_, text, more, message) => {
    const planned = await plan(with_(text, more), { hooks: usualHooks, fetch: 'auto' })
    expect(planned).toMatchObject({ edits: [], settings: [], prepareHusky: null })
    expect(planned.refusals).toMatchObject([{ path: '.husky/pre-push', message: expect.stringContaining(message) }])
    expect(planned.refusals[0]!.help).not.toBe('')
  })

  it('keeps its Windows line ends on Windows', async () => {
    const planned = await plan({ ...with_('npm test\r\n'), platform: 'win32' })
    expect(after(planned, '.husky/pre-push')!.replaceAll('\r\n', '')).not.toContain('\n')
  })

  it('that git ignores because it is not executable is not switched on', async () => {
    const given = facts({ hookFiles: files(file('.git/hooks/pre-push', 'npm test\n', { executable: false })) })
    expect((await plan(given)).refusals[0]!.message).toContain('not executable')
  })
})

describe('settings', () => {
  it('are only set where they change', async () => {
    expect((await plan(facts({ fetch: 'auto' }), { fetch: 'auto', target: 'upstream/main' })).settings).toEqual([
      { key: 'onehead.target', value: 'upstream/main' },
    ])
  })
})

describe('the configuration of another manager', () => {
  it('that calls onehead already needs nothing', async () => {
    const given = facts({
      ...shop,
      preCommit: file('.pre-commit-config.yaml', '      entry: node_modules/.bin/onehead hook pre-push\n'),
    })
    expect(await plan(given)).toMatchObject({ snippet: null, edits: [], hooks: [{ change: 'own' }] })
    const both = await plan(given, { hooks: ['pre-push', 'post-merge'] })
    expect(both.snippet?.text).toContain('hook post-merge')
    expect(both.snippet?.text).not.toContain('hook pre-push')
  })

  it('in TOML and JSON gets a snippet in its language', async () => {
    const language = async (name: string) =>
      (await plan(facts({ ...shop, lefthook: file(name, '') }))).snippet?.language
    expect(await language('lefthook.toml')).toBe('toml')
    expect(await language('.config/lefthook.json')).toBe('json')
    expect((await plan(facts({ ...shop, preCommit: file('prek.toml', '') }))).snippet?.text).toContain(
      '[[repos.hooks]]',
    )
  })
})

describe('taking it out', () => {
  it('removes blocks wherever they stand, and files where nothing else does', () => {
    const own = putBlock('', block('post-merge'))
    const shared = putBlock('npm test\n', block('pre-push'))
    const given = facts({
      ...huskyShop,
      hookFiles: files(
        file('.husky/pre-push', shared),
        file('.husky/post-merge', own),
        file('.husky/post-commit', 'npm test\n'),
        file('.git/hooks/pre-push', `#!/bin/sh\n${own}`),
      ),
    })
    expect(planRemoval(given).edits.map(({ path, after }) => [path, after])).toEqual([
      ['.husky/pre-push', 'npm test\n'],
      ['.husky/post-merge', null],
      ['.git/hooks/pre-push', null],
    ])
  })

  it('leaves settings to the operator, and tells which', () => {
    expect(planRemoval(facts({ fetch: 'auto', target: 'upstream/main' })).next).toEqual([
      'onehead.fetch and onehead.target stay; to take them out: `git config --unset onehead.fetch && git config --unset onehead.target`',
    ])
    expect(planRemoval(facts({ fetch: 'auto' })).next).toEqual([
      'onehead.fetch stays; to take it out: `git config --unset onehead.fetch`',
    ])
    expect(planRemoval(facts()).next).toEqual([])
  })

  it('names each manager whose configuration calls onehead once', () => {
    const lines = (...names: readonly string[]) =>
      names.map((name) => `${name}:\n  scripts:\n    "onehead.sh":\n`).join('')
    const manifest = '{"simple-git-hooks":{"pre-push":"onehead hook pre-push"}}'
    const lefthook = file('lefthook.yml', lines('pre-push', 'post-merge', 'post-rewrite'))
    expect(planRemoval(facts({ lefthook })).next).toEqual([
      'take the lines that call onehead out of the configuration of lefthook (pre-push, post-merge, post-rewrite)',
    ])
    expect(planRemoval(facts({ lefthook, package: packageFact(manifest) })).next).toEqual([
      'take the lines that call onehead out of the configuration of lefthook (pre-push, post-merge, post-rewrite) and simple-git-hooks (pre-push)',
    ])
  })

  it('refuses a torn block, and then takes out none', () => {
    const given = facts({
      hookFiles: files(
        file('.git/hooks/pre-push', '# <<< onehead <<<\n'),
        file('.git/hooks/post-merge', putBlock('', block('post-merge'))),
      ),
    })
    expect(planRemoval(given)).toMatchObject({ edits: [], refusals: [{ path: '.git/hooks/pre-push' }] })
  })
})
