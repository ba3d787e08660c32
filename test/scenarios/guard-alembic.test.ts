import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GitRepository, type GitWorld, gitWorld, script } from '../support/git-world.js'
import { type PythonWorld, providePython } from '../support/python.js'

/** Runs each list of words as `alembic <words>`, in one process; `env` sets a variable first. */
const DRIVER = `
import io, json, os, sys


class Held:
    def __getattr__(self, name):
        return getattr(held, name)


held, real, sys.stdout, sys.stderr = io.StringIO(), sys.stdout, Held(), Held()
from alembic.config import main

answers = []
for words in json.load(sys.stdin):
    if isinstance(words, dict):
        os.environ.update(words)
        continue
    held = io.StringIO()
    try:
        main(words, prog="alembic")
        code = 0
    except SystemExit as error:
        code = error.code
    except Exception as error:
        code, _ = 1, print(repr(error))
    answers.append({"code": code, "output": " ".join(held.getvalue().split())})
print(json.dumps(answers), file=real)
`

type Answer = { readonly code: number; readonly output: string }

let world: GitWorld
beforeEach(() => {
  world = gitWorld()
})
afterEach(() => world.remove())

const versions = 'billing/migrations/versions'
const fork = {
  [`${versions}/aa02.py`]: script('aa02', 'aa01'),
  [`${versions}/aa03.py`]: script('aa03', 'aa01'),
}

/** An app as `alembic init` makes it, with one revision and the guard. */
function guarded(python: string, template: string, settings: string | null = null): GitRepository {
  const shop = world.repository('shop')
  mkdirSync(join(shop.root, 'billing'))
  const made = world.run(python, ['-m', 'alembic', 'init', '-t', template, 'migrations'], join(shop.root, 'billing'))
  expect(made.status, made.output).toBe(0)
  const ini = join(shop.root, 'billing/alembic.ini')
  const text = readFileSync(ini, 'utf8').replace(/(url2?) = driver:.*/g, '$1 = sqlite:///%(here)s/$1.db')
  writeFileSync(ini, text.replace(/^script_location = .*/m, 'script_location = %(here)s/migrations'))
  const env = join(shop.root, 'billing/migrations/env.py')
  const modelled = 'from sqlalchemy import MetaData\n\ntarget_metadata = MetaData()'
  writeFileSync(env, readFileSync(env, 'utf8').replace('target_metadata = None', modelled))
  shop.write({ [`${versions}/aa01.py`]: script('aa01', null).replaceAll('grade()', 'grade(engine_name=None)') })
  if (settings !== null) shop.write({ 'onehead.json': settings })
  expect(shop.onehead(['init', '--guard'])).toMatchObject({ status: 0, stdout: expect.stringContaining(': added') })
  return shop
}

