import { describe, expect, it } from 'vitest'
import { type Configuration, defaultConfiguration, loadConfiguration } from '../configuration/index.js'
import { UsageError } from '../errors.js'
import { type MemoryFile, memorySnapshot } from '../snapshot/memory.js'
import { DirectoryUnreadable } from '../snapshot/snapshot.js'
import { type Candidate, type LoadOptions, loadEnvironments } from './index.js'

type Files = Readonly<Record<string, MemoryFile>>

/** Every INI and pyproject.toml is a candidate, unless others are given. */
async function load(files: Files, candidates?: readonly Candidate[], options: LoadOptions = {}) {
  const snapshot = memorySnapshot(files)
  const configuration: Configuration = await loadConfiguration(snapshot)
  const found = Object.keys(files).filter((path) => /\.ini$|pyproject\.toml$/.test(path))
  return loadEnvironments(snapshot, candidates ?? found.map((config) => ({ config })), configuration, options)
}

async function loadOne(files: Files, candidates?: readonly Candidate[], options?: LoadOptions) {
  const { environments, broken } = await load(files, candidates, options)
  expect(broken).toEqual([])
  expect(environments).toHaveLength(1)
  return environments[0]!
}

async function breakOne(files: Files, candidates?: readonly Candidate[], options?: LoadOptions) {
  const { environments, broken } = await load(files, candidates, options)
  expect(environments).toEqual([])
  expect(broken).toHaveLength(1)
  return broken[0]!
}

const ini = (location: string, more = ''): string => `[alembic]\nscript_location = ${location}\n${more}`
const onehead = (environments: object): string => JSON.stringify({ environments })
const scripts = (directory: string): Files => ({ [`${directory}/env.py`]: '', [`${directory}/versions/`]: '' })

describe('an environment', () => {
  it('is complete', async () => {
    const files = {
      ...scripts('billing/db'),
      'billing/alembic.ini': ini(
        '%(here)s/db',
        'file_template = %%(rev)s\nrecursive_version_locations = true\nsourceless = true\n',
      ),
      'onehead.json': onehead({
        billing: { expectedHeads: 2, externalRevisions: ['1a2b'], dialect: 'mysql', fileName: '<date>' },
      }),
    }
    expect(await loadOne(files)).toEqual({
      name: 'billing',
      path: 'billing/db',
      config: 'billing/alembic.ini',
      section: 'alembic',
      kind: 'alembic',
      cwd: 'billing',
      versionLocations: ['billing/db/versions'],
      recursive: true,
      sourceless: true,
      fileTemplate: '%(rev)s',
      notes: [expect.stringMatching(/^sourceless = true/)],
      settings: { expectedHeads: 2, externalRevisions: ['1a2b'], dialects: ['mysql'], fileName: '<date>' },
    })
  })

  it.each([
    ['postgresql+psycopg2://ada:secret@db/billing', 'postgresql'],
    ['postgres://ada:secret@db/billing', 'postgresql'],
    ['sqlite:///%(here)s/billing.db', 'sqlite'],
    ['mariadb+pymysql://ada@db/billing', 'mariadb'],
    ['driver://user:pass@localhost/dbname', undefined],
    ['%(DATABASE_URL)s', undefined],
    ['%(here', undefined],
    ['', undefined],
  ])('is on the database that %s addresses: %s', async (address, expected) => {
    const files = { ...scripts('db'), 'alembic.ini': ini('%(here)s/db', `sqlalchemy.url = ${address}\n`) }
    expect((await loadOne(files)).addressDialect).toBe(expected)
  })

  it('needs no versions directory, and has none that is a file', async () => {
    expect((await loadOne({ 'db/env.py': '', 'alembic.ini': ini('db') })).versionLocations).toEqual([])
    expect((await loadOne({ 'db/env.py': '', 'db/versions': '', 'alembic.ini': ini('db') })).versionLocations).toEqual(
      [],
    )
  })

  it('is found through absolute paths only where the root is known', async () => {
    const files = {
      ...scripts('db'),
      'alembic.ini': ini('/srv/shop/db', 'version_locations = /srv/shop/../shop/db/versions\n'),
    }
    expect(await loadOne(files, undefined, { root: '/srv/shop' })).toMatchObject({ path: 'db' })
    expect(await breakOne(files, undefined, { root: '/srv/shopping' })).toMatchObject({
      message: 'script_location: "/srv/shop/db" is outside the workspace',
      error: null,
    })
    expect(await breakOne(files)).toMatchObject({ help: expect.stringContaining('%(here)s') })
  })

  it('is found through dots that leave the workspace and come back', async () => {
    const files = { ...scripts('db'), 'alembic.ini': ini('%(here)s/../shop/db') }
    expect(await loadOne(files, undefined, { root: '/srv/shop' })).toMatchObject({ path: 'db' })
    expect(await breakOne(files)).toMatchObject({ message: expect.stringContaining('outside the workspace') })
  })

  it('knows os.pathsep', async () => {
    const files = {
      ...scripts('db'),
      'more/': '',
      'alembic.ini': ini('db', 'path_separator = os\nversion_locations = db;more\n'),
    }
    expect((await loadOne(files, undefined, { pathSeparator: ';' })).versionLocations).toEqual(['db', 'more'])
    expect((await loadOne(files, undefined, { pathSeparator: ':' })).versionLocations).toEqual([])
  })
})

