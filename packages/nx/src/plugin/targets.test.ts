import { describe, expect, it } from 'vitest'
import type { AppEnvironment } from './app-environment.js'
import { normaliseOptions } from './options.js'
import { projectConfiguration } from './targets.js'

const billing: AppEnvironment = {
  name: 'services/billing',
  config: 'services/billing/alembic.ini',
  section: 'alembic',
  path: 'services/billing/migrations',
  versionLocations: ['services/billing/migrations/versions'],
  recursive: false,
  sourceless: false,
  linked: [],
}

const context = {
  options: normaliseOptions(undefined),
  tool: { inputs: [{ externalDependencies: ['@onehead/nx'] }], canReadIgnored: false },
  settingsFiles: ['onehead.json', 'onehead.baseline.json'],
}

/** For all environments of a project, whatever their number. */
const others = [
  'migrate-pr',
  ...['migrate-fix', 'migrate-merge', 'migrate-rebase'],
  ...['migrate-status', 'migrate-upgrade', 'migrate-rehearse'],
]

function configure(environments: readonly AppEnvironment[], more: Partial<typeof context> = {}) {
  return projectConfiguration(
    { root: 'services/billing', name: 'billing', calledAs: 'billing', environments },
    { ...context, ...more },
  )
}

describe('the target of a project', () => {
  it('is cached, and reads exactly the configuration and the scripts', () => {
    const { targets, metadata } = configure([billing])
    expect(Object.keys(targets!)).toEqual(['migrate-check', ...others])
    expect(targets!['migrate-check']).toMatchObject({
      executor: '@onehead/nx:check',
      options: { environments: ['services/billing/alembic.ini#alembic'] },
      cache: true,
      outputs: [],
      inputs: [
        '{workspaceRoot}/onehead.baseline.json',
        '{workspaceRoot}/onehead.json',
        '{workspaceRoot}/services/billing/alembic.ini',
        '{workspaceRoot}/services/billing/pyproject.toml',
        '{workspaceRoot}/services/billing/migrations/versions/*.py',
        { externalDependencies: ['@onehead/nx'] },
      ],
      metadata: { technologies: ['alembic'], help: { command: 'npx nx run billing:migrate-check' } },
    })
    expect(metadata!.targetGroups).toEqual({ Migrations: ['migrate-check', ...others] })
  })

  it('asks git about the merge, and is then never cached', () => {
    expect(configure([billing]).targets!['migrate-pr']).toMatchObject({
      executor: '@onehead/nx:pr',
      options: { environments: ['services/billing/alembic.ini#alembic'] },
      cache: false,
      metadata: { help: { command: 'npx nx run billing:migrate-pr' } },
    })
    expect(configure([billing]).targets!['migrate-pr']!.inputs).toBeUndefined()
  })

  it.each(['fix', 'merge', 'rebase'])('repairs (%s), never from the cache and never two at a time', (kind) => {
    expect(configure([billing]).targets![`migrate-${kind}`]).toMatchObject({
      executor: `@onehead/nx:${kind}`,
      options: { environments: ['services/billing/alembic.ini#alembic'] },
      cache: false,
      parallelism: false,
      metadata: { help: { command: `npx nx run billing:migrate-${kind}` } },
    })
  })

  it.each([
    ['status', undefined],
    ['upgrade', false],
    ['rehearse', undefined],
  ])('reaches databases (%s), never from the cache; what changes them never two at a time', (kind, parallelism) => {
    const { targets } = configure([
      billing,
      { ...billing, config: 'services/billing/eu.ini', name: 'services/billing/eu' },
    ])
    const target = targets![`migrate-${kind}`]!
    expect(target).toMatchObject({
      executor: `@onehead/nx:${kind}`,
      options: { environments: ['services/billing/alembic.ini#alembic', 'services/billing/eu.ini#alembic'] },
      cache: false,
      metadata: { help: { command: `npx nx run billing:migrate-${kind}` } },
    })
    expect([target.parallelism, target.inputs]).toEqual([parallelism, undefined])
    expect(Object.keys(targets!).filter((name) => name.startsWith(`migrate-${kind}`))).toHaveLength(1)
  })

  it('looks below a version location only where Alembic does', () => {
    const inputs = (more: Partial<AppEnvironment>) =>
      configure([{ ...billing, ...more }]).targets!['migrate-check']!.inputs
    expect(inputs({ recursive: true })).toContain('{workspaceRoot}/services/billing/migrations/versions/**/*.py')
    expect(inputs({ sourceless: true })).toContain('{workspaceRoot}/services/billing/migrations/versions/**/*.pyc')
    expect(inputs({ versionLocations: [''] })).toContain('{workspaceRoot}/*.py')
  })

  it('sees scripts that git ignores where Nx can', () => {
    const tool = { ...context.tool, canReadIgnored: true }
    expect(configure([billing], { tool }).targets!['migrate-check']!.inputs).toContainEqual({
      fileset: '{workspaceRoot}/services/billing/migrations/versions/*.py',
      includeIgnored: true,
    })
  })

  it('survives folder names that mean something in a glob', () => {
    const odd = { ...billing, config: 'a[b]/alembic.ini', versionLocations: ['a[b]/{v}'] }
    expect(configure([odd]).targets!['migrate-check']!.inputs).toEqual(
      expect.arrayContaining(['{workspaceRoot}/a?b?/alembic.ini', '{workspaceRoot}/a?b?/?v?/*.py']),
    )
  })

  it('has its own name when nx.json says so', () => {
    const options = normaliseOptions({
      checkTargetName: 'heads',
      prTargetName: 'merged',
      fixTargetName: 'mend',
      mergeTargetName: 'join',
      rebaseTargetName: 're-parent',
      ...{ statusTargetName: 'stands', upgradeTargetName: ' to-heads ', rehearseTargetName: '' },
    })
    expect(Object.keys(configure([billing], { options }).targets!)).toEqual([
      'heads',
      'merged',
      'mend',
      'join',
      're-parent',
      'stands',
      'to-heads',
      'migrate-rehearse',
    ])
  })
})

describe('several environments in one project', () => {
  const tenant = { ...billing, name: 'services/billing#tenant', section: 'tenant' }

  it('are checked together by the plain target, and alone by one each', () => {
    const { targets, metadata } = configure([billing, tenant])
    const options = Object.entries(targets!).map(([name, target]) => [name, target.options.environments])
    expect(Object.fromEntries(options)).toEqual({
      'migrate-check': ['services/billing/alembic.ini#alembic', 'services/billing/alembic.ini#tenant'],
      'migrate-check:alembic': ['services/billing/alembic.ini#alembic'],
      'migrate-check:tenant': ['services/billing/alembic.ini#tenant'],
      ...Object.fromEntries(
        others.map((target) => [
          target,
          ['services/billing/alembic.ini#alembic', 'services/billing/alembic.ini#tenant'],
        ]),
      ),
    })
    expect(metadata!.targetGroups!.Migrations).toEqual(Object.keys(targets!))
  })

  it('never share a target, however alike their names are', () => {
    const twin = { ...tenant, name: 'services/billing/tenant', section: 'twin' }
    expect(Object.keys(configure([tenant, twin]).targets!)).toEqual([
      'migrate-check',
      'migrate-check:tenant',
      'migrate-check:tenant-2',
      ...others,
    ])
  })
})
