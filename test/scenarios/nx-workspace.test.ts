import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alembicApp, migrations, scriptText } from '../support/alembic-files.js'
import { makeFolder, NxWorkspace, packPackages, removeFolder, repack, type Tarballs } from '../support/nx-workspace.js'

let packages: string
let tarballs: Tarballs

beforeAll(() => {
  packages = makeFolder('packages')
  tarballs = packPackages(packages)
})

afterAll(() => removeFolder(packages))

const nx24 = { nx: '24.0.6', '@nx/devkit': '24.0.0' }

/** What people install: the packages as npm would publish them. */
function fromTarballs(): Record<string, string> {
  return Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]))
}

const nxJson = JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['@onehead/nx'] })

const pyproject = (name: string) => `[project]\nname = "${name}"\nversion = "1"\n`

/** A healthy app, one with two heads, one with two environments, one whose alembic.ini is no INI file. */
const shop = {
  'nx.json': nxJson,
  'README.md': 'A shop\n',
  'services/billing/pyproject.toml': pyproject('billing'),
  ...alembicApp('services/billing', { aa01: null, aa02: 'aa01' }),
  'services/orders/pyproject.toml': pyproject('orders'),
  'services/orders/README.md': 'Orders\n',
  ...alembicApp('services/orders', { bb01: null, bb02: 'bb01', bb03: 'bb01' }),
  'services/users/project.json': '{ "name": "users" }',
  ...alembicApp(
    'services/users',
    { cc01: null },
    '[alembic]\nscript_location = %(here)s/migrations\n\n[tenant]\nscript_location = %(here)s/tenant\n',
  ),
  ...migrations('services/users/tenant', { dd01: null, dd02: 'dd01' }),
  'services/legacy/alembic.ini': 'script_location = migrations\n',
  ...migrations('services/legacy/migrations', { ee01: null }),
}

/** Names of the tasks whose output came from the cache. */
function cachedTasks(output: string): string[] {
  const line =
    /^\s*(?:> nx run|✔ +nx run|✖ +nx run)? ?(\S+?) +\[(?:local cache|existing outputs match the cache[^\]]*)\]/gm
  return [...output.matchAll(line)].map((match) => match[1]!.replaceAll('"', '')).sort()
}

/** What one task printed, between Nx's own lines. */
function taskOutput(output: string, task: string): string {
  const lines = output.split('\n')
  const start = lines.findIndex((line) => line.replaceAll('"', '').includes(`nx run ${task}`))
  const end = lines.findIndex((line, index) => index > start && /^(?:> nx run| NX )|^—+$/.test(line))
  return lines
    .slice(start + 1, end)
    .join('\n')
    .trim()
}