describe('a relative script_location', () => {
  it('starts at the configuration, without a word', async () => {
    const environment = await loadOne({ ...scripts('billing/db'), 'billing/alembic.ini': ini('db') })
    expect(environment).toMatchObject({ path: 'billing/db', notes: [] })
  })

  it('may start above it, which is said', async () => {
    const environment = await loadOne({ ...scripts('apps/billing/db'), 'apps/billing/alembic.ini': ini('billing/db') })
    expect(environment.path).toBe('apps/billing/db')
    expect(environment.notes).toEqual([
      'script_location "billing/db" is relative to where Alembic is run: taken as apps/billing/db (run in apps); "cwd": "apps" in onehead.json says so',
    ])
  })

  it.each(['apps/billing', 'apps/billing/db'])(
    'needs no word once onehead.json says it under the key %s',
    async (key) => {
      const files = { ...scripts('apps/billing/db'), 'apps/billing/alembic.ini': ini('billing/db') }
      const environment = await loadOne({ ...files, 'onehead.json': onehead({ [key]: { cwd: 'apps' } }) })
      expect(environment).toMatchObject({ path: 'apps/billing/db', notes: [] })
    },
  )

  const twice = { ...scripts('billing/db'), ...scripts('db'), 'billing/alembic.ini': ini('db') }

  it('is the nearest of two readings, and both are said', async () => {
    const environment = await loadOne(twice)
    expect(environment.path).toBe('billing/db')
    expect(environment.notes).toEqual([
      'script_location "db" is relative to where Alembic is run: taken as billing/db (run in billing), not db; "cwd" in onehead.json decides',
    ])
  })

  it.each(['billing', 'billing/alembic.ini', 'billing/alembic.ini#alembic', 'billing/db'])(
    'is what onehead.json says under the key %s',
    async (key) => {
      const environment = await loadOne({ ...twice, 'onehead.json': onehead({ [key]: { cwd: '.' } }) })
      expect(environment).toMatchObject({ path: 'db', notes: [] })
    },
  )

  it('is what onehead.json says, also where nothing else leads there', async () => {
    const files = { ...scripts('deploy/db'), 'billing/alembic.ini': ini('db') }
    expect(await load(files)).toMatchObject({ environments: [], broken: [] })
    const told = { ...files, 'onehead.json': onehead({ 'deploy/db': { cwd: 'deploy' } }) }
    expect(await loadOne(told)).toMatchObject({ path: 'deploy/db' })
  })

  it('prefers what looks like a script directory to what merely exists', async () => {
    const environment = await loadOne({ ...scripts('db'), 'billing/db/readme': '', 'billing/alembic.ini': ini('db') })
    expect(environment.path).toBe('db')
  })

  it('that is empty means the directory itself, if that looks right', async () => {
    expect(await loadOne({ 'db/env.py': '', 'db/alembic.ini': ini('') })).toMatchObject({ path: 'db' })
    expect(await load({ 'db/alembic.ini': ini('') })).toMatchObject({ environments: [], broken: [] })
  })
})

