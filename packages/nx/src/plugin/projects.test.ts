import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppEnvironment } from './app-environment.js'
import { ManifestReader, pythonProjectName } from './manifests.js'
import { groupByProject } from './projects.js'

/** `config` → script directory (default: `migrations` beside it). */
function environment(config: string, path?: string): AppEnvironment {
  const directory = config.slice(0, Math.max(config.lastIndexOf('/'), 0))
  const scripts = path ?? (directory === '' ? 'migrations' : `${directory}/migrations`)
  return {
    name: directory || '.',
    config,
    section: 'alembic',
    path: scripts,
    versionLocations: [],
    recursive: false,
    sourceless: false,
    linked: [],
  }
}

/** Root and name of every project, in order. */
function projects(files: Record<string, string>, environments: readonly AppEnvironment[]) {
  const root = mkdtempSync(join(tmpdir(), 'onehead-projects-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const manifestFiles = Object.keys(files).filter((path) => /(project|package)\.json$/.test(path))
  return groupByProject(environments, manifestFiles, new ManifestReader(root)).map(
    ({ root, name, environments }) =>
      `${root} ${name ?? '(Nx knows)'} ${environments.map((one) => one.config).join(' ')}`,
  )
}

describe('which project an environment belongs to', () => {
  it('is the nearest project.json below the root', () => {
    const files = { 'apps/billing/project.json': '{}', 'project.json': '{"name":"shop"}' }
    expect(projects(files, [environment('apps/billing/backend/db/alembic.ini')])).toEqual([
      'apps/billing (Nx knows) apps/billing/backend/db/alembic.ini',
    ])
  })

  it('is the nearest package.json, unless that only holds workspaces together', () => {
    const files = {
      'package.json': '{"name":"shop","workspaces":["web/*"]}',
      'web/billing/package.json': '{"name":"@shop/billing"}',
      'tools/package.json': '{"name":"tools","workspaces":["*"]}',
    }
    const environments = [environment('web/billing/api/alembic.ini'), environment('tools/users/alembic.ini')]
    expect(projects(files, environments)).toEqual([
      'tools/users tools-users tools/users/alembic.ini',
      'web/billing @shop/billing web/billing/api/alembic.ini',
    ])
  })

  it('is never the workspace root for an app below it: sixty apps are sixty projects', () => {
    const environments = Array.from({ length: 60 }, (_, index) => environment(`apps/app${index}/alembic.ini`))
    const found = projects({ 'package.json': '{"name":"shop","nx":{}}' }, environments)
    expect(new Set(found.map((line) => line.split(' ')[0])).size).toBe(60)
    expect(found[0]).toBe('apps/app0 apps-app0 apps/app0/alembic.ini')
  })

  it('is new at the Python app: its pyproject.toml, the folder beside Flask-Migrate’s, or the configuration', () => {
    const files = {
      'services/billing/pyproject.toml': '[project]\nname = "billing-api"\n',
      'services/users/pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'pyproject.toml': '[project]\nname = "everything"\n',
    }
    const environments = [
      environment('services/billing/src/db/alembic.ini'),
      environment('services/users/db/alembic.ini'),
      environment('services/accounts/migrations/alembic.ini', 'services/accounts/migrations'),
    ]
    expect(projects(files, environments)).toEqual([
      'services/accounts services-accounts services/accounts/migrations/alembic.ini',
      'services/billing billing-api services/billing/src/db/alembic.ini',
      'services/users/db services-users-db services/users/db/alembic.ini',
    ])
  })

  it('does not swallow the members of a uv workspace', () => {
    const files = {
      'backend/pyproject.toml': '[project]\nname = "backend"\n\n[tool.uv.workspace]\nmembers = ["*"]\n',
      'backend/users/pyproject.toml': '[project]\nname = "users"\n',
    }
    const environments = [
      environment('backend/users/alembic.ini'),
      environment('backend/billing/alembic.ini'),
      environment('backend/alembic.ini'),
    ]
    expect(projects(files, environments)).toEqual([
      'backend backend backend/alembic.ini',
      'backend/billing backend-billing backend/billing/alembic.ini',
      'backend/users users backend/users/alembic.ini',
    ])
  })

  it('holds all environments of an app together', () => {
    const files = { 'services/billing/project.json': '{"name":"billing"}' }
    const environments = [
      environment('services/billing/tenant.alembic.ini'),
      environment('services/billing/alembic.ini'),
    ]
    expect(projects(files, environments)).toEqual([
      'services/billing (Nx knows) services/billing/alembic.ini services/billing/tenant.alembic.ini',
    ])
  })
})

describe('an app at the workspace root', () => {
  it('is the root project where there is one', () => {
    for (const files of [
      { 'project.json': '{"name":"shop"}' },
      { 'package.json': '{"name":"shop","nx":{}}' },
      { 'package.json': '{"name":"shop","workspaces":["."]}' },
    ]) {
      expect(projects(files as Record<string, string>, [environment('alembic.ini')])).toEqual([
        '. (Nx knows) alembic.ini',
      ])
    }
  })

  it('gets a name that does not depend on the folder it was cloned into', () => {
    expect(projects({}, [environment('alembic.ini')])).toEqual(['. root alembic.ini'])
    expect(projects({ 'package.json': '{"name":"shop"}' }, [environment('alembic.ini')])).toEqual([
      '. shop alembic.ini',
    ])
    expect(projects({}, [environment('migrations/alembic.ini', 'migrations')])).toEqual([
      '. root migrations/alembic.ini',
    ])
  })
})

describe('no two projects get one name', () => {
  it('when two apps were copied with their pyproject.toml', () => {
    const files = {
      'a/pyproject.toml': '[project]\nname = "api"\n',
      'b/pyproject.toml': '[tool.poetry]\nname = "api"\n',
    }
    expect(projects(files, [environment('a/alembic.ini'), environment('b/alembic.ini')])).toEqual([
      'a a a/alembic.ini',
      'b b b/alembic.ini',
    ])
  })

  it('when a project.json or package.json elsewhere has it, or is named after its folder', () => {
    const files = {
      'web/package.json': '{"name":"billing"}',
      'tools/users/project.json': '{}',
      'services/billing/pyproject.toml': '[project]\nname = "billing"\n',
      'services/users/pyproject.toml': '[project]\nname = "users"\n',
    }
    const environments = [environment('services/billing/alembic.ini'), environment('services/users/alembic.ini')]
    expect(projects(files, environments)).toEqual([
      'services/billing services-billing services/billing/alembic.ini',
      'services/users services-users services/users/alembic.ini',
    ])
  })

  it('when the names made from two paths are equal', () => {
    const files = { 'x/project.json': '{"name":"c-d"}' }
    const environments = ['a-b/c/alembic.ini', 'a/b-c/alembic.ini', 'c/d/alembic.ini'].map((path) => environment(path))
    expect(projects(files, environments)).toEqual([
      'a-b/c a-b-c a-b/c/alembic.ini',
      'a/b-c a/b-c a/b-c/alembic.ini',
      'c/d c/d c/d/alembic.ini',
    ])
  })
})

describe('the name in pyproject.toml', () => {
  it.each([
    ['[project]\nversion = "1"\nname = "users" # the app\n', 'users'],
    ["[tool.poetry]\nname = 'users'\n", 'users'],
    ['[tool.other]\nname = "users"\n', null],
    ['[project.urls]\nname = "users"\n', null],
    ['[project]\nname = "not a name"\n', null],
    ['name = "users"\n[project]\n', null],
    ['', null],
  ])('%j is %j', (text, name) => {
    expect(pythonProjectName(text)).toBe(name)
  })
})
