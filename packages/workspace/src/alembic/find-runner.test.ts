import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import type { Environment } from '@onehead/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRunner, type RunnerSettings } from './find-runner.js'
import { type Runner, typedCommand } from './runner.js'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-runner-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const alembic = {
  python: '3.12.4',
  executable: '/usr/bin/python3',
  alembic: '1.20.0',
  flaskMigrate: null,
  flask: null,
  sqlalchemy: '2.1.1',
}
const flask = { ...alembic, flaskMigrate: '4.1.0', flask: '3.1.2' }
const nothing = { ...alembic, alembic: null, sqlalchemy: null }

/** A program that notes how it was called, and answers as a Python with these packages would. */
const python = (facts: object) => `#!/bin/sh
echo "$0 $*" >> "$NOTES"
echo 'onehead-probe:${JSON.stringify(facts)}'
`

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const at = join(root, path)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, text)
    if (text.startsWith('#!')) chmodSync(at, 0o755)
  }
}

const billing: Environment = {
  name: 'services/billing',
  path: 'services/billing/migrations',
  config: 'services/billing/alembic.ini',
  section: 'alembic',
  kind: 'alembic',
  cwd: 'services/billing',
  versionLocations: [],
  recursive: false,
  fileTemplate: null,
  notes: [],
  settings: { expectedHeads: 1, externalRevisions: [], dialects: [], fileName: null },
}

/** Finds with nothing on the PATH but `bin`. */
async function find(settings: RunnerSettings = {}, environment: Partial<Environment> = {}) {
  mkdirSync(join(root, 'services/billing'), { recursive: true })
  const shell = { PATH: join(root, 'bin'), NOTES: join(root, 'notes'), ...settings.shell }
  return findRunner(root, { ...billing, ...environment }, { ...settings, shell })
}

async function found(settings: RunnerSettings = {}, environment: Partial<Environment> = {}): Promise<Runner> {
  const runner = await find(settings, environment)
  if (runner.kind === 'missing') throw new Error(inspect(runner.attempts))
  return runner
}

const notes = (): readonly string[] => readFileSync(join(root, 'notes'), 'utf8').replaceAll(root, '').trim().split('\n')

describe.skipIf(process.platform === 'win32')('the Python of an environment is', () => {
  it('its own virtual environment, with what its activate would set', async () => {
    write({ 'services/billing/.venv/bin/python': python(alembic), '.venv/bin/python': python(alembic) })
    const runner = await found({ shell: { PYTHONHOME: '/opt/python' } })
    expect(runner).toMatchObject({ form: 'alembic', way: 'venv', because: 'services/billing/.venv', facts: alembic })
    expect(runner.cwd).toBe(join(root, 'services/billing'))
    expect(runner.childEnvironment()).toMatchObject({
      VIRTUAL_ENV: join(root, 'services/billing/.venv'),
      PATH: `${join(root, 'services/billing/.venv/bin')}:${join(root, 'bin')}`,
      PYTHONHOME: undefined,
    })
    expect(typedCommand(runner, ['upgrade', 'head'])).toBe('.venv/bin/alembic upgrade head')
    expect(notes()).toEqual([
      expect.stringMatching(/\/services\/billing\/\.venv\/bin\/python .*onehead_alembic\.py probe$/),
    ])
  })

  it.each(['.venv', 'venv', 'env'])('the one of the workspace root, called %s', async (name) => {
    write({ [`${name}/bin/python`]: python(alembic) })
    const runner = await found()
    expect(runner).toMatchObject({ way: 'venv', because: name })
    expect(typedCommand(runner, ['heads'])).toBe(`../../${name}/bin/alembic heads`)
  })

  it('the one beside the scripts, where the configuration lies elsewhere', async () => {
    write({ 'services/billing/.venv/bin/python': python(alembic) })
    expect(await found({}, { config: 'deploy/db.ini', cwd: '' })).toMatchObject({ because: 'services/billing/.venv' })
  })

  it('never one without Alembic, nor a broken one: both are told of', async () => {
    write({
      'services/billing/.venv/pyvenv.cfg': '',
      'services/billing/venv/bin/python': python(nothing),
      '.venv/bin/python': python(alembic),
    })
    mkdirSync(join(root, 'services/billing/.venv/bin'))
    symlinkSync('/usr/lib/python-that-was-removed', join(root, 'services/billing/.venv/bin/python'))
    const { attempts } = await found()
    expect(attempts).toEqual([
      {
        way: 'venv',
        because: 'services/billing/.venv',
        trouble: 'services/billing/.venv is broken: it has no Python any more',
        command: 'python3 -m venv services/billing/.venv',
      },
      {
        way: 'venv',
        because: 'services/billing/venv',
        trouble: 'Alembic is not installed there (Python 3.12.4)',
        command: null,
      },
      { way: 'venv', because: '.venv', trouble: null, command: null },
    ])
  })

  it('the active one, when the project has none of its own', async () => {
    write({ 'elsewhere/bin/python': python(alembic), 'bin/python3': python(alembic) })
    const runner = await found({ shell: { VIRTUAL_ENV: join(root, 'elsewhere') } })
    expect(runner).toMatchObject({ way: 'active', because: '$VIRTUAL_ENV' })
    expect(typedCommand(runner, ['heads'])).toBe('alembic heads')
    write({ '.venv/bin/python': python(alembic) })
    expect(await found({ shell: { VIRTUAL_ENV: join(root, 'elsewhere') } })).toMatchObject({
      way: 'venv',
      because: '.venv',
    })
  })

  it("the system's at last", async () => {
    write({ 'bin/python3': python(nothing), 'bin/python': python(alembic) })
    expect(await found()).toMatchObject({ way: 'system', because: 'python on the PATH', command: ['python'] })
  })

  it('asked once, for however many environments', async () => {
    write({ '.venv/bin/python': python(alembic) })
    const probes = new Map()
    await Promise.all([found({ probes }), found({ probes }), found({ probes }, { section: 'tenants' })])
    expect(notes()).toHaveLength(1)
  })
})