describe('version_locations', () => {
  it('say in which directory Alembic is run where the script location does not', async () => {
    const files = {
      ...scripts('apps/billing/db'),
      'apps/billing/alembic.ini': ini('%(here)s/db', 'version_locations = apps/billing/v1, apps/billing/v2\n'),
      'apps/billing/v1/': '',
      'apps/billing/v2/': '',
    }
    const environment = await loadOne(files)
    expect(environment.versionLocations).toEqual(['apps/billing/v1', 'apps/billing/v2'])
    expect(environment.notes).toEqual([
      'version_locations are relative to where Alembic is run: taken from the workspace root',
    ])
  })

  it('that are not there are said', async () => {
    const lines = 'version_locations =\n  db/versions\n  more\n'
    const environment = await loadOne({ ...scripts('db'), 'alembic.ini': ini('db', lines) })
    expect(environment.versionLocations).toEqual([])
    expect(environment.notes).toEqual([
      'version_locations has several lines, and without path_separator = newline Alembic does not split at line ends',
      expect.stringContaining('so there are no revisions'),
    ])
  })

  it('resolve links; one that leaves the workspace could not be told', async () => {
    const linked = {
      'db/env.py': '',
      'db/versions': { symlink: '../shared/v' },
      'shared/v/': '',
      'alembic.ini': ini('db'),
    }
    expect((await loadOne(linked)).versionLocations).toEqual(['shared/v'])
    const outside = { ...linked, 'db/versions': { symlink: '/opt/shared' } }
    expect(await breakOne(outside)).toMatchObject({ message: expect.stringContaining('outside the workspace') })
  })

  it('of 10,000 entries are read', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `gone/v${index}`)
    const text = `path_separator = newline\nversion_locations =\n  db/versions\n  ${many.join('\n  ')}\n`
    const environment = await loadOne({ ...scripts('db'), 'alembic.ini': ini('db', text) })
    expect(environment.versionLocations).toEqual(['db/versions'])
    expect(environment.notes).toEqual([expect.stringContaining('(and 9997 more)')])
  })

  it('written as a text in pyproject.toml are a trap of their own', async () => {
    const text = '[tool.alembic]\nscript_location = "db"\nversion_locations = "db/versions"\n'
    const broken = await breakOne({ ...scripts('db'), 'pyproject.toml': text })
    expect(broken).toMatchObject({
      message: 'version_locations is a text, and Alembic takes every character of it for a directory',
      help: 'write a list: version_locations = ["db/versions"]',
      error: null,
    })
    expect(text.slice(broken.span.start, broken.span.end)).toBe('version_locations = "db/versions"')
  })
})