describe.each([
  ['24', nx24],
  ['22', { nx: '^22.0.0', '@nx/devkit': '^22.0.0' }],
])('a workspace of Python apps with Nx %s', (version, nx) => {
  let workspace: NxWorkspace

  beforeAll(() => {
    workspace = NxWorkspace.install(`nx-${version}`, { ...nx, ...fromTarballs() }, shop)
  })

  afterAll(() => workspace?.dispose())

  it('has a target in every project with an environment, broken ones too', () => {
    const { code, output } = workspace.nx('show', 'projects', '--with-target', 'migrate-check', '--json')
    expect(code, output).toBe(0)
    expect(JSON.parse(output.trim().split('\n').at(-1)!).sort()).toEqual([
      'billing',
      'orders',
      'services-legacy',
      'users',
    ])
  })

  it('passes a healthy app, and the second time from the cache with the same words', () => {
    const first = workspace.nx('run', 'billing:migrate-check')
    expect(first.code, first.output).toBe(0)
    expect(first.output).toContain('2 revisions, 1 head (aa02)')
    expect(cachedTasks(first.output)).toEqual([])
    const second = workspace.nx('run', 'billing:migrate-check')
    expect(cachedTasks(second.output)).toEqual(['billing:migrate-check'])
    expect(taskOutput(second.output, 'billing:migrate-check')).toBe(taskOutput(first.output, 'billing:migrate-check'))
  })

  it('checks again when a script, the configuration or onehead.json changes', () => {
    for (const [path, text] of [
      ['services/billing/migrations/versions/aa03_add_column.py', scriptText('aa03', 'aa02')],
      ['services/billing/alembic.ini', '[alembic]\nscript_location = %(here)s/migrations\nfile_template = %%(rev)s\n'],
      ['onehead.json', '{}\n'],
    ] as const) {
      workspace.write({ [path]: text })
      const { code, output } = workspace.nx('run', 'billing:migrate-check')
      expect(code, output).toBe(0)
      expect(output).toContain('3 revisions, 1 head (aa03)')
      expect(cachedTasks(output), path).toEqual([])
    }
    workspace.write({ 'README.md': 'Another shop\n', 'services/billing/app.py': '' })
    expect(cachedTasks(workspace.nx('run', 'billing:migrate-check').output)).toEqual(['billing:migrate-check'])
  })

  it('fails an app with two heads with exit 1, names both scripts, and never keeps the failure', () => {
    for (const _ of [1, 2]) {
      const { code, output } = workspace.nx('run', 'orders:migrate-check')
      expect(code, output).toBe(1)
      expect(output).toContain('multiple-heads')
      expect(output).toContain('services/orders/migrations/versions/bb02_add_column.py')
      expect(output).toContain('bb03')
      expect(output).not.toContain(workspace.folder)
      expect(cachedTasks(output)).toEqual([])
    }
  })

  it('runs many in one go: what fails is the app at fault, and nobody beside it', () => {
    const { code, output } = workspace.nx('run-many', '-t', 'migrate-check', '--skip-nx-cache')
    expect(code, output).toBe(1)
    const failed = /Failed tasks:\n([\s\S]*?)(?:\n\n|\n\S|$)/.exec(output)?.[1] ?? output
    expect(failed).toContain('orders:migrate-check')
    expect(failed).toContain('services-legacy:migrate-check')
    expect(failed).not.toMatch(/billing|users/)
    expect(output).toContain('services/legacy/alembic.ini:1')
  })

  it('checks several environments of a project together and one by one', () => {
    const all = workspace.nx('run', 'users:migrate-check')
    expect(all.code, all.output).toBe(0)
    expect(all.output).toContain('cc01')
    expect(all.output).toContain('dd02')
    const one = workspace.nx('run', 'users:migrate-check:tenant')
    expect(one.code, one.output).toBe(0)
    expect(one.output).toContain('dd02')
    expect(one.output).not.toContain('cc01')
  })

  it('checks only what a change affects', () => {
    const base = workspace.commit('Before the change')
    workspace.write({ 'services/billing/migrations/versions/aa04_add_column.py': scriptText('aa04', 'aa03') })
    const { code, output } = workspace.nx('affected', '-t', 'migrate-check', `--base=${base}`)
    expect(code, output).toBe(0)
    expect(output).toContain('aa04')
    expect(output).not.toMatch(/run (?:orders|users|services-legacy):/)
  })

  it('says where onehead.json is broken, and keeps the graph', () => {
    workspace.write({ 'onehead.json': '{\n  "rules": {,}\n}\n' })
    const { code, output } = workspace.nx('run', 'billing:migrate-check')
    workspace.remove('onehead.json')
    expect(code).toBe(1)
    expect(output).toMatch(/onehead\.json:2:\d+/)
    expect(output).not.toMatch(/^\s+at /m)
  })
})

