import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Files, type GitRepository, type GitWorld, gitWorld } from '../support/git-world.js'
import { providePython } from '../support/python.js'
import { activated, asMako, newFile, plainTemplate, says, scriptApp } from '../support/script-project.js'

let world: GitWorld
beforeEach(() => {
  world = gitWorld()
})
afterEach(() => world.remove())

const ENV = `from alembic import context
import sqlalchemy as sa
from models import metadata

engine = sa.create_engine("sqlite:///shop.db")
if context.is_offline_mode():
    context.configure(dialect_name="sqlite", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
`
const models = (...columns: string[]) =>
  `import sqlalchemy as sa\n\nmetadata = sa.MetaData()\nsa.Table("invoices", metadata, sa.Column("id", sa.Integer, primary_key=True)${columns.map((name) => `, sa.Column("${name}", sa.Date)`).join('')})\n`

function shop(files: Files): GitRepository {
  const mine = world.repository('shop')
  mine.commit('start', { '.gitignore': '__pycache__/\n*.db\n', ...files })
  return mine
}

describe('autogenerate through plain Alembic', () => {
  const { python, reason } = providePython('alembic-1.20')
  const why = reason ? ` (${reason})` : ''
  const app = () =>
    shop({
      ...scriptApp('billing', { aaaa1111: null }, { ini: 'prepend_sys_path = %(here)s\n' }),
      'billing/migrations/env.py': ENV,
      'billing/models.py': models(),
    })
  const generate = (mine: GitRepository, ...words: string[]) =>
    mine.onehead(['revision', '-m', 'invoices', '--autogenerate', ...words], { env: activated(python!) })
  const upgrade = (mine: GitRepository) =>
    execFileSync(python!, ['-m', 'alembic', 'upgrade', 'head'], { cwd: join(mine.root, 'billing'), stdio: 'pipe' })

  it.skipIf(reason)(`only where the database stands at the head, and what was found is shown${why}`, () => {
    const mine = app()
    says(generate(mine), {
      status: 1,
      text: [
        'refused[database-behind]',
        'the database stands at no revision, not at the head aaaa1111 (add aaaa1111)',
        'next: `cd billing && alembic upgrade head`',
      ],
    })
    expect(mine.git('status', '--porcelain')).toBe('')
    expect(existsSync(join(mine.root, 'billing/shop.db'))).toBe(false)
    upgrade(mine)
    says(generate(mine), {
      status: 0,
      text: ["op.create_table('invoices'", 'alembic revision --autogenerate', 'written; one head:', 'read it through'],
    })
    expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toContain("op.create_table('invoices'")
  })

  it.skipIf(reason)(`no changes are said plainly, and no empty script is left${why}`, () => {
    const mine = app()
    upgrade(mine)
    generate(mine)
    mine.commit('invoices')
    upgrade(mine)
    says(generate(mine), {
      status: 0,
      text: ['no changes in billing: the models and the database agree, and nothing was written'],
    })
    expect(mine.git('status', '--porcelain')).toBe('')
    expect(JSON.parse(generate(mine, '--format', 'json').stdout)).toMatchObject({
      applied: false,
      noChanges: true,
      revision: null,
    })
  })

  it.skipIf(reason)(`a database at a revision that nobody here has${why}`, () => {
    const mine = app()
    upgrade(mine)
    mine.git('mv', 'billing/migrations/versions/aaaa1111.py', 'billing/migrations/versions/bbbb1111.py')
    const path = join(mine.root, 'billing/migrations/versions/bbbb1111.py')
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('aaaa1111', 'bbbb1111'))
    says(generate(mine), { status: 1, text: ['the database stands at aaaa1111, which no script declares'] })
  })

  it.skipIf(reason)(`several heads and a target that is ahead are refused before Python is started${why}`, () => {
    const mine = shop(scriptApp('billing', { aaaa1111: null, bbbb1111: 'aaaa1111', cccc1111: 'aaaa1111' }))
    says(generate(mine), { status: 1, text: ['refused[several-heads]', 'onehead fix billing'] })
  })

  it.skipIf(reason)(`an env.py that does not run is told in its own words${why}`, () => {
    const mine = app()
    mine.write({ 'billing/models.py': 'raise RuntimeError("the shop is closed")\n' })
    says(generate(mine), {
      status: 1,
      text: ['could not be asked where it stands', 'RuntimeError: the shop is closed'],
    })
    expect(newFilesOf(mine)).toEqual([])
  })
})

const newFilesOf = (mine: GitRepository) =>
  mine.git('ls-files', '--others', '--exclude-standard').split('\n').filter(Boolean)