describe('several environments', () => {
  it('come from the sections of one file, also those that share [DEFAULT]', async () => {
    const text = `[DEFAULT]
script_location = %(here)s/db
[alembic]
databases = engine1, engine2
[engine1]
sqlalchemy.url = sqlite://
[billing]
version_locations = v/billing
[users]
script_location = %(here)s/users
[loggers]
keys = root
`
    const { environments, broken } = await load({
      ...scripts('app/db'),
      ...scripts('app/users'),
      'app/v/billing/': '',
      'app/alembic.ini': text,
    })
    expect(broken).toEqual([])
    expect(environments.map(({ name, path, section }) => [name, path, section])).toEqual([
      ['app', 'app/db', 'alembic'],
      ['app#billing', 'app/db', 'billing'],
      ['app#users', 'app/users', 'users'],
    ])
  })

  it('are sorted by script directory, configuration, section, and keep what they share', async () => {
    const { environments } = await load({
      ...scripts('z'),
      ...scripts('a'),
      'b.ini': ini('a'),
      'a.ini': ini('z'),
      'alembic.ini': `${ini('a')}[second]\nscript_location = a\n`,
    })
    expect(environments.map(({ path, config, section }) => `${path} ${config} ${section}`)).toEqual([
      'a alembic.ini alembic',
      'a alembic.ini second',
      'a b.ini alembic',
      'z a.ini alembic',
    ])
    expect(new Set(environments.map(({ name }) => name)).size).toBe(4)
    expect(environments[0]!.name).toBe('a')
  })

  it('have names that people know, or that onehead.json gives', async () => {
    const { environments } = await load({
      ...scripts('services/users/migrations'),
      'services/users/migrations/alembic.ini': '[alembic]\n',
      ...scripts('migrations'),
      'migrations/alembic.ini': '[alembic]\n',
      ...scripts('services/shop/one'),
      ...scripts('services/shop/two'),
      'services/shop/alembic.ini': ini('one'),
      'services/shop/alembic-two.ini': ini('two'),
      ...scripts('services/mail/db'),
      'services/mail/alembic.ini': ini('db'),
      'onehead.json': onehead({ 'services/mail': { name: 'mail' }, 'services/shop/two': { name: 'mail' } }),
    })
    expect(environments.map(({ name, path }) => [path, name])).toEqual([
      ['migrations', 'migrations'],
      ['services/mail/db', 'mail'],
      ['services/shop/one', 'services/shop'],
      ['services/shop/two', 'services/shop/two'],
      ['services/users/migrations', 'services/users'],
    ])
  })

  it('of one file are called by their sections, where none is the ordinary one', async () => {
    const text =
      '[alembic]\n[core]\nscript_location = dispatch:db/core\n[tenant]\nscript_location = dispatch:db/tenant\n'
    const { environments } = await load({
      ...scripts('src/dispatch/db/core'),
      ...scripts('src/dispatch/db/tenant'),
      'src/dispatch/__init__.py': '',
      'src/dispatch/alembic.ini': text,
    })
    expect(environments.map(({ name, path }) => [name, path])).toEqual([
      ['src/dispatch#core', 'src/dispatch/db/core'],
      ['src/dispatch#tenant', 'src/dispatch/db/tenant'],
    ])
  })

  it('are read once, however often they are named', async () => {
    const files = { ...scripts('db'), 'alembic.ini': ini('db') }
    const candidates = [
      { config: 'alembic.ini' },
      { config: './alembic.ini' },
      { config: 'alembic.ini', section: 'alembic' },
    ]
    expect((await load(files, candidates)).environments).toHaveLength(1)
  })
})

describe('a link to a configuration', () => {
  const shared = { 'conf/alembic.ini': ini('src/db'), ...scripts('src/db') }

  it('is no second environment', async () => {
    const files = { ...shared, 'src/alembic.ini': { symlink: '../conf/alembic.ini' } }
    expect(await loadOne(files)).toMatchObject({ config: 'conf/alembic.ini' })
    const broken = { 'conf/alembic.ini': 'junk', 'src/alembic.ini': { symlink: '../conf/alembic.ini' } }
    expect(await breakOne(broken)).toMatchObject({ config: 'conf/alembic.ini' })
  })

  it('is one where %(here)s leads elsewhere, or where it is named', async () => {
    const elsewhere = {
      'conf/alembic.ini': ini('%(here)s/db'),
      'users/alembic.ini': { symlink: '../conf/alembic.ini' },
      ...scripts('conf/db'),
      ...scripts('users/db'),
    }
    expect((await load(elsewhere)).environments.map(({ path }) => path)).toEqual(['conf/db', 'users/db'])
    const files = { ...shared, 'src/alembic.ini': { symlink: '../conf/alembic.ini' } }
    expect(await loadOne(files, [{ config: 'src/alembic.ini', explicit: true }])).toMatchObject({ path: 'src/db' })
  })
})

