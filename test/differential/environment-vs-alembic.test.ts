import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultConfiguration } from '../../packages/workspace/src/configuration/index.js'
import { loadEnvironments } from '../../packages/workspace/src/environment/index.js'
import { workingTree } from '../../packages/workspace/src/snapshot/working-tree.js'
import { providePython } from '../support/python.js'

const python = providePython('alembic-1.20')

interface Case {
  readonly name: string
  /** Texts; a path that ends in `/` is a folder; `{ symlink }` a link. */
  readonly files: Readonly<Record<string, string | Uint8Array | { readonly symlink: string }>>
  /** Where Alembic is run. */
  readonly cwd?: string
  readonly ini?: string | null
  readonly toml?: string | null
  readonly section?: string
  /** What `flask db -d` is given, relative to `cwd`. */
  readonly flask?: string
  /** True where `onehead.json` has to say the cwd. */
  readonly tellCwd?: boolean
}

/** What Alembic makes of a case: paths relative to the case's root. */
interface Answer {
  readonly error?: string
  readonly scripts?: string
  readonly versions?: readonly string[]
  readonly recursive?: boolean
  readonly sourceless?: boolean
  readonly template?: string
}

const PROGRAM = `
import importlib, json, os, sys, warnings
warnings.simplefilter("ignore")
from alembic.config import Config
from alembic.script import ScriptDirectory
def answer(case):
    root, cwd = case["root"], os.path.join(case["root"], case["cwd"])
    os.chdir(cwd)
    known, path = set(sys.modules), list(sys.path)
    importlib.invalidate_caches()
    rel = lambda p: os.path.relpath(os.path.realpath(p), root)
    try:
        config = Config(file_=case["ini"], toml_file=case["toml"], ini_section=case["section"])
        if case["flask"] is not None:
            config.set_main_option("script_location", case["flask"])
        scripts = ScriptDirectory.from_config(config)
        locations = [rel(p) for p in scripts._version_locations if p.is_dir()]
        return {"scripts": rel(scripts.dir), "versions": locations, "recursive": scripts.recursive_version_locations,
                "sourceless": scripts.sourceless, "template": scripts.file_template}
    except Exception as e:
        return {"error": type(e).__name__}
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - known:
            if getattr(sys.modules[name], "__file__", None) is None or root in str(sys.modules[name].__file__):
                del sys.modules[name]
print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
`

const scripts = { 'db/env.py': '', 'db/versions/': '', 'db/more/': '', 'more/': '', 'old/': '', 'a b/': '', 'x/y/': '' }
const ini = (text: string): string => `[alembic]\nscript_location = %(here)s/db\n${text}`

const separators: Case[] = ['', 'os', 'space', 'newline', ':', ';', 'comma', 'OS', '"os"'].flatMap((separator) =>
  [
    'db/versions more',
    'db/versions, more,old',
    'db/versions:more : old',
    'db/versions;more;;old;',
    '\n  db/versions\n  more\n\n  old',
    '%(here)s/db/versions %(here)s/more',
    '%(here)s/db/versions:%(here)s/more',
    'a b:more',
    'more,',
    'db/versions more db/versions',
  ].map((value) => ({
    name: `version_locations = ${JSON.stringify(value)} with path_separator = ${separator || '(none)'}`,
    files: {
      ...scripts,
      'alembic.ini': ini(`version_locations = ${value}\n${separator && `path_separator = ${separator}\n`}`),
    },
  })),
)

