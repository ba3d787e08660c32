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
const nx22 = { nx: '22.7.12', '@nx/devkit': '22.7.12' }

/** What people install: the packages as npm would publish them. */
function fromTarballs(): Record<string, string> {
  return Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]))
}

const nxJson = JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['@onehead/nx'] })

const pyproject = (name: string) => `[project]\nname = "${name}"\nversion = "1"\n`

/** `script.py.mako`, as short as it can be. */
const TEMPLATE = `"""\${message}"""\nrevision = \${repr(up_revision)}\ndown_revision = \${repr(down_revision)}\n`

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
  // A batch is announced before its tasks are.
  const start = lines.findLastIndex((line) => line.replaceAll('"', '').includes(`> nx run ${task}`))
  const end = lines.findIndex((line, index) => index > start && /^(?:> nx run| NX )|^—+$/.test(line))
  return lines
    .slice(start + 1, end)
    .join('\n')
    .trim()
}

/** Nx hides what successful tasks of a group say unless asked. */
const everything = ['--output-style=static']

function failedTasks(output: string): string[] {
  const list = /Failed tasks:\n\n((?:- .*\n)+)/.exec(output)?.[1] ?? ''
  return list
    .trim()
    .split('\n')
    .map((line) => line.slice(2))
    .sort()
}

/** What must hold on every Nx that the package allows. */
function describeShop(workspaceOf: () => NxWorkspace): void {
  const workspace = {
    nx: (...args: string[]) => workspaceOf().nx(...args),
    write: (files: Record<string, string>) => workspaceOf().write(files),
  }

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

  it('runs many in one go: what fails is the app at fault, and nobody beside it', () => {
    const { code, output } = workspace.nx('run-many', '-t', 'migrate-check', '--skip-nx-cache', ...everything)
    expect(code, output).toBe(1)
    expect(failedTasks(output)).toEqual(['orders:migrate-check', 'services-legacy:migrate-check'])
    expect(taskOutput(output, 'billing:migrate-check')).toContain('1 head')
    expect(taskOutput(output, 'services-legacy:migrate-check')).toContain('services/legacy/alembic.ini:1')
    expect(taskOutput(output, 'services-legacy:migrate-check')).not.toContain('orders')
  })
}

describe('a workspace of Python apps with Nx 22', () => {
  let workspace: NxWorkspace

  beforeAll(() => {
    workspace = NxWorkspace.install('nx-22', { ...nx22, ...fromTarballs() }, shop)
  })

  afterAll(() => workspace?.dispose())

  describeShop(() => workspace)
})

describe('a workspace of Python apps with Nx 24', () => {
  let workspace: NxWorkspace

  beforeAll(() => {
    workspace = NxWorkspace.install('nx-24', { ...nx24, ...fromTarballs() }, shop)
  })

  afterAll(() => workspace?.dispose())

  describeShop(() => workspace)

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
    const { code, output } = workspace.nx('affected', '-t', 'migrate-check', `--base=${base}`, ...everything)
    expect(code, output).toBe(0)
    expect(output).toContain('aa04')
    expect(output).not.toMatch(/run (?:orders|users|services-legacy):/)
  })

  it('repairs an app with two heads: shown first, then written, never from the cache', () => {
    workspace.write({ 'services/orders/migrations/script.py.mako': TEMPLATE })
    workspace.commit('A template')
    const shown = workspace.nx('run', 'orders:migrate-fix', '--dry-run')
    expect(shown.code, shown.output).toBe(0)
    expect(shown.output).toContain('merge bb02 (add column) and bb03 (add column)')
    expect(shown.output).toContain('next: `npx nx run orders:migrate-fix` applies it')
    expect(workspace.nx('run', 'orders:migrate-check').code).toBe(1)
    const repaired = workspace.nx('run', 'orders:migrate-fix')
    expect(repaired.code, repaired.output).toBe(0)
    expect(repaired.output).toMatch(/one head: [0-9a-f]{12} in services\/orders/)
    const again = workspace.nx('run', 'orders:migrate-fix')
    expect(again.output).toContain('nothing to repair in services/orders')
    expect(cachedTasks(again.output)).toEqual([])
    const checked = workspace.nx('run', 'orders:migrate-check')
    expect(checked.code, checked.output).toBe(0)
    const undone = workspace.onehead('fix', '--undo')
    expect(undone.output).toContain('1 file as before `npx nx run orders:migrate-fix`')
  })

  it('joins heads with the message given, and has nothing to re-parent where all is published', () => {
    const refused = workspace.nx('run', 'orders:migrate-rebase')
    expect(refused.code, refused.output).toBe(1)
    expect(refused.output).toMatch(/refused\[[\w-]+\]: services\/orders: /)
    const merged = workspace.nx(
      'run',
      'orders:migrate-merge',
      '--message',
      'merge both columns',
      '--revisionId',
      'bb04',
    )
    expect(merged.code, merged.output).toBe(0)
    expect(merged.output).toContain('one head: bb04 in services/orders')
    expect(workspace.read('services/orders/migrations/versions/bb04_merge_both_columns.py')).toContain('bb02')
  })

  it('begins a revision on the only head of a project, shown by --dry-run first', () => {
    workspace.write({ 'services/billing/migrations/script.py.mako': TEMPLATE })
    const begin = (...more: string[]) =>
      workspace.nx('g', '@onehead/nx:revision', 'billing', '-m', 'add refunds', '--revisionId', 'aa09', ...more)
    const shown = begin('--dry-run')
    expect(shown.code, shown.output).toBe(0)
    expect(shown.output).toContain('CREATE services/billing/migrations/versions/aa09')
    expect(workspace.onehead('heads', 'services/billing').output).not.toContain('aa09')
    const written = begin()
    expect(written.code, written.output).toBe(0)
    expect(written.output).toContain('one head: aa09 in services/billing')
    expect(workspace.onehead('heads', 'services/billing').output).toContain('aa09')
    const unclear = workspace.nx('g', '@onehead/nx:revision', 'users', '-m', 'add refunds')
    expect(unclear.code).toBe(1)
    expect(unclear.output).toContain('a revision belongs to one environment')
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
    // The hooks come with it, and run: husky was installed and prepared by the install that nx add ends with.
    expect(added.output).toContain('5 hooks through husky in .husky')
    const doctor = workspace.onehead('doctor')
    expect(doctor.code, doctor.output).toBe(0)
    const manifest = workspace.read('package.json')
    const hook = workspace.read('.husky/pre-push')
    expect(workspace.nx('g', '@onehead/nx:init').code).toBe(0)
    expect(workspace.read('nx.json')).toBe(written)
    expect(workspace.read('package.json')).toBe(manifest)
    expect(workspace.read('.husky/pre-push')).toBe(hook)
  })
})