describe('Flask-Migrate', () => {
  it('has no script_location: the folder of the INI is the script directory', async () => {
    const environment = await loadOne({ ...scripts('shop/migrations'), 'shop/migrations/alembic.ini': '[alembic]\n' })
    expect(environment).toMatchObject({ kind: 'flask-migrate', name: 'shop', path: 'shop/migrations', notes: [] })
  })

  it('takes version_locations from where the app is, and no pyproject.toml', async () => {
    const environment = await loadOne({
      'shop/migrations/env.py': '',
      'shop/migrations/v2/': '',
      'shop/migrations/alembic.ini': '[alembic]\nversion_locations = migrations/v2\n',
      'shop/pyproject.toml': '[tool.alembic]\nrecursive_version_locations = true\n',
    })
    expect(environment).toMatchObject({ versionLocations: ['shop/migrations/v2'], recursive: false })
  })
})

describe('pyproject.toml', () => {
  it('is an environment of its own', async () => {
    const text = '[project]\nname = "shop"\n[tool.alembic]\nscript_location = "%(here)s/db"\n'
    expect(await loadOne({ ...scripts('shop/db'), 'shop/pyproject.toml': text })).toMatchObject({
      kind: 'pyproject',
      section: 'tool.alembic',
      config: 'shop/pyproject.toml',
      name: 'shop',
    })
  })

  it('and alembic.ini together are one, with the INI asked first', async () => {
    const toml = '[tool.alembic]\nscript_location = "db"\nversion_locations = ["v2"]\n'
    const files = { ...scripts('db'), ...scripts('other'), 'v2/': '', 'pyproject.toml': toml }
    expect(await loadOne({ ...files, 'alembic.ini': ini('other') })).toMatchObject({
      kind: 'alembic',
      path: 'other',
      versionLocations: ['v2'],
    })
    expect(await loadOne({ ...files, 'alembic.ini': '[alembic]\nversion_locations = other\n' })).toMatchObject({
      kind: 'pyproject',
      path: 'db',
      versionLocations: ['other'],
    })
  })

  it('of other tools is not even parsed', async () => {
    expect(await load({ 'pyproject.toml': '[tool.black\n' })).toMatchObject({ environments: [], broken: [] })
    const dependency = '[project]\ndependencies = ["alembic"\n[tool\n'
    expect(await load({ 'pyproject.toml': dependency })).toMatchObject({ environments: [], broken: [] })
  })

  it('that is broken and meant for Alembic is said, with the place', async () => {
    const text = '[tool.alembic]\nscript_location = "db"\nscript_location = "db"\n'
    const broken = await breakOne({ ...scripts('db'), 'pyproject.toml': text })
    expect(broken).toMatchObject({ section: 'tool.alembic', error: { kind: 'TOMLDecodeError' } })
    expect(broken.span.start).toBeGreaterThanOrEqual(38)
  })
})

describe('no environment', () => {
  it.each([
    ['a template', { 'alembic.ini': ini('{{ package }}/migrations') }],
    ['a fixture', { 'tests/data/alembic.ini': ini('%(here)s/scripts', 'file_template = %(rev)s\n') }],
    ['an INI of something else', { 'alembic-dev.ini': '[loggers]\nkeys = root\n' }],
    ['an INI without script_location, alone', { 'alembic.ini': '[alembic]\nsqlalchemy.url = x\n' }],
    ['a pyproject.toml that only sets options', { 'pyproject.toml': '[tool.alembic]\nfile_template = "x"\n' }],
    [
      'a script directory that belongs to another',
      { ...scripts('db'), 'alembic.ini': ini('db'), 'test-alembic.ini': ini('test') },
    ],
  ])('is %s', async (_, files: Files) => {
    expect((await load(files)).broken).toEqual([])
  })
})