describe('autogenerate through Flask-Migrate', () => {
  const { python, reason } = providePython('flask-migrate')
  const APP = `from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
db = SQLAlchemy(app)
Migrate(app, db)


class Invoice(db.Model):
    id = db.Column(db.Integer, primary_key=True)
`

  it.skipIf(reason)(
    `is \`flask db migrate\`, and says plainly where nothing has changed${reason ? ` (${reason})` : ''}`,
    () => {
      const mine = shop({ 'billing/app.py': APP, '.gitignore': '__pycache__/\ninstance/\n' })
      const flask = (...words: string[]) =>
        world.run(python!, ['-m', 'flask', 'db', ...words], join(mine.root, 'billing'), { env: activated(python!) })
      expect(flask('init').status).toBe(0)
      mine.commit('init')
      const generate = () => mine.onehead(['revision', '-m', 'invoices', '--autogenerate'], { env: activated(python!) })
      says(generate(), {
        status: 0,
        text: ['the first revision', "op.create_table('invoice'", 'flask db migrate -m invoices'],
      })
      mine.commit('invoices')
      says(generate(), { status: 1, text: ['refused[database-behind]', 'cd billing && flask db upgrade head'] })
      expect(flask('upgrade').status).toBe(0)
      says(generate(), { status: 0, text: ['no changes in billing'] })
      expect(mine.git('status', '--porcelain')).toBe('')
    },
  )
})

describe('a script that needs the project’s own Alembic', () => {
  const { python, reason } = providePython('alembic-1.20')

  it.skipIf(reason)(`is written by it and named by the convention${reason ? ` (${reason})` : ''}`, () => {
    const template = plainTemplate.replace(
      'def upgrade',
      asMako('% if message:\nREASON = @{repr(message)}\n% endif\n\n\ndef upgrade'),
    )
    const mine = shop({
      ...scriptApp('billing', { aaaa1111: null }, { template }),
      'onehead.json': JSON.stringify({ environments: { billing: { fileName: '<rev>-<slug>' } } }),
    })
    const ran = mine.onehead(['revision', '-m', 'add refunds', '--rev-id', 'bbbb1111', '--branch-label', 'refunds'], {
      env: activated(python!),
    })
    says(ran, { status: 0, text: ['`alembic revision -m', 'it has a control line', 'written; one head: bbbb1111'] })
    expect(newFile(mine)).toBe('billing/migrations/versions/bbbb1111-add_refunds.py')
    expect(readFileSync(join(mine.root, newFile(mine)), 'utf8')).toContain("REASON = 'add refunds'\n")
    says(mine.onehead(['revision', '-m', 'x', '--guarded'], { env: activated(python!) }), {
      status: 1,
      text: ['refused[not-guarded]'],
    })
  })
})

describe('a guarded script', () => {
  const { python, reason } = providePython('alembic-1.20')
  const why = reason ? ` (${reason})` : ''

  it.skipIf(reason)(
    `runs where the things are there already, comes back, and writes everything out with --sql${why}`,
    () => {
      const mine = shop({
        ...scriptApp('billing', { aaaa1111: null }, { ini: 'prepend_sys_path = %(here)s\n' }),
        'billing/migrations/env.py': ENV,
        'billing/models.py': models(),
      })
      expect(mine.onehead(['revision', '-m', 'users', '--guarded', '--rev-id', 'bbbb1111']).status).toBe(0)
      const path = join(mine.root, newFile(mine))
      const alembic = (...words: string[]) =>
        execFileSync(python!, ['-m', 'alembic', ...words], {
          cwd: join(mine.root, 'billing'),
          encoding: 'utf8',
          stdio: 'pipe',
        })
      // As it is, it does nothing; with the steps that it shows it does them.
      alembic('upgrade', 'head')
      alembic('downgrade', 'base')
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^ {4}# (?= {4})/gm, ''))
      const sql = alembic('upgrade', 'head', '--sql')
      expect(sql).toContain('CREATE TABLE users')
      expect(sql).toContain('ALTER TABLE users ADD COLUMN is_active')
      expect(sql).toContain('CREATE INDEX ix_users_is_active')
      alembic('upgrade', 'head')
      alembic('stamp', 'aaaa1111')
      alembic('upgrade', 'head')
      const down = alembic('downgrade', 'bbbb1111:aaaa1111', '--sql')
      expect(down).toContain('DROP TABLE users')
      alembic('downgrade', 'aaaa1111')
      alembic('stamp', 'bbbb1111')
      alembic('downgrade', 'aaaa1111')
      expect(mine.onehead(['check']).status).toBe(0)
    },
  )
})
