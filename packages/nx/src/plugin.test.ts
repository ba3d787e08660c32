import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CreateNodesContext, ProjectConfiguration } from '@nx/devkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNodes, createNodesV2, type OneheadPluginOptions } from './plugin.js'

/** Writes the files and asks the plugin as Nx would; root → what the plugin says of the project. */
async function infer(
  files: Record<string, string>,
  options?: OneheadPluginOptions,
): Promise<Record<string, ProjectConfiguration>> {
  const workspaceRoot = mkdtempSync(join(tmpdir(), 'onehead-plugin-'))
  onTestFinished(() => rmSync(workspaceRoot, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspaceRoot, path)), { recursive: true })
    writeFileSync(join(workspaceRoot, path), text)
  }
  const asked = Object.keys(files).filter((path) =>
    /(?:^|\/)(?:[^/]*alembic[^/]*\.ini|pyproject\.toml|project\.json|package\.json|onehead\.json)$/.test(path),
  )
  const context = { workspaceRoot, nxJsonConfiguration: {} } as CreateNodesContext
  const results = await createNodes[1](asked, options, context)
  for (const [file] of results) expect(asked).toContain(file)
  expect(JSON.parse(JSON.stringify(results))).toEqual(results)
  return Object.assign({}, ...results.map(([, { projects }]) => projects))
}

const ini = '[alembic]\nscript_location = %(here)s/migrations\n'

function app(directory: string, configuration = ini): Record<string, string> {
  return {
    [`${directory}/alembic.ini`]: configuration,
    [`${directory}/migrations/env.py`]: '',
    [`${directory}/migrations/versions/aa01_start.py`]: 'revision = "aa01"\ndown_revision = None\n',
  }
}

const environmentsOf = (project: ProjectConfiguration | undefined, target = 'migrate-check') =>
  project?.targets?.[target]?.options.environments

describe('what Nx calls', () => {
  it('is one function under the name of every Nx, with a pattern that all of them can read', () => {
    expect(createNodesV2).toBe(createNodes)
    expect(createNodes[0].match(/\{/g)).toHaveLength(1)
  })

  it('infers nothing where there is no Alembic', async () => {
    const files = { 'package.json': '{"name":"shop"}', 'tools/pyproject.toml': '[project]\nname = "tools"\n' }
    expect(await infer(files)).toEqual({})
  })
})

describe('projects with an environment', () => {
  it('get a target, with the name that nx.json chooses', async () => {
    const projects = await infer(app('services/billing'), { checkTargetName: 'heads' })
    expect(Object.keys(projects)).toEqual(['services/billing'])
    expect(projects['services/billing']).toMatchObject({ name: 'services-billing' })
    expect(environmentsOf(projects['services/billing'], 'heads')).toEqual(['services/billing/alembic.ini#alembic'])
    expect(projects['services/billing']!.targets!.heads!.inputs).toEqual(
      expect.arrayContaining(['{workspaceRoot}/services/billing/alembic.ini']),
    )
  })

  it('are found through pyproject.toml and through Flask-Migrate', async () => {
    const projects = await infer({
      'search/pyproject.toml': '[project]\nname = "search"\n[tool.alembic]\nscript_location = "%(here)s/db"\n',
      'search/db/env.py': '',
      'search/db/versions/aa01.py': '',
      'accounts/migrations/alembic.ini': '[alembic]\n',
      'accounts/migrations/env.py': 'from flask import current_app\n',
      'accounts/migrations/versions/aa01.py': '',
    })
    expect(environmentsOf(projects.search)).toEqual(['search/pyproject.toml#tool.alembic'])
    expect(environmentsOf(projects.accounts)).toEqual(['accounts/migrations/alembic.ini#alembic'])
  })

  it('keep the target when the configuration is broken, and take no other app along', async () => {
    const projects = await infer({ ...app('billing'), ...app('legacy', 'script_location = migrations\n') })
    expect(Object.keys(projects).sort()).toEqual(['billing', 'legacy'])
    expect(environmentsOf(projects.legacy)).toHaveLength(1)
  })

  it('stay in the graph when onehead.json is broken', async () => {
    expect(Object.keys(await infer({ ...app('billing'), 'onehead.json': '{,}' }))).toEqual(['billing'])
  })

  it('depend on the baseline that onehead.json names', async () => {
    const projects = await infer({ ...app('billing'), 'onehead.json': '{"baseline":"ci/debt.json"}' })
    expect(projects.billing!.targets!['migrate-check']!.inputs).toContain('{workspaceRoot}/ci/debt.json')
  })
})

describe('what never becomes a project', () => {
  it.each([
    ['a template', '{{cookiecutter.name}}'],
    ['an installed package', 'billing/.venv/lib/site-packages/flask'],
    ['build output', 'billing/build/lib'],
  ])('%s', async (_, directory) => {
    expect(await infer(app(directory))).toEqual({})
  })

  it('another worktree or repository, and a virtual environment of any name', async () => {
    const worktree = { ...app('trees/feature/billing'), 'trees/feature/.git': 'gitdir: elsewhere\n' }
    const environment = { ...app('python/share'), 'python/pyvenv.cfg': '' }
    expect(await infer({ ...worktree, ...environment })).toEqual({})
  })

  it('a configuration whose script directory is not there', async () => {
    expect(await infer({ 'fixtures/alembic.ini': ini })).toEqual({})
  })

  it('what onehead.json excludes', async () => {
    const files = { ...app('billing'), ...app('legacy'), 'onehead.json': '{"environments":{"exclude":["legacy"]}}' }
    expect(Object.keys(await infer(files))).toEqual(['billing'])
  })
})
