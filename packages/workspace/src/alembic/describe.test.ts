import type { Environment } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { formatRunners, reportRunner } from './describe.js'
import type { Runner, RunnerMissing } from './runner.js'

const environment = (name: string): Environment => ({
  name,
  path: `${name}/migrations`,
  config: `${name}/alembic.ini`,
  section: 'alembic',
  kind: 'alembic',
  versionLocations: [],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
})

const runner = (name: string, more: Partial<Runner> = {}): Runner => ({
  kind: 'runner',
  environment: environment(name),
  root: '/srv/shop',
  form: 'alembic',
  cwd: `/srv/shop/${name}`,
  way: 'venv',
  because: '.venv',
  command: ['/srv/shop/.venv/bin/python'],
  typed: ['../.venv/bin/'],
  facts: {
    python: '3.12.4',
    executable: '/srv/shop/.venv/bin/python',
    alembic: '1.20.0',
    flaskMigrate: '4.1.0',
    flask: '3.1.2',
    sqlalchemy: '2.1.1',
  },
  attempts: [{ way: 'venv', because: '.venv', trouble: null, command: null }],
  app: null,
  databaseUrlEnv: null,
  configuredVariables: [],
  childEnvironment: () => ({}),
  ...more,
})

const missing: RunnerMissing = {
  kind: 'missing',
  environment: environment('orders'),
  attempts: [
    { way: 'poetry', because: 'orders/poetry.lock', trouble: 'poetry is not on the PATH', command: null },
    {
      way: 'system',
      because: 'python3 on the PATH',
      trouble: 'Alembic is not installed there (Python 3.12.4)',
      command: null,
    },
  ],
  message: 'no Python with Alembic was found for orders',
  help: 'install the requirements',
  command: null,
}

const uv = {
  way: 'uv' as const,
  because: 'users/uv.lock',
  trouble: 'uv has no environment for it yet',
  command: 'uv sync',
}

describe('the Pythons of a workspace', () => {
  it('are one line for environments that are run alike, and all that was tried for one without', () => {
    const found = [
      ...['billing', 'stock', 'people', 'mail'].map((name) => runner(name)),
      runner('shop', { form: 'flask', way: 'uv', because: 'uv.lock' }),
      runner('users', { cwd: '/srv/shop', attempts: [uv, ...runner('users').attempts] }),
      missing,
    ]
    expect(`\n${formatRunners(found, { color: false, unicode: true })}`).toMatchInlineSnapshot(`
      "
      Python (only for commands that reach a database)
        ✔ billing, stock and 2 more: Alembic 1.20.0 on Python 3.12.4, by .venv
        ✔ shop: Flask-Migrate 4.1.0 with Alembic 1.20.0 on Python 3.12.4, by uv (uv.lock), run in shop
        ✔ users: Alembic 1.20.0 on Python 3.12.4, by .venv, run in .
            not by users/uv.lock: uv has no environment for it yet (cure: uv sync)
        · orders: no Python with Alembic was found
            orders/poetry.lock: poetry is not on the PATH
            python3 on the PATH: Alembic is not installed there (Python 3.12.4)
            cure: install the requirements
      "
    `)
  })

  it('are one block for environments without one for the same reason, each with a cure of its own', () => {
    const alike = ['billing', 'users'].map((name) => ({
      ...missing,
      environment: { ...missing.environment, name },
      message: `no Python with Alembic was found for ${name}`,
      help: `install the requirements into ${name}/.venv`,
    }))
    expect(formatRunners(alike, { color: false, unicode: true }).split('\n').slice(1)).toEqual([
      '  · billing, users: no Python with Alembic was found',
      '      orders/poetry.lock: poetry is not on the PATH',
      '      python3 on the PATH: Alembic is not installed there (Python 3.12.4)',
      '      cure: install the requirements into billing/.venv; likewise for the others',
      '',
    ])
  })

  it('are nothing where there is no environment, and plain where the terminal is', () => {
    expect(formatRunners([], { color: false, unicode: true })).toBe('')
    expect(formatRunners([missing, runner('a\u202eb')], { color: false, unicode: false })).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it('are reported without a path of this machine', () => {
    const reports = [runner('billing', { cwd: '/srv/shop' }), missing].map(reportRunner)
    expect(reports).toMatchObject([{ environment: 'billing', runner: { cwd: '.', way: 'venv' } }, { runner: null }])
    expect(JSON.stringify(reports)).not.toContain('/srv')
  })
})
