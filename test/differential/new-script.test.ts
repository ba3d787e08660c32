import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CreateDate, type NewScriptSettings, renderMerge, renderNewScript } from '@onehead/core'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultConfiguration } from '../../packages/workspace/src/configuration/index.js'
import { loadEnvironments } from '../../packages/workspace/src/environment/index.js'
import {
  createDateAt,
  loadNewScriptSettings,
  nowInMicroseconds,
} from '../../packages/workspace/src/new-script/index.js'
import { createLinkResolver } from '../../packages/workspace/src/snapshot/links.js'
import { workingTree } from '../../packages/workspace/src/snapshot/working-tree.js'
import { type PythonWorld, providePython } from '../support/python.js'

interface Case {
  readonly name: string
  /** Below `[alembic]`. */
  readonly ini?: string
  /** In place of alembic.ini. */
  readonly toml?: string
  /** What is done to the template of this Alembic. */
  readonly template?: (text: string) => string | Uint8Array
  readonly files?: Readonly<Record<string, string>>
  readonly message?: string | null
  /** `merge` by default. */
  readonly command?: 'merge' | 'revision'
  readonly parents?: readonly string[]
  readonly branchLabel?: string
  readonly revision?: string
  /** The version location, where it is not the only one. */
  readonly versionPath?: string
}

const MESSAGES: readonly (string | null)[] = [
  null,
  '',
  '!!!',
  'Add  User--Name',
  'add_user__x_',
  'Merge heads abc123, def456',
  'this is a fairly long message that goes beyond forty characters',
  'x'.repeat(40),
  'x'.repeat(41),
  'ünïcode ß İstanbul Σ',
  'ΟΔΥΣΣΕΥΣ και ΣΟΦΙΑΣ',
  '日本語 メッセージ',
  'café e\u0301',
  '²③ ½ ₂',
  '𐐀𐐁 astral 𝔘 letters and more of them, beyond forty',
  `it's "quoted" \${not} a %(thing)s`,
]

const script = (id: string, parent: string | null, more = '') =>
  `""" ${id} """\nrevision = ${JSON.stringify(id)}\ndown_revision = ${parent === null ? 'None' : `"${parent}"`}\n${more}`

const ONE_PLACE = {
  'migrations/versions/a1.py': script('aaaa1111', null),
  'migrations/versions/b1.py': script('bbbb1111', 'aaaa1111'),
  'migrations/versions/b2.py': script('bbbb2222', 'aaaa1111', 'branch_labels = "refunds"\n'),
  'migrations/versions/b3.py': script('it\'s "3"', 'aaaa1111'),
}

const TWO_PLACES = {
  'users/a1.py': script('aaaa1111', null),
  'users/b1.py': script('bbbb1111', 'aaaa1111'),
  'billing/b2.py': script('bbbb2222', 'aaaa1111'),
}

const common: readonly Case[] = [
  ...MESSAGES.map((message) => ({ name: `merge -m ${JSON.stringify(message)}`, message })),
  { name: 'revision on a head', command: 'revision', parents: ['bbbb1111'], message: 'add due date' },
  { name: 'revision that is a base', command: 'revision', parents: [], message: 'a second product' },
  { name: 'merge of three, with quotes in an id', parents: ['bbbb2222', 'it\'s "3"', 'bbbb1111'], message: 'all' },
  { name: 'merge with a label', branchLabel: 'shop', message: 'with a label' },
  { name: 'merge with a quoted label', branchLabel: 'ada\'s "shop"\t\\é', message: 'with a label' },
  { name: 'CRLF template', template: (text) => text.replaceAll('\n', '\r\n'), message: 'windows' },
  { name: 'template with a BOM', template: (text) => `\ufeff${text}`, message: 'marked' },
  { name: 'template with a coding line', template: (text) => `# -*- coding: utf-8 -*-\r\n${text}`, message: 'coded' },
  {
    name: 'plain template of its own',
    template: (text) =>
      `## not for the reader\n# ruff: noqa\n${text.replace('import sqlalchemy as sa', 'import sqlalchemy as sa\nimport decimal \\\n  # joined')}\n## ends here \\\n and goes on\n  ##indented\n# \${message} \${ down_revision } \${branch_labels} $\${up_revision} \${repr( message )} \${depends_on|comma,n}\${imports or 'none'}\n# 50%\n`,
    message: 'of its own',
  },
  {
    name: 'file_template with dates',
    ini: 'file_template = %%(year)d_%%(month).2d_%%(day)02d_%%(hour)-4d%%(minute)+d%%(second)5.3d-%%(epoch)s-%%(rev).4s_%%(slug)12.6s%%%%\n',
    message: 'add due date',
  },
  { name: 'truncate_slug_length', ini: 'truncate_slug_length = 12\n', message: 'add refunds to the invoices' },
  { name: 'truncate_slug_length 0', ini: 'truncate_slug_length = 0\n', message: MESSAGES[6]! },
  {
    name: 'several version locations, recursive',
    files: TWO_PLACES,
    ini: 'version_locations = %(here)s/users, %(here)s/billing\nrecursive_version_locations = true\n',
    parents: ['bbbb2222', 'bbbb1111'],
    message: 'beside the first parent',
  },
  {
    name: 'several version locations, one of which is not there',
    files: TWO_PLACES,
    ini: 'version_locations = %(here)s/users, %(here)s/gone %(here)s/billing\n',
    message: 'beside the first parent',
  },
  {
    name: 'revision in several version locations',
    command: 'revision',
    files: TWO_PLACES,
    ini: 'version_locations = %(here)s/users, %(here)s/billing\n',
    parents: ['bbbb1111'],
    message: 'beside the parent',
  },
  {
    name: 'one version location of its own',
    files: TWO_PLACES,
    ini: 'version_locations = %(here)s/users\n',
    command: 'revision',
    parents: ['bbbb1111'],
    message: 'there',
  },
]