const others: Case[] = [
  {
    name: 'script_location relative to the config',
    files: { ...scripts, 'alembic.ini': '[alembic]\nscript_location = db\n' },
  },
  {
    name: 'version_path_separator',
    files: { ...scripts, 'alembic.ini': ini('version_locations = more:old\nversion_path_separator = os\n') },
  },
  {
    name: 'path_separator wins over version_path_separator',
    files: {
      ...scripts,
      'alembic.ini': ini('version_locations = more:old\nversion_path_separator = space\npath_separator = :\n'),
    },
  },
  {
    name: 'version_path_separator unknown',
    files: { ...scripts, 'alembic.ini': ini('version_locations = more\nversion_path_separator = x\n') },
  },
  {
    name: 'unknown separator that nobody reads',
    files: { ...scripts, 'alembic.ini': ini('path_separator = comma\n') },
  },
  {
    name: 'prepend_sys_path with an unknown separator',
    files: { ...scripts, 'alembic.ini': ini('path_separator = comma\nprepend_sys_path = .\n') },
  },
  { name: 'version_locations empty', files: { ...scripts, 'alembic.ini': ini('version_locations =\n') } },
  {
    name: 'version_locations only separators',
    files: { ...scripts, 'alembic.ini': ini('version_locations = ::\npath_separator = os\n') },
  },
  { name: 'version_locations a file', files: { ...scripts, 'alembic.ini': ini('version_locations = alembic.ini\n') } },
  { name: 'version_locations missing', files: { ...scripts, 'alembic.ini': ini('version_locations = gone\n') } },
  { name: 'no versions directory', files: { 'db/env.py': '', 'alembic.ini': ini('') } },
  { name: 'versions is a file', files: { 'db/env.py': '', 'db/versions': '', 'alembic.ini': ini('') } },
  ...['true', 'True', '1', 'yes', ' true ', 'false', ''].map((value) => ({
    name: `recursive_version_locations = ${value}`,
    files: { ...scripts, 'alembic.ini': ini(`recursive_version_locations = ${value}\nsourceless = ${value}\n`) },
  })),
  {
    name: 'file_template with %%',
    files: { ...scripts, 'alembic.ini': ini('file_template = %%(year)d_%%(rev)s_%%(slug)s\n') },
  },
  { name: 'file_template with a bare %', files: { ...scripts, 'alembic.ini': ini('file_template = %(rev)s\n') } },
  { name: 'file_template with a broken %', files: { ...scripts, 'alembic.ini': ini('file_template = %rev\n') } },
  {
    name: 'a bad % that nobody reads',
    files: { ...scripts, 'alembic.ini': ini('sqlalchemy.url = postgresql://u:%40p@h/db\n') },
  },
  {
    name: 'a bad % in [DEFAULT], hooks',
    files: { ...scripts, 'alembic.ini': `[DEFAULT]\nx = %d\n${ini('[post_write_hooks]\nhooks = \n')}` },
  },
  { name: 'a bad % in [DEFAULT], no hooks', files: { ...scripts, 'alembic.ini': `[DEFAULT]\nx = %d\n${ini('')}` } },
  {
    name: 'a bad % in the hooks',
    files: { ...scripts, 'alembic.ini': ini('[post_write_hooks]\nhooks = ruff\nruff.options = %d\n') },
  },
  { name: 'timezone with a bad %', files: { ...scripts, 'alembic.ini': ini('timezone = %z\n') } },
  {
    name: 'truncate_slug_length no number',
    files: { ...scripts, 'alembic.ini': ini('truncate_slug_length = forty\n') },
  },
  {
    name: 'truncate_slug_length odd number',
    files: { ...scripts, 'alembic.ini': ini('truncate_slug_length = +4_0\n') },
  },
  { name: 'truncate_slug_length empty', files: { ...scripts, 'alembic.ini': ini('truncate_slug_length =\n') } },
  {
    name: '[DEFAULT] gives the location',
    files: { ...scripts, 'alembic.ini': '[DEFAULT]\nscript_location = %(here)s/db\n[alembic]\n' },
  },
  {
    name: 'interpolation of an own option',
    files: { ...scripts, 'alembic.ini': '[alembic]\ntop = %(here)s\nscript_location = %(top)s/db\n' },
  },
  {
    name: 'here overridden',
    files: { ...scripts, 'x/y/env.py': '', 'alembic.ini': '[alembic]\nhere = x\nscript_location = %(here)s/y\n' },
  },
  {
    name: 'another section',
    section: 'billing',
    files: {
      ...scripts,
      'alembic.ini': `${ini('')}[billing]\nscript_location = x\nversion_locations = old\n`,
      'x/env.py': '',
    },
  },
  {
    name: 'a section that shares [DEFAULT]',
    section: 'billing',
    files: {
      ...scripts,
      'alembic.ini': '[DEFAULT]\nscript_location = %(here)s/db\n[billing]\nversion_locations = more\n',
    },
  },
  { name: 'quotes stay', files: { ...scripts, 'alembic.ini': '[alembic]\nscript_location = "db"\n' } },
  { name: 'an inline comment stays', files: { ...scripts, 'alembic.ini': '[alembic]\nscript_location = db ; here\n' } },
  { name: 'the directory is not there', files: { 'db/x': '', 'alembic.ini': '[alembic]\nscript_location = nope\n' } },
  { name: 'duplicate option', files: { ...scripts, 'alembic.ini': `${ini('')}script_location = db\n` } },
  { name: 'duplicate section', files: { ...scripts, 'alembic.ini': `${ini('')}[alembic]\n` } },
  { name: 'a line that is nothing', files: { ...scripts, 'alembic.ini': ini('<<<<<<< HEAD\n') } },
  { name: 'no section header', files: { ...scripts, 'alembic.ini': 'script_location = db\n' } },
  { name: 'byte order mark', files: { ...scripts, 'alembic.ini': `\ufeff${ini('')}` } },
  { name: 'not UTF-8', files: { ...scripts, 'alembic.ini': Buffer.from(`${ini('')}# \xe9\n`, 'latin1') } },
  {
    name: 'no section alembic',
    files: { ...scripts, 'alembic.ini': '[other]\nscript_location = db\n' },
    section: 'alembic',
  },
  {
    name: 'dots',
    files: {
      ...scripts,
      'alembic.ini': '[alembic]\nscript_location = ./x/../db/.\nversion_locations = db//versions/ ./more\n',
    },
  },
  {
    name: 'symlinked script directory',
    files: { ...scripts, link: { symlink: 'db' }, 'alembic.ini': '[alembic]\nscript_location = link\n' },
  },
  {
    name: 'symlinked versions',
    files: { 'db/env.py': '', 'db/versions': { symlink: '../old' }, 'old/': '', 'alembic.ini': ini('') },
  },
  {
    name: 'dots behind a link',
    files: {
      ...scripts,
      link: { symlink: 'x/y' },
      'x/z/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = link/../z\n',
    },
  },
  {
    name: 'here in a symlinked file',
    files: {
      ...scripts,
      'conf/alembic.ini': '[alembic]\nscript_location = %(here)s/db\n',
      'alembic.ini': { symlink: 'conf/alembic.ini' },
    },
  },
  {
    name: 'a link in a circle',
    files: { ...scripts, 'db/loop': { symlink: 'loop' }, 'alembic.ini': ini('version_locations = db/loop more\n') },
  },
  // Run from above.
  {
    name: 'run from the root, relative',
    cwd: '',
    ini: 'svc/alembic.ini',
    files: { 'svc/db/env.py': '', 'svc/db/versions/': '', 'svc/alembic.ini': '[alembic]\nscript_location = svc/db\n' },
  },
  {
    name: 'run from the root, versions relative',
    cwd: '',
    ini: 'svc/alembic.ini',
    files: {
      'svc/db/env.py': '',
      'svc/v1/': '',
      'svc/alembic.ini': '[alembic]\nscript_location = %(here)s/db\nversion_locations = svc/v1\n',
    },
  },
  {
    name: 'run from the middle',
    cwd: 'apps',
    ini: 'svc/alembic.ini',
    files: {
      'apps/svc/db/env.py': '',
      'apps/svc/alembic.ini': '[alembic]\nscript_location = svc/db\nversion_locations = svc/db\n',
    },
  },
  {
    name: 'two readings, told',
    cwd: '',
    tellCwd: true,
    ini: 'svc/alembic.ini',
    files: { 'svc/db/env.py': '', 'db/env.py': '', 'svc/alembic.ini': '[alembic]\nscript_location = db\n' },
  },
  {
    name: 'two readings, the nearer',
    cwd: 'svc',
    files: { 'svc/db/env.py': '', 'db/env.py': '', 'svc/alembic.ini': '[alembic]\nscript_location = db\n' },
  },
  {
    name: 'the pyproject.toml of the cwd counts',
    cwd: '',
    ini: 'svc/alembic.ini',
    toml: 'pyproject.toml',
    files: {
      'svc/db/env.py': '',
      'v1/': '',
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["v1"]\n',
      'svc/alembic.ini': '[alembic]\nscript_location = svc/db\n',
    },
  },
  // Packages.
  {
    name: 'package:dir',
    files: {
      'app/__init__.py': '',
      'app/db/env.py': '',
      'app/db/versions/': '',
      'alembic.ini': '[alembic]\nscript_location = app:db\nprepend_sys_path = .\n',
    },
  },
  {
    name: 'package:dir:dir',
    files: {
      'app/__init__.py': '',
      'app/db/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:db:mig\nprepend_sys_path = .\n',
    },
  },
  {
    name: 'package:dir/dir',
    files: {
      'app/__init__.py': '',
      'app/db/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:db/mig\nprepend_sys_path = .\n',
    },
  },
  {
    name: 'dotted package',
    files: {
      'src/app/__init__.py': '',
      'src/app/data/__init__.py': '',
      'src/app/data/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app.data:mig\nprepend_sys_path = src\n',
    },
  },
  {
    name: 'namespace package',
    files: {
      'src/app/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:mig\nprepend_sys_path = src\n',
    },
  },
  {
    name: 'namespace in two places',
    files: {
      'one/app/x': '',
      'two/app/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:mig\nprepend_sys_path = one two\n',
    },
  },
  {
    name: 'a package behind a namespace',
    files: {
      'one/app/mig/env.py': '',
      'two/app/__init__.py': '',
      'two/app/mig/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:mig\nprepend_sys_path = one two\n',
    },
  },
  {
    name: 'package in version_locations',
    files: {
      ...scripts,
      'app/__init__.py': '',
      'app/v2/': '',
      'alembic.ini': ini('version_locations = app:v2 more\npath_separator = space\nprepend_sys_path = %(here)s\n'),
    },
  },
  {
    name: 'package that is nowhere',
    files: { ...scripts, 'alembic.ini': '[alembic]\nscript_location = nowhere_at_all:db\n' },
  },
  {
    name: 'colon split of prepend_sys_path',
    files: {
      'src/app/__init__.py': '',
      'src/app/db/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:db\nprepend_sys_path = lib:src\n',
    },
  },
  {
    name: 'os split of prepend_sys_path',
    files: {
      'src/app/__init__.py': '',
      'src/app/db/env.py': '',
      'alembic.ini': '[alembic]\nscript_location = app:db\nprepend_sys_path = lib : src\npath_separator = os\n',
    },
  },
  // pyproject.toml.
  ...(
    [
      ['here', 'script_location = "%(here)s/db"'],
      ['relative', 'script_location = "db"'],
      ['versions', 'script_location = "db"\nversion_locations = ["%(here)s/more", "db/versions"]'],
      ['versions empty', 'script_location = "db"\nversion_locations = []'],
      ['versions with spaces', 'script_location = "db"\nversion_locations = ["a b", "more "]'],
      ['versions empty text', 'script_location = "db"\nversion_locations = ""'],
      ['recursive', 'script_location = "db"\nrecursive_version_locations = true\nsourceless = false'],
      ['recursive as text', 'script_location = "db"\nrecursive_version_locations = "true"'],
      ['sourceless as number', 'script_location = "db"\nsourceless = 1'],
      ['template', 'script_location = "db"\nfile_template = "%%(rev)s"'],
      ['template bare', 'script_location = "db"\nfile_template = "%(rev)s"'],
      ['template ends with %', 'script_location = "db"\nfile_template = "x%"'],
      ['package', 'script_location = "app:db"\nprepend_sys_path = ["src"]'],
      ['package, text', 'script_location = "app:db"\nprepend_sys_path = "."'],
      ['number in a list', 'script_location = "db"\nversion_locations = [1]'],
      ['location a number', 'script_location = 5'],
      ['slug length', 'script_location = "db"\ntruncate_slug_length = 20'],
      ['slug length text', 'script_location = "db"\ntruncate_slug_length = "x"'],
      [
        'hooks',
        'script_location = "db"\n[[tool.alembic.post_write_hooks]]\nname = "ruff"\ntype = "exec"\noptions = "%d"',
      ],
      ['broken', 'script_location = "db\nx'],
      ['no location', 'file_template = "x"'],
    ] as const
  ).map(([name, text]) => ({
    name: `pyproject: ${name}`,
    ini: null,
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'src/app/__init__.py': '',
      'src/app/db/env.py': '',
      'app/__init__.py': '',
      'app/db/env.py': '',
      'pyproject.toml': `[project]\nname = "billing"\n\n[tool.alembic]\n${text}\n`,
    },
  })),
  {
    name: 'pyproject: tool.alembic is a text',
    ini: null,
    toml: 'pyproject.toml',
    files: { ...scripts, 'pyproject.toml': 'tool.alembic = "x"\n' },
  },
  // Both together.
  {
    name: 'both: location in the TOML only',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'alembic.ini': '[alembic]\nversion_locations = more\n',
      'pyproject.toml': '[tool.alembic]\nscript_location = "db"\nversion_locations = ["old"]\n',
    },
  },
  {
    name: 'both: location in the INI, versions in the TOML',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'alembic.ini': ini(''),
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["old"]\nrecursive_version_locations = true\n',
    },
  },
  {
    name: 'both: the INI first',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'x/env.py': '',
      'alembic.ini': ini('recursive_version_locations = false\n'),
      'pyproject.toml': '[tool.alembic]\nscript_location = "x"\nrecursive_version_locations = true\n',
    },
  },
  {
    name: 'both: empty in the INI',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'alembic.ini': ini('version_locations =\n'),
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["old"]\n',
    },
  },
  {
    name: 'both: separator in the INI only counts for the INI',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'alembic.ini': ini('path_separator = os\n'),
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["old:more"]\n',
    },
  },
  {
    name: 'both: the INI without the section',
    toml: 'pyproject.toml',
    files: {
      ...scripts,
      'alembic.ini': '[loggers]\nkeys = root\n',
      'pyproject.toml': '[tool.alembic]\nscript_location = "db"\n',
    },
  },
  {
    name: 'both: a broken INI',
    toml: 'pyproject.toml',
    files: { ...scripts, 'alembic.ini': 'x', 'pyproject.toml': '[tool.alembic]\nscript_location = "db"\n' },
  },
  {
    name: 'both: a broken TOML',
    toml: 'pyproject.toml',
    files: { ...scripts, 'alembic.ini': ini(''), 'pyproject.toml': '[tool.alembic\n' },
  },
  {
    name: 'both: another section',
    toml: 'pyproject.toml',
    section: 'billing',
    files: {
      ...scripts,
      'alembic.ini': '[billing]\nscript_location = db\n',
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["old"]\n',
    },
  },
  // Flask-Migrate.
  {
    name: 'Flask-Migrate',
    cwd: 'app',
    ini: 'migrations/alembic.ini',
    flask: 'migrations',
    files: { 'app/migrations/env.py': '', 'app/migrations/versions/': '', 'app/migrations/alembic.ini': '[alembic]\n' },
  },
  {
    name: 'Flask-Migrate with version_locations',
    cwd: 'app',
    ini: 'migrations/alembic.ini',
    flask: 'migrations',
    files: {
      'app/migrations/env.py': '',
      'app/migrations/v2/': '',
      'app/migrations/alembic.ini': '[alembic]\nversion_locations = migrations/v2\n',
    },
  },
  {
    name: 'Flask-Migrate ignores the TOML',
    cwd: '',
    ini: 'migrations/alembic.ini',
    flask: 'migrations',
    files: {
      'migrations/env.py': '',
      'migrations/versions/': '',
      'old/': '',
      'migrations/alembic.ini': '[alembic]\n',
      'pyproject.toml': '[tool.alembic]\nversion_locations = ["old"]\n',
    },
  },
  {
    name: 'Flask-Migrate without the section',
    cwd: '',
    ini: 'migrations/alembic.ini',
    flask: 'migrations',
    files: {
      'migrations/env.py': '',
      'migrations/deep/': '',
      'migrations/alembic.ini': '[DEFAULT]\nversion_locations = migrations/deep\n[logger_root]\n',
    },
  },
]