describe('what decides whether an old answer still counts (Nx 24)', () => {
  let workspace: NxWorkspace

  beforeAll(() => {
    workspace = NxWorkspace.install(
      'nx-cache',
      { ...nx24, ...fromTarballs() },
      {
        'nx.json': nxJson,
        '.gitignore': 'node_modules\n.nx\n*_local.py\n',
        ...alembicApp('billing', { aa01: null }),
        'shared/aa02_shared.py': scriptText('aa02', 'aa01'),
      },
    )
    workspace.link('billing/migrations/versions/aa02_shared.py', '../../../shared/aa02_shared.py')
  })

  afterAll(() => workspace?.dispose())

  const check = () => workspace.nx('run', 'billing:migrate-check')
  const isCached = () => cachedTasks(check().output).length === 1

  it('an unrelated change of the lock file does not', () => {
    expect(check().code).toBe(0)
    expect(isCached()).toBe(true)
    workspace.write({ 'vendor/paint/package.json': '{"name":"paint","version":"1.0.0"}' })
    workspace.npm(
      'install',
      '--save-dev',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      './vendor/paint',
    )
    expect(workspace.read('package-lock.json')).toContain('vendor/paint')
    expect(isCached()).toBe(true)
  })

  it('a script that git ignores does, and one that is only linked', () => {
    workspace.write({ 'billing/migrations/versions/aa03_local.py': scriptText('aa03', 'aa02') })
    expect(check().output).toContain('3 revisions, 1 head (aa03)')
    workspace.write({ 'shared/aa02_shared.py': scriptText('aa02', null) })
    expect(cachedTasks(check().output)).toEqual([])
    workspace.write({ 'shared/aa02_shared.py': scriptText('aa02', 'aa01') })
  })

  it('another version of the plugin does', () => {
    expect(check().code).toBe(0)
    expect(isCached()).toBe(true)
    const upgrade = repack(tarballs['@onehead/nx'], '0.1.999', join(packages, 'upgrade'))
    workspace.npm('install', '--save-dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', upgrade)
    const { code, output } = check()
    expect(code, output).toBe(0)
    expect(cachedTasks(output)).toEqual([])
  })

  it('without a lock file Nx still runs', () => {
    workspace.remove('package-lock.json')
    expect(check().code).toBe(0)
    expect(isCached()).toBe(true)
  })

  it('sixty apps below one package.json are sixty projects', () => {
    const apps = Array.from({ length: 60 }, (_, index) => `apps/app${index}`)
    for (const app of apps) workspace.write(alembicApp(app, { aa01: null }))
    const { output } = workspace.nx('show', 'projects', '--with-target', 'migrate-check', '--json')
    expect(JSON.parse(output.trim().split('\n').at(-1)!)).toHaveLength(61)
    const { code, output: said } = workspace.nx('run-many', '-t', 'migrate-check')
    expect(code, said).toBe(0)
    expect(said).toContain('61 projects')
  })
})

describe('nx add @onehead/nx', () => {
  let workspace: NxWorkspace

  beforeAll(() => {
    const { '@onehead/nx': _, ...others } = fromTarballs()
    workspace = NxWorkspace.install(
      'nx-add',
      { ...nx24, ...others },
      {
        'nx.json': JSON.stringify({ analytics: false, neverConnectToCloud: true }),
        ...alembicApp('billing', { aa01: null }),
      },
    )
  })

  afterAll(() => workspace?.dispose())

  it('installs the plugin, sets it up once, and says what to run', () => {
    const added = workspace.nx('add', `@onehead/nx@file:${tarballs['@onehead/nx']}`)
    expect(added.code, added.output).toBe(0)
    expect(added.output).toContain('npx nx run-many -t migrate-check')
    const written = workspace.read('nx.json')
    expect(JSON.parse(written).plugins).toEqual([
      { plugin: '@onehead/nx', options: { checkTargetName: 'migrate-check' } },
    ])
    expect(workspace.nx('run', 'billing:migrate-check').code).toBe(0)
    expect(workspace.nx('g', '@onehead/nx:init').code).toBe(0)
    expect(workspace.read('nx.json')).toBe(written)
  })
})
