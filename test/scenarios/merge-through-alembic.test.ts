import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Files, type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { providePython } from '../support/python.js'
import { activated, asMako, newFile, plainTemplate, realHeads, says, scriptApp } from '../support/script-project.js'

let world: GitWorld
beforeEach(() => {
  world = gitWorld()
})
afterEach(() => world.remove())

const FORK = { aaaa1111: null, bbbb1111: 'aaaa1111', cccc1111: 'aaaa1111' }

function repository(files: Files): GitRepository {
  const mine = world.repository('shop')
  mine.commit('start', { '.gitignore': '__pycache__/\n', ...files })
  return mine
}

const LOOP = asMako(
  plainTemplate.replace(
    'def upgrade',
    '% for name in ("invoices", "refunds"):\n# about @{name}\n% endfor\ndef upgrade',
  ),
)
/** Turns quotes over, as a formatter does. */
const FORMATTER =
  'import pathlib, sys\npath = pathlib.Path(sys.argv[1])\npath.write_text(path.read_text().replace("\'", \'"\'))\n'
const hooks = (python: string) =>
  `[post_write_hooks]\nhooks = quotes\nquotes.type = exec\nquotes.executable = ${python}\nquotes.options = %(here)s/quotes.py REVISION_SCRIPT_FILENAME\n`

describe('where only the project’s Alembic knows what a script looks like', () => {
  const { python, reason } = providePython('alembic-1.20')
  const why = reason ? ` (${reason})` : ''

  it.skipIf(reason)(`a template with a loop is rendered by it${why}`, () => {
    const mine = repository(scriptApp('billing', FORK, { template: LOOP }))
    const ran = mine.onehead(['merge', '--rev-id', 'dddd1111'], { env: activated(python!) })
    says(ran, {
      status: 0,
      text: [
        'one head: dddd1111',
        '`alembic merge -m',
        'script.py.mako is not a plain one: it has a control line (line 18)',
      ],
    })
    const path = newFile(mine)
    expect(path).toBe('billing/migrations/versions/dddd1111_merge_add_bbbb1111_and_add_cccc1111.py')
    const text = readFileSync(join(mine.root, path), 'utf8')
    expect(text).toContain('# about invoices\n# about refunds\n')
    expect(text).toContain("down_revision = ('bbbb1111', 'cccc1111')")
    expect(realHeads(python!, join(mine.root, 'billing'))).toEqual(['dddd1111 (head)'])
    expect(mine.onehead(['fix', '--undo']).status).toBe(0)
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it.skipIf(reason)(`post-write hooks run over it${why}`, () => {
    const mine = repository({
      ...scriptApp('billing', FORK, { ini: hooks(python!) }),
      'billing/quotes.py': FORMATTER,
    })
    const ran = mine.onehead(['merge', '--heads', 'cccc,bbbb', '-m', 'join'], { env: activated(python!) })
    says(ran, { status: 0, text: ['post_write_hooks are configured (quotes)'] })
    const text = readFileSync(join(mine.root, newFile(mine)), 'utf8')
    expect(text).toContain('down_revision = ("cccc1111", "bbbb1111")')
  })

  it.skipIf(reason)(`--dry-run starts nothing of the project's${why}`, () => {
    const mine = repository({
      ...scriptApp('billing', FORK, { ini: hooks(python!) }),
      'billing/quotes.py': 'open("ran", "w")\n',
    })
    const ran = mine.onehead(['merge', '--dry-run'], { env: activated(python!) })
    says(ran, {
      status: 0,
      text: ["the project's own Alembic writes it", 'nothing is written yet', 'next: `onehead merge`'],
    })
    expect(existsSync(join(mine.root, 'billing/ran'))).toBe(false)
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it.skipIf(reason)(`what Alembic cannot write is told, and nothing is left behind${why}`, () => {
    const broken = plainTemplate.replace(asMako('@{message}'), asMako('@{message.no_such_thing()}'))
    const mine = repository(scriptApp('billing', FORK, { template: broken }))
    const ran = mine.onehead(['merge'], { env: activated(python!) })
    says(ran, { status: 1, text: ['refused[alembic-failed]', 'Template rendering failed', 'nothing was written'] })
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it.skipIf(reason)(`a script that would write over another one never does${why}`, () => {
    const ini = `file_template = %%(slug)s\n${hooks(python!)}`
    const mine = repository({ ...scriptApp('billing', FORK, { ini }), 'billing/quotes.py': FORMATTER })
    const ran = mine.onehead(['merge', '-m', 'aaaa1111'], { env: activated(python!) })
    says(ran, {
      status: 1,
      text: ['refused[exists]', 'it would lie where billing/migrations/versions/aaaa1111.py is already'],
    })
    expect(mine.git('status', '--porcelain')).toBe('')
  })

  it('without a Python that has Alembic, it says what was looked for and what to install', () => {
    const mine = repository(scriptApp('billing', FORK, { template: LOOP }))
    const nothing = { VIRTUAL_ENV: undefined, PATH: pathWithoutPython() }
    says(mine.onehead(['merge'], { env: nothing }), {
      status: 1,
      text: ['refused[no-alembic]', 'it has a control line', 'no Python with Alembic was found', 'nothing was written'],
    })
  })
})

/** Only git: a machine without Python. */
function pathWithoutPython(): string {
  const folder = join(world.folder, 'bin')
  const git = world.run('sh', ['-c', 'command -v git'], world.folder).stdout.trim()
  world.run('sh', ['-c', `mkdir -p '${folder}' && ln -sf '${git}' '${folder}/git'`], world.folder)
  return folder
}

describe('a Flask-Migrate project', () => {
  const { python, reason } = providePython('flask-migrate')

  it.skipIf(reason)(
    `is merged by \`flask db merge\` where its template needs it${reason ? ` (${reason})` : ''}`,
    () => {
      const app = scriptApp('billing', FORK, { template: LOOP })
      const { 'billing/alembic.ini': _, ...scripts } = app
      const mine = repository({
        ...scripts,
        'billing/migrations/alembic.ini': '[alembic]\n',
        'billing/app.py': `from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
Migrate(app, SQLAlchemy(app))
`,
      })
      const ran = mine.onehead(['merge', '--rev-id', 'dddd1111'], { env: activated(python!) })
      says(ran, { status: 0, text: ['flask db merge', 'one head: dddd1111'] })
      expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toContain('# about refunds\n')
    },
  )
})
