import { describe, expect, it } from 'vitest'
import type { Environment } from '../../history/history.js'
import { projectCommands } from './command.js'

const billing: Environment = {
  name: 'billing',
  path: 'services/billing/migrations',
  config: 'services/billing/alembic.ini',
  section: 'alembic',
  kind: 'alembic',
  versionLocations: [],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
}

describe('a command of the project', () => {
  it.each<[string, Partial<Environment>, string]>([
    ['beside its configuration', {}, 'cd services/billing && alembic upgrade head'],
    ['at the root', { path: 'migrations', config: 'alembic.ini' }, 'alembic upgrade head'],
    ['where onehead.json says that it runs', { cwd: '' }, 'alembic -c services/billing/alembic.ini upgrade head'],
    [
      'in a folder beside',
      { cwd: 'services/app' },
      'cd services/app && alembic -c ../billing/alembic.ini upgrade head',
    ],
    ['of one section', { section: 'audit' }, 'cd services/billing && alembic -n audit upgrade head'],
    [
      'of Flask-Migrate',
      { kind: 'flask-migrate', config: 'services/billing/migrations/alembic.ini' },
      'cd services/billing && flask db upgrade head',
    ],
    [
      'of Flask-Migrate, with a folder of another name',
      { kind: 'flask-migrate', path: 'services/billing/db scripts', cwd: 'services' },
      "cd services && flask db upgrade -d 'billing/db scripts' head",
    ],
    [
      'that pyproject.toml configures',
      { kind: 'pyproject', config: 'services/billing/pyproject.toml' },
      'cd services/billing && alembic upgrade head',
    ],
  ])('runs %s', (_, more, command) => {
    expect(projectCommands({ ...billing, ...more }, [['upgrade', 'head']])).toBe(command)
  })
})