describe.skipIf(process.platform === 'win32')('a manager of projects is', () => {
  const project = '[project]\nname = "billing"\n'

  it('uv where its lock file lies, without touching the environment', async () => {
    write({ 'services/billing/uv.lock': '', 'services/billing/pyproject.toml': project })
    write({ 'services/billing/.venv/bin/python': '', 'bin/uv': python(alembic), 'bin/python3': python(alembic) })
    const runner = await found({ shell: { VIRTUAL_ENV: '/elsewhere' } })
    expect(runner).toMatchObject({ way: 'uv', because: 'services/billing/uv.lock' })
    expect(notes()).toEqual([expect.stringMatching(/^\/bin\/uv run --no-sync python \S+onehead_alembic\.py probe$/)])
    expect(runner.childEnvironment().VIRTUAL_ENV).toBeUndefined()
    expect(typedCommand(runner, ['upgrade', 'head'])).toBe('uv run alembic upgrade head')
  })

  it('uv of a workspace above, although the member has a pyproject.toml of its own', async () => {
    write({ 'uv.lock': '', 'pyproject.toml': project, 'services/billing/pyproject.toml': project })
    write({ '.venv/bin/python': '', 'bin/uv': python(alembic) })
    const runner = await found()
    expect(runner.command).toEqual(['uv', 'run', '--no-sync', '--project', root, 'python'])
    expect(typedCommand(runner, ['heads'])).toBe('uv run --project ../.. alembic heads')
  })

  it('not asked before its environment exists: it would quietly make an empty one', async () => {
    write({
      'services/billing/pyproject.toml': '[tool.uv]\n',
      'bin/uv': python(alembic),
      'bin/python3': python(nothing),
      'bin/python': python(nothing),
    })
    expect(await find()).toMatchObject({
      kind: 'missing',
      message: 'no Python with Alembic was found for services/billing',
      help: 'run `uv sync`: uv has no environment for it yet: services/billing/.venv is missing',
      command: 'uv sync',
      attempts: [
        { way: 'uv', because: '[tool.uv] in services/billing/pyproject.toml' },
        { way: 'system', trouble: 'Alembic is not installed there (Python 3.12.4)' },
        { way: 'system' },
      ],
    })
    expect(notes().join()).not.toContain('/bin/uv')
    write({ 'venvs/billing/bin/python': '' })
    expect(await found({ shell: { UV_PROJECT_ENVIRONMENT: join(root, 'venvs/billing') } })).toMatchObject({ way: 'uv' })
  })

  it('poetry, once it has an environment', async () => {
    write({ 'services/billing/poetry.lock': '', 'services/billing/pyproject.toml': '[tool.poetry]\n' })
    write({ 'bin/poetry': python(alembic) })
    const runner = await found()
    expect(runner).toMatchObject({ way: 'poetry', because: 'services/billing/poetry.lock' })
    expect(notes()).toEqual([
      '/bin/poetry env info --path',
      expect.stringMatching(/^\/bin\/poetry run python .* probe$/),
    ])
    expect(typedCommand(runner, ['heads'])).toBe('poetry run alembic heads')
    write({ 'bin/poetry': '#!/bin/sh\nexit 1\n', 'bin/python3': python(alembic) })
    const { attempts, way } = await found()
    expect(way).toBe('system')
    expect(attempts[0]).toMatchObject({ trouble: 'poetry has no environment for it yet', command: 'poetry install' })
  })

  it('pipenv with the Pipfile that is meant', async () => {
    write({ Pipfile: '', 'bin/pipenv': python(alembic) })
    const runner = await found()
    expect(runner).toMatchObject({ way: 'pipenv', because: 'Pipfile' })
    expect(notes()).toEqual(['/bin/pipenv --venv', expect.stringMatching(/^\/bin\/pipenv run python .* probe$/)])
    expect(runner.childEnvironment()).toMatchObject({ PIPENV_PIPFILE: join(root, 'Pipfile') })
  })

  it('PDM by the interpreter that it wrote down', async () => {
    write({
      'services/billing/.pdm-python': `${join(root, 'elsewhere/python')}\n`,
      'elsewhere/python': python(alembic),
    })
    expect(await found()).toMatchObject({ way: 'pdm', command: [join(root, 'elsewhere/python')] })
  })

  it('passed over when it is not installed', async () => {
    write({ 'services/billing/Pipfile': '', '.venv/bin/python': python(alembic) })
    const { attempts, way } = await found()
    expect([way, attempts[0]?.trouble]).toEqual(['venv', 'pipenv is not on the PATH'])
  })

  it('nearer than another one', async () => {
    write({
      'uv.lock': '',
      '.venv/bin/python': python(alembic),
      'bin/uv': python(alembic),
      'bin/poetry': python(alembic),
    })
    write({ 'services/billing/poetry.lock': '' })
    expect(await found()).toMatchObject({ way: 'poetry' })
  })
})