/** Alembic 1.8 needs another library for them. */
const zones: readonly Case[] = [
  { name: 'timezone UTC', ini: 'timezone = utc\n', message: 'dated' },
  { name: 'timezone', ini: 'timezone = Asia/Kolkata\n', message: 'dated' },
  {
    name: 'timezone west',
    ini: 'timezone = America/St_Johns\nfile_template = %%(epoch)d_%%(hour)d\n',
    message: 'dated',
  },
]

/** Older ones do not make folders, and read no pyproject.toml. */
const onlyNew: readonly Case[] = [
  {
    name: 'id with a slash',
    ini: 'recursive_version_locations = true\n',
    revision: 'sub/cccc',
    message: 'in a folder',
  },
  {
    name: 'file_template that makes folders',
    ini: 'file_template = %%(year)d//%%(month).2d/./%%(rev)s_%%(slug)s\nrecursive_version_locations = true\n',
    message: 'add due date',
  },
  {
    name: 'pyproject.toml',
    toml: '[tool.alembic]\nscript_location = "%(here)s/migrations"\nfile_template = "%%(rev)s-%%(slug)s"\ntruncate_slug_length = 5\ntimezone = "UTC"\n',
    message: 'from a table',
  },
]

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-new-script-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each<{ world: PythonWorld; templates: string; cases: readonly Case[]; flask?: true }>([
  { world: 'alembic-1.8', templates: 'alembic/templates/generic', cases: common },
  { world: 'alembic-1.13', templates: 'alembic/templates/generic', cases: [...common, ...zones] },
  { world: 'alembic-1.20', templates: 'alembic/templates/generic', cases: [...common, ...zones, ...onlyNew] },
  { world: 'flask-migrate', templates: 'flask_migrate/templates/flask', cases: [...common, ...zones], flask: true },
])('$world', ({ world, templates, cases, flask = false }) => {
  const { python, reason } = providePython(world)

  describe.skipIf(reason)(`writes what we write${reason ? ` (${reason})` : ''}`, () => {
    const worlds = cases.map((one, index) => ({ one, root: join(folder, world, String(index)) }))
    const answers = python === null ? [] : writeAll(python, templates, flask, worlds)

    it.each(worlds.map((one, index) => [one.one.name, { ...one, failure: answers[index] }] as const))(
      '%s',
      async (_, { one, root, failure }) => {
        expect(failure).toBeNull()
        const [path, ...others] = written(root)
        expect(others).toEqual([])
        const bytes = readFileSync(join(root, path!))
        const { settings, paths } = await open(root, createDateIn(bytes))
        const ours = render(one, settings, paths)
        expect('path' in ours ? ours.path : ours).toBe(path)
        expect('bytes' in ours && Buffer.from(ours.bytes).toString()).toBe(bytes.toString())
        expect('bytes' in ours && Buffer.from(ours.bytes).equals(bytes)).toBe(true)
      },
    )
  })
})

interface Made {
  readonly one: Case
  readonly root: string
}

function writeAll(python: string, templates: string, flask: boolean, worlds: readonly Made[]): (string | null)[] {
  const [library, name] = templates.split('/', 1).concat(templates.slice(templates.indexOf('/') + 1)) as [
    string,
    string,
  ]
  const base = execFileSync(python, ['-c', `import ${library}, os; print(os.path.dirname(${library}.__file__))`])
  const template = readFileSync(join(base.toString().trim(), name, 'script.py.mako'), 'utf8')
  for (const { one, root } of worlds) prepare(one, root, template, flask)
  const commands = worlds.map(({ one, root }) => command(one, root, flask))
  const program = fileURLToPath(new URL('write_scripts.py', import.meta.url))
  return JSON.parse(execFileSync(python, [program], { input: JSON.stringify(commands), encoding: 'utf8' }))
}