describe.skipIf(python.reason !== null)(
  `environments against Alembic${python.reason ? ` (${python.reason})` : ''}`,
  () => {
    const cases: readonly Case[] = [...separators, ...others]
    let home = ''
    let expected: Answer[] = []

    beforeAll(() => {
      home = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-environments-')))
      for (const [index, one] of cases.entries()) write(join(home, `case${index}`), one.files)
      const input = cases.map((one, index) => {
        const root = join(home, `case${index}`)
        const { cwd = '', ini: file = 'alembic.ini', toml = null, section = 'alembic', flask = null } = one
        return { root, cwd, ini: file, toml, section, flask }
      })
      const options = { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 2 ** 26 } as const
      expected = JSON.parse(execFileSync(python.python!, ['-c', PROGRAM], options))
    })

    afterAll(() => rmSync(home, { recursive: true, force: true }))

    it('has at least 40 configurations, of which many are environments', () => {
      expect(expected.filter((answer) => answer.scripts !== undefined).length).toBeGreaterThanOrEqual(40)
      expect(new Set(expected.map((answer) => answer.error)).size).toBeGreaterThanOrEqual(8)
    })

    it.each(cases.map((one, index) => ({ ...one, index })))('$name', async (one) => {
      const root = join(home, `case${one.index}`)
      expect(await ours(root, one)).toEqual(asOurs(expected[one.index]!))
    })
  },
)