describe.skipIf(process.platform === 'win32')('"runner" in onehead.json', () => {
  it.each([
    ['hatch run', ['hatch', 'run', 'python'], 'hatch run alembic heads'],
    ['hatch run db:python', ['hatch', 'run', 'db:python', 'python'], 'hatch run db:python alembic heads'],
    [['hatch', 'run'], ['hatch', 'run', 'python'], 'hatch run alembic heads'],
    ['hatch python3.12', ['hatch', 'python3.12'], 'hatch python3.12 -m alembic heads'],
  ])('is a command: %s', async (runner, command, typed) => {
    write({ 'bin/hatch': python(alembic), '.venv/bin/python': python(alembic) })
    const chosen = await found({ runner })
    expect(chosen).toMatchObject({ way: 'configured', because: '"runner" in onehead.json', command })
    expect(typedCommand(chosen, ['heads'])).toBe(typed)
  })

  it('is a path from the workspace root: to Python, or to a virtual environment', async () => {
    write({ 'tools/my venv/bin/python': python(alembic) })
    expect(await found({ runner: '"tools/my venv/bin/python"' })).toMatchObject({
      command: [join(root, 'tools/my venv/bin/python')],
    })
    const runner = await found({ runner: ['tools/my venv'] })
    expect(runner.childEnvironment()).toMatchObject({ VIRTUAL_ENV: join(root, 'tools/my venv') })
    expect(typedCommand(runner, ['heads'])).toBe(`'../../tools/my venv/bin/alembic' heads`)
  })

  it('is a way by name, and then no other is tried', async () => {
    write({ '.venv/bin/python': python(nothing), 'bin/python3': python(alembic) })
    expect(await find({ runner: 'venv' })).toMatchObject({
      kind: 'missing',
      message: 'no Python with Alembic was found for services/billing: Alembic is not installed there (Python 3.12.4)',
    })
    expect(await found({ runner: 'system' })).toMatchObject({ way: 'system' })
    expect(await find({ runner: 'pipenv' })).toMatchObject({
      attempts: [{ way: 'pipenv', trouble: 'there is no Pipfile from the environment up to the root' }],
    })
    write({ 'services/billing/pyproject.toml': '', 'bin/poetry': python(alembic) })
    expect(await found({ runner: 'poetry' })).toMatchObject({ way: 'poetry', because: '"runner" in onehead.json' })
  })

  it.each([
    ["'hatch run", '"runner" is no command: a quote is not closed'],
    ['no-such-program', 'no-such-program is not on the PATH'],
    ['bin/crash', expect.stringMatching(/bin\/crash python does not start Python \(no such option: --wat\)$/)],
    ['bin/mute', expect.stringMatching(/bin\/mute python does not start Python \(exit code 0\)$/)],
  ])('that leads nowhere is told of: %s', async (runner, trouble) => {
    write({ 'bin/crash': '#!/bin/sh\necho "no such option: --wat" >&2; exit 2\n', 'bin/mute': '#!/bin/sh\n' })
    expect(await find({ runner })).toMatchObject({ kind: 'missing', attempts: [{ way: 'configured', trouble }] })
  })
})