function prepare(one: Case, root: string, template: string, flask: boolean): void {
  const location = flask ? '' : 'script_location = %(here)s/migrations\n'
  const own =
    one.toml === undefined
      ? { [configOf(flask)]: `[alembic]\n${location}${one.ini ?? ''}` }
      : { 'pyproject.toml': one.toml }
  const files = {
    ...own,
    'migrations/env.py': 'raise SystemExit("never run")\n',
    'migrations/script.py.mako': one.template?.(template) ?? template,
    ...(one.files ?? ONE_PLACE),
  }
  for (const [path, content] of Object.entries(files)) {
    // `%(here)s` of Flask-Migrate is the script directory; other places are named from where it is run.
    const text = flask && path.endsWith('.ini') ? String(content).replaceAll('%(here)s/', '') : content
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const configOf = (flask: boolean) => (flask ? 'migrations/alembic.ini' : 'alembic.ini')
const idOf = (one: Case) => one.revision ?? 'dddd0000dddd'
const parentsOf = (one: Case) => one.parents ?? ['bbbb2222', 'bbbb1111']

function command(one: Case, root: string, flask: boolean) {
  const { message = null, branchLabel } = one
  if (flask) {
    const own = { message, branch_label: branchLabel ?? null, rev_id: idOf(one) }
    if (one.command === 'revision') return { cwd: root, revision: { ...own, head: parentsOf(one)[0] ?? 'base' } }
    return { cwd: root, merge: { ...own, revisions: parentsOf(one) } }
  }
  const options = [
    ...(message === null ? [] : [`--message=${message}`]),
    `--rev-id=${idOf(one)}`,
    ...(branchLabel === undefined ? [] : [`--branch-label=${branchLabel}`]),
  ]
  if (one.command === 'revision')
    return { cwd: root, alembic: ['revision', ...options, `--head=${parentsOf(one)[0] ?? 'base'}`] }
  return { cwd: root, alembic: ['merge', ...options, '--', ...parentsOf(one)] }
}

/** Files that were not there before, relative to the root. */
function written(root: string): string[] {
  const old = new Set(['a1.py', 'b1.py', 'b2.py', 'b3.py', 'env.py'])
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return all.filter((path) => path.endsWith('.py') && !old.has(path.slice(path.lastIndexOf('/') + 1)))
}

/** The moment that Alembic has written down. */
function createDateIn(bytes: Buffer): CreateDate {
  const match = /^Create Date: (\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?(?:([+-])(\d\d):(\d\d))?\r?$/m.exec(
    bytes.toString(),
  )!
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const offset =
    match[8] === undefined ? null : Number(`${match[8]}1`) * (Number(match[9]) * 3600 + Number(match[10]) * 60)
  const local = new Date(year, month - 1, day, hour, minute, second).getTime()
  const epoch = (offset === null ? local : Date.UTC(year, month - 1, day, hour, minute, second) - offset * 1000) / 1000
  return { year, month, day, hour, minute, second, microsecond: Number(match[7] ?? 0), offset, epoch }
}

/** What we know of the project, with the clock set to that moment. */
async function open(root: string, date: CreateDate) {
  const snapshot = workingTree(root)
  const links = createLinkResolver(snapshot, root)
  const candidates = ['alembic.ini', 'pyproject.toml', 'migrations/alembic.ini'].map((config) => ({ config }))
  const { environments } = await loadEnvironments(snapshot, candidates, defaultConfiguration, { root, links })
  const around = { snapshot, links, configuration: defaultConfiguration, root }
  const settings = await loadNewScriptSettings(around, environments[0]!, date.epoch * 1e6 + date.microsecond)
  // Our own clock agrees with Python's about the zone.
  expect(settings.createDate).toEqual(date)
  const paths = new Map<string, string>()
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const id = path.endsWith('.py') && /^""" (.*) """\nrevision/.exec(readFileSync(join(root, path), 'utf8'))?.[1]
    if (id) paths.set(id, path)
  }
  return { settings, paths }
}

function render(one: Case, settings: NewScriptSettings, paths: ReadonlyMap<string, string>) {
  const own = { revision: idOf(one), message: one.message ?? null }
  const label = one.branchLabel === undefined ? {} : { branchLabel: one.branchLabel }
  const parents = parentsOf(one).map((revision) => ({ revision, path: paths.get(revision)! }))
  if (parents.length > 0) return renderMerge(settings, { ...own, parents, ...label })
  return renderNewScript(settings, { ...own, parents: [], versionLocation: settings.versionLocations[0]! })
}

describe('the clock', () => {
  it('is the one of Python in any zone', () => {
    const now = nowInMicroseconds()
    expect(createDateAt(now, null)?.offset).toBeNull()
    expect(createDateAt(now, 'Mars/Base')).toBeNull()
    expect(createDateAt(now, 'europe/berlin')).toBeNull()
    expect(createDateAt(1767607200_000001, 'Asia/Kolkata')).toMatchObject({
      hour: 15,
      minute: 30,
      offset: 19800,
      microsecond: 1,
    })
  })
})