describe('a broken environment', () => {
  it.each([
    ['named', { 'alembic.ini': ini('gone') }, [{ config: 'alembic.ini', explicit: true }]],
    [
      'a key of onehead.json',
      { 'alembic.ini': ini('gone'), 'onehead.json': onehead({ 'alembic.ini': {} }) },
      undefined,
    ],
    ['beside env.py', { 'db/env.py': '', 'db/alembic.ini': ini('gone') }, undefined],
    ['beside versions', { 'db/versions/': '', 'db/alembic.ini': ini('gone') }, undefined],
    [
      'beside a script directory of nobody else',
      { ...scripts('migrations'), 'alembic.ini': ini('migration') },
      undefined,
    ],
  ])('is one without a script directory that is %s', async (_, files: Files, candidates) => {
    const broken = await breakOne(files, candidates)
    expect(broken).toMatchObject({
      message: expect.stringMatching(/^script_location: "(gone|migration)" does not exist$/),
      error: { kind: 'CommandError', message: expect.stringMatching(/^Path doesn't exist: \w+\. {2}Please use/) },
    })
    expect(broken.span).toEqual({ start: 28, end: 28 + broken.message.split('"')[1]!.length })
  })

  it.each([
    ['[alembic\n', 'MissingSectionHeaderError', 'there is text before the first [section]'],
    ['[alembic]\n<<<<<<< HEAD\n', 'ParsingError', 'this line is neither a [section] nor a key = value'],
    ['[alembic]\na = 1\nA = 2\n', 'DuplicateOptionError', 'a stands here a second time in [alembic]'],
    ['[a]\n[a]\n', 'DuplicateSectionError', 'the section [a] stands here a second time'],
    ['\ufeff[alembic]\n', 'MissingSectionHeaderError', 'there is text before the first [section]'],
  ])('is the INI %j', async (text, kind, message) => {
    const broken = await breakOne({ 'svc/alembic.ini': text })
    expect(broken).toMatchObject({ name: 'svc', config: 'svc/alembic.ini', message, error: { kind } })
    expect(broken.span.end).toBeGreaterThan(broken.span.start)
  })

  it('is one whose file is not UTF-8, with the byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from('[alembic]\n# caf'),
      Buffer.from([0xe9]),
      Buffer.from('\nscript_location = db\n'),
    ])
    expect(await breakOne({ 'alembic.ini': new Uint8Array(bytes) })).toMatchObject({
      error: { kind: 'UnicodeDecodeError' },
      span: { start: 15, end: 16 },
    })
  })

  it('is one with an option that stops Alembic', async () => {
    const text = ini('db', 'file_template = %(year)d_%(rev)s\n')
    const broken = await breakOne({ ...scripts('db'), 'alembic.ini': text })
    expect(broken).toMatchObject({
      message: expect.stringMatching(/^file_template: /),
      help: expect.stringContaining('%%'),
    })
    expect(text.slice(broken.span.start, broken.span.end)).toBe('%(year)d_%(rev)s')
  })

  it('is one whose package is nowhere', async () => {
    expect(await breakOne({ 'alembic.ini': ini('shop.db:migrations') })).toMatchObject({
      message: 'script_location: the Python package shop.db of "shop.db:migrations" is not in this workspace',
      error: { kind: 'ModuleNotFoundError', message: "No module named 'shop'" },
      help: expect.stringContaining('prepend_sys_path'),
    })
  })

  it('names the file at fault where Alembic reads two', async () => {
    const toml = '[tool.alembic]\nsourceless = "no"\n'
    const broken = await breakOne({ ...scripts('db'), 'alembic.ini': ini('db'), 'pyproject.toml': toml })
    expect(broken).toMatchObject({
      config: 'pyproject.toml',
      message: expect.stringMatching(/^sourceless is not a boolean/),
    })
  })

  it('never stops the others', async () => {
    const { environments, broken } = await load({
      'a/alembic.ini': 'junk',
      ...scripts('b/db'),
      'b/alembic.ini': ini('db'),
      'c/alembic.ini': new Uint8Array([0, 255, 254, 10, 91]),
      'd/alembic.ini': { symlink: '/etc/alembic.ini' },
    })
    expect(environments.map(({ name }) => name)).toEqual(['b'])
    expect(broken.map(({ name }) => name)).toEqual(['a', 'c', 'd'])
  })

  it('is not one that was named and is not there: that is a slip of the command', async () => {
    const named = load({}, [{ config: 'conf/gone.cfg', explicit: true }])
    await expect(named).rejects.toThrow(UsageError)
    await expect(named).rejects.toThrow('there is no configuration file conf/gone.cfg')
  })
})