function alembic(python: string, shop: GitRepository, ...calls: readonly (readonly string[] | object)[]): Answer[] {
  const cwd = join(shop.root, 'billing')
  const env = { PYTHONDONTWRITEBYTECODE: '1' }
  const { status, stdout, output } = world.run(python, ['-c', DRIVER], cwd, { input: JSON.stringify(calls), env })
  expect(status, output).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

const STOPPED =
  /this history has 2 heads \(aa02, aa03\); nothing was run\. Run: npx onehead fix billing \(or set ONEHEAD_GUARD=off/
const stopped = { code: -1, output: expect.stringMatching(STOPPED) }
const went = { code: 0, output: expect.not.stringContaining('nothing was run') }

for (const version of ['alembic-1.20', 'alembic-1.13', 'alembic-1.8'] satisfies PythonWorld[]) {
  const { python, reason } = providePython(version)
  describe.skipIf(reason)(`a guarded env.py under ${version}${reason ? ` (${reason})` : ''}`, () => {
    it('stops what goes to several heads before the database is touched, and nothing else', () => {
      const shop = guarded(python!, 'generic')
      const one = alembic(
        python!,
        shop,
        ['upgrade', 'head'],
        ['revision', '--autogenerate', '-m', 'x', '--rev-id', 'aa09'],
      )
      expect(one).toEqual([went, went])
      shop.write({ [`${versions}/aa09_x.py`]: null, ...fork })
      const [upgradeHead, upgradeHeads, upgradeOne, sql, stampHeads, autogenerate, ...others] = alembic(
        python!,
        shop,
        ['upgrade', 'head'],
        ['upgrade', 'heads'],
        ['upgrade', 'aa02'],
        ['upgrade', 'head', '--sql'],
        ['stamp', 'heads'],
        ['revision', '--autogenerate', '-m', 'y'],
        ['current'],
        ['heads'],
        ['history', '-i'],
        ['stamp', 'aa02'],
        ['downgrade', 'aa01'],
        ['merge', 'heads', '-m', 'both', '--rev-id', 'aa04'],
        ['upgrade', 'head'],
        ...(version === 'alembic-1.8' ? [] : [['check']]),
      )
      expect([upgradeHead, upgradeHeads, upgradeOne, sql, stampHeads, autogenerate]).toEqual(Array(6).fill(stopped))
      expect(others).toEqual(others.map(() => went))
      expect(others[0]!.output).toContain('aa01')
      expect(alembic(python!, shop, ['current'])[0]!.output).toContain('aa04 (head)')
    })

    it('lets go whoever says so', () => {
      const shop = guarded(python!, 'generic')
      shop.write(fork)
      expect(alembic(python!, shop, ['upgrade', 'heads'], { ONEHEAD_GUARD: 'off' }, ['upgrade', 'heads'])).toEqual([
        stopped,
        went,
      ])
    })
  })
}

const { python, reason } = providePython('alembic-1.20')
describe.skipIf(reason)(`the other templates, and other numbers of heads${reason ? ` (${reason})` : ''}`, () => {
  // SQLAlchemy 2.1 is async only where greenlet is installed besides.
  const { python: older, reason: noOlder } = providePython('alembic-1.13')
  it.skipIf(noOlder).each(['async', 'multidb'])('%s', (template) => {
    const shop = guarded(older!, template)
    expect(alembic(older!, shop, ['upgrade', 'head', '--sql'])).toEqual([went])
    shop.write(fork)
    expect(alembic(older!, shop, ['upgrade', 'head', '--sql'], ['upgrade', 'heads'])).toEqual([stopped, stopped])
  })

  it('expects as many as onehead.json says', () => {
    const shop = guarded(python!, 'generic', '{"environments": {"billing": {"expectedHeads": 2}}}')
    shop.write(fork)
    expect(alembic(python!, shop, ['upgrade', 'heads'])).toEqual([went])
    shop.write({ [`${versions}/aa04.py`]: script('aa04', 'aa01') })
    const [third] = alembic(python!, shop, ['upgrade', 'heads'])
    expect(third!.output).toContain('this history has 3 heads (aa02, aa03, aa04), 2 expected; nothing was run')
  })

  it('expects one head on each branch that onehead.json names', () => {
    const shop = guarded(python!, 'generic', '{"environments": {"billing": {"expectedHeads": ["eu", "us"]}}}')
    const labelled = (id: string, parent: string | null, label: string) =>
      script(id, parent).replace('branch_labels = None', `branch_labels = '${label}'`)
    shop.write({
      [`${versions}/aa02.py`]: labelled('aa02', 'aa01', 'eu'),
      [`${versions}/bb01.py`]: labelled('bb01', null, 'us'),
    })
    expect(alembic(python!, shop, ['upgrade', 'heads'])).toEqual([went])
    shop.write({ [`${versions}/bb02.py`]: script('bb02', 'bb01'), [`${versions}/bb03.py`]: script('bb03', 'bb01') })
    const [crowded] = alembic(python!, shop, ['upgrade', 'heads'])
    expect(crowded!.output).toContain('this history has 3 heads (aa02, bb02, bb03), 2 expected')
    shop.write({ [`${versions}/bb02.py`]: null, [`${versions}/aa03.py`]: script('aa03', 'bb03') })
    expect(alembic(python!, shop, ['upgrade', 'heads'])).toEqual([went])
  })

  it('takes the place of the lines of a guide, with which every command fails after its work', () => {
    const guide = fileURLToPath(new URL('../support/guide-snippet.txt', import.meta.url))
    const shop = guarded(python!, 'generic')
    shop.onehead(['init', '--uninstall'])
    const env = join(shop.root, 'billing/migrations/env.py')
    const before = readFileSync(env, 'utf8')
    writeFileSync(env, `${before}\n${readFileSync(guide, 'utf8')}`)
    const [broken] = alembic(python!, shop, ['upgrade', 'head'])
    expect(broken).toMatchObject({ code: 1, output: expect.stringMatching(/KeyError\('\w+'\)$/) })
    expect(shop.onehead(['doctor']).stdout).toContain('onehead init --guard --replace-snippet billing')
    const refused = shop.onehead(['init', '--guard'])
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/env\.py:\d+ opens a second EnvironmentContext/),
    })
    expect(shop.onehead(['init', '--guard', '--replace-snippet']).status).toBe(0)
    expect(alembic(python!, shop, ['current'])).toEqual([went])
    shop.write(fork)
    expect(alembic(python!, shop, ['upgrade', 'heads'])).toEqual([stopped])
    shop.onehead(['init', '--guard', '--uninstall'])
    expect(readFileSync(env, 'utf8')).toBe(before)
  })
})

const flask = providePython('databases')
describe.skipIf(flask.reason)(`Flask-Migrate${flask.reason ? ` (${flask.reason})` : ''}`, () => {
  let shop: GitRepository
  let flaskWorld: GitWorld
  const db = (...words: readonly string[]) =>
    flaskWorld.run(flask.python!, ['-m', 'flask', '--app', 'app', 'db', ...words], join(shop.root, 'billing'), {
      env: { PYTHONDONTWRITEBYTECODE: '1', PATH: `${dirname(flask.python!)}:${flaskWorld.env.PATH}` },
    })
  beforeAll(() => {
    flaskWorld = gitWorld()
  })
  afterAll(() => flaskWorld.remove())

  it.each(['flask', 'flask-multidb'])('%s: says it as Flask-Migrate says its errors', (template) => {
    shop = flaskWorld.repository(template)
    shop.write({
      'billing/app.py':
        "from flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'\ndb = SQLAlchemy(app)\nMigrate(app, db)\n",
    })
    expect(db('init', '-t', template)).toMatchObject({ status: 0 })
    shop.write({ [`${versions}/aa01.py`]: script('aa01', null).replaceAll('grade()', 'grade(engine_name=None)') })
    expect(shop.onehead(['init', '--guard']).status).toBe(0)
    expect(db('upgrade')).toMatchObject({ status: 0 })
    shop.write(fork)
    const [head, heads] = [db('upgrade'), db('upgrade', 'heads')]
    expect(head).toMatchObject({
      status: 1,
      output: expect.stringContaining('Error: this history has 2 heads (aa02, aa03); nothing was run.'),
    })
    expect(heads).toMatchObject({ status: 1, output: expect.stringContaining('npx onehead fix billing') })
    expect(db('current')).toMatchObject({ status: 0, output: expect.stringContaining('aa01') })
  })
})