describe.skipIf(process.platform === 'win32')('Flask-Migrate', () => {
  const migrations = { kind: 'flask-migrate' as const, config: 'services/billing/migrations/alembic.ini' }

  it('is wanted where the configuration is its own, or where an app is named', async () => {
    write({ 'services/billing/.venv/bin/python': python(alembic), '.venv/bin/python': python(flask) })
    const runner = await found({}, migrations)
    expect(runner).toMatchObject({ form: 'flask', because: '.venv' })
    expect(runner.attempts[0]?.trouble).toBe('Flask-Migrate is not installed there (Python 3.12.4)')
    expect(typedCommand(runner, ['heads'])).toBe('../../.venv/bin/flask db heads')
    const named = await found({ app: 'billing.app:create_app()' })
    expect(named).toMatchObject({ form: 'flask', app: 'billing.app:create_app()' })
    expect(named.childEnvironment().FLASK_APP).toBe('billing.app:create_app()')
    expect(typedCommand(named, ['heads'])).toBe("../../.venv/bin/flask --app 'billing.app:create_app()' db heads")
  })

  it('is run where its folder lies, when nobody looked', async () => {
    write({ '.venv/bin/python': python(flask) })
    const { cwd: _, ...unlooked } = billing
    const shell = { PATH: '', NOTES: join(root, 'notes') }
    const settings = { shell }
    expect(await findRunner(root, { ...unlooked, ...migrations }, settings)).toMatchObject({
      message: `Alembic is to be run in ${join(root, 'services/billing')}, which is not there`,
    })
    mkdirSync(join(root, 'services/billing'), { recursive: true })
    const runner = await findRunner(root, { ...unlooked, ...migrations }, settings)
    expect(runner).toMatchObject({ cwd: join(root, 'services/billing') })
  })
})

describe.skipIf(process.platform === 'win32')('the environment of the child', () => {
  it('is ours, with onehead.json in front, and never printed', async () => {
    write({ '.venv/bin/python': python(alembic) })
    const shell = {
      DATABASE_URL: 'postgresql://app:hunter2@db/shop',
      SERVER_NAME: 'shop.example.org',
      ALEMBIC_CONFIG: 'other.ini',
    }
    const runner = await found({ shell, env: { SERVER_NAME: 'localhost', CACHE_TYPE: 'NullCache' } })
    expect(runner.childEnvironment()).toMatchObject({
      DATABASE_URL: 'postgresql://app:hunter2@db/shop',
      SERVER_NAME: 'localhost',
      CACHE_TYPE: 'NullCache',
      ALEMBIC_CONFIG: undefined,
    })
    expect(inspect(runner, { depth: 9, showHidden: true }) + JSON.stringify(runner)).not.toContain('hunter2')
    expect(runner.configuredVariables).toEqual(['SERVER_NAME', 'CACHE_TYPE'])
  })
})