describe('package:directory', () => {
  it('is looked for in the usual places where prepend_sys_path does not say, and that is said', async () => {
    const environment = await loadOne({
      'svc/src/shop/__init__.py': '',
      ...scripts('svc/src/shop/db'),
      'svc/alembic.ini': ini('shop:db'),
    })
    expect(environment.path).toBe('svc/src/shop/db')
    expect(environment.notes).toEqual([
      'the package shop of "shop:db" is the one in svc/src, found by looking around; "src" in prepend_sys_path says so',
    ])
  })
})

describe('hostile input', () => {
  it('of five megabytes is read', async () => {
    const text = `${ini('db')}${Array.from({ length: 100_000 }, (_, index) => `option_${index} = ${'x'.repeat(40)}`).join('\n')}\n`
    expect(text.length).toBeGreaterThan(5_000_000)
    expect(await loadOne({ ...scripts('db'), 'alembic.ini': text })).toMatchObject({ path: 'db' })
  })

  it('of one endless value is read', async () => {
    const text = `${ini('db')}notes =${'\n  a line'.repeat(500_000)}\n`
    expect(await loadOne({ ...scripts('db'), 'alembic.ini': text })).toMatchObject({ path: 'db' })
  })

  it('that multiplies itself ends', async () => {
    const lines = Array.from({ length: 9 }, (_, index) => `x${index} = ${`%(x${index + 1})s`.repeat(100)}\n`).join('')
    const text = `[alembic]\nscript_location = %(x0)s\n${lines}x9 = y\n`
    expect(await breakOne({ 'alembic.ini': text })).toMatchObject({
      message: expect.stringContaining('grows without end'),
    })
  })

  it('that climbs out of the workspace is outside', async () => {
    for (const location of ['../../../etc', '%(here)s/../../../../etc', '/etc', 'db/../../../etc']) {
      const broken = await breakOne({ ...scripts('db'), 'alembic.ini': ini(location) }, undefined, {
        root: '/srv/shop',
      })
      expect(broken.message).toMatch(/is outside the workspace$|does not exist$/)
    }
  })
})

describe('a directory that may not be read', () => {
  it('loses its environment only, with a word', async () => {
    const files = {
      ...scripts('a/db'),
      'a/alembic.ini': ini('db'),
      'b/alembic.ini': ini('vault/db'),
      'b/vault/db/': '',
    }
    const snapshot = memorySnapshot({ ...files, 'c/alembic.ini': ini('db') })
    const list = (directory: string) => {
      if (directory === 'b/vault' || directory === 'c') throw new DirectoryUnreadable(directory)
      return snapshot.list(directory)
    }
    const candidates = ['a', 'b', 'c'].map((directory) => ({ config: `${directory}/alembic.ini` }))
    const { environments, broken } = await loadEnvironments({ ...snapshot, list }, candidates, defaultConfiguration)
    expect(environments.map(({ name }) => name)).toEqual(['a'])
    expect(broken.map(({ name, message }) => [name, message])).toEqual([
      ['b', 'the directory b/vault may not be read'],
      ['c', 'the file cannot be read: the directory c may not be read'],
    ])
  })
})

describe('unusedEnvironmentKeys', () => {
  it('are the keys that fit nothing, with their place', async () => {
    const text = onehead({ billing: {}, users: {}, 'broken/alembic.ini': {} })
    const { unusedEnvironmentKeys } = await load({
      ...scripts('billing/db'),
      'billing/alembic.ini': ini('db'),
      'broken/alembic.ini': 'junk',
      'onehead.json': text,
    })
    expect(unusedEnvironmentKeys.map(({ key, span }) => [key, text.slice(span.start, span.end)])).toEqual([
      ['users', '"users"'],
    ])
  })
})