function write(root: string, files: Case['files']): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path)
    mkdirSync(path.endsWith('/') ? target : dirname(target), { recursive: true })
    if (path.endsWith('/')) continue
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(target, content)
    else symlinkSync(content.symlink, target)
  }
}

async function ours(root: string, one: Case): Promise<Answer> {
  const cwd = one.cwd ?? ''
  const config = join(cwd, one.ini === null ? one.toml! : (one.ini ?? 'alembic.ini'))
  const candidate = { config, explicit: true, ...(one.section ? { section: one.section } : {}) }
  const span = { start: 0, end: 0 }
  const entries = one.tellCwd ? [{ key: config, span, settings: { cwd } }] : []
  const configuration = { ...defaultConfiguration, environments: { include: null, exclude: [], entries } }
  const loaded = await loadEnvironments(workingTree(root), [candidate], configuration, { root, pathSeparator: ':' })
  const [environment] = loaded.environments
  if (environment === undefined) return { error: loaded.broken[0]?.error?.kind ?? 'nothing' }
  return {
    scripts: relative('', environment.path),
    versions: environment.versionLocations,
    recursive: environment.recursive,
    sourceless: environment.sourceless ?? false,
    template: environment.fileTemplate ?? '%(rev)s_%(slug)s',
  }
}

/** The root is `.` for Python and the empty text for us. */
function asOurs(answer: Answer): Answer {
  if (answer.scripts === undefined) return answer
  const root = (path: string): string => (path === '.' ? '' : path)
  return { ...answer, scripts: root(answer.scripts), versions: answer.versions!.map(root) }
}
