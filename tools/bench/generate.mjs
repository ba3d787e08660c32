/** Generates the workspace that the benchmark measures: many apps, each with a long Alembic history that looks lived in. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importCommits, makeRepository } from './repository.mjs'

/** How much of everything beside the scripts there is. */
const MODULES_PER_APP = 20
const LANDED_COMMITS = 30

/**
 * A git repository of `apps` × `revisions` scripts below the system's temporary folder, with a bare remote on which main has
 * moved, and branches that bring nothing, ordinary Python files, new revisions, and a second head. Kept between runs: its
 * name holds a hash of the files that make it and the sizes, so a change of either makes a new one.
 * @param {{ apps: number, revisions: number }} size
 * @returns {{ root: string, url: string, apps: string[], scripts: string[], bytes: number, branches: Record<string, string> }}
 * `apps` and `scripts` relative to `root`; `branches` name → commit.
 */
export function provideWorkspace(size) {
  const hash = createHash('sha256')
  for (const name of ['generate.mjs', 'repository.mjs']) {
    hash.update(readFileSync(fileURLToPath(new URL(name, import.meta.url))))
  }
  const key = hash.digest('hex').slice(0, 12)
  const home = join(tmpdir(), `onehead-bench-${size.apps}x${size.revisions}-${key}`)
  const [root, url] = [join(home, 'workspace'), join(home, 'hub.git')]
  const list = join(root, '.git', 'onehead-bench.json')
  if (!existsSync(list)) {
    rmSync(home, { recursive: true, force: true })
    const partial = `${home}.${process.pid}`
    const made = writeWorkspace(join(partial, 'workspace'), size)
    makeRepository(join(partial, 'workspace'), join(partial, 'hub.git'), url)
    const branches = writeBranches(join(partial, 'workspace'), made)
    const { apps, scripts, bytes } = made
    writeFileSync(
      join(partial, 'workspace/.git/onehead-bench.json'),
      JSON.stringify({ apps, scripts, bytes, branches }),
    )
    renameSync(partial, home)
  }
  return { root, url, ...JSON.parse(readFileSync(list, 'utf8')) }
}

function writeWorkspace(root, { apps, revisions }) {
  const made = { apps: [], scripts: [], modules: [], heads: [], bytes: 0 }
  const write = (path, text) => writeFileSync(join(root, path), text)
  for (let index = 0; index < apps; index += 1) {
    const app = `apps/${domains[index % domains.length]}-${String(index).padStart(3, '0')}`
    const versions = `${app}/migrations/versions`
    const random = randomFrom(index + 1)
    mkdirSync(join(root, versions), { recursive: true })
    mkdirSync(join(root, app, 'src'))
    write(`${app}/alembic.ini`, configuration)
    write(`${app}/README.md`, `# ${app}\n`)
    write(`${app}/migrations/env.py`, environment)
    for (const script of history(revisions, random)) {
      const path = `${versions}/${script.name}`
      write(path, script.text)
      made.scripts.push(path)
      made.bytes += Buffer.byteLength(script.text)
      made.heads[index] = script.id
    }
    for (let number = 0; number < MODULES_PER_APP; number += 1) {
      const path = `${app}/src/${pick(things, random)}_${number}.py`
      write(path, module(random))
      made.modules.push(path)
    }
    made.apps.push(app)
  }
  write('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
  write('.gitignore', 'node_modules/\n')
  return made
}

/** main moves on the remote; nothing of it is on the branches. */
function writeBranches(root, { apps, heads, modules }) {
  const random = randomFrom(apps.length)
  const revision = (index, parent, message) => {
    const script = tableScript(hex(random, 12), parent, 1000, random)
    return { ...script, message, path: `${apps[index]}/migrations/versions/${script.name}` }
  }
  const commit = (message, ...files) => ({
    message,
    files: Object.fromEntries(files.map(({ path, text }) => [path, text])),
  })
  const landed = Array.from({ length: Math.min(LANDED_COMMITS, apps.length - 3) }, (_, at) =>
    commit('Land', revision(at + 3, heads[at + 3])),
  )
  const first = revision(0, heads[0])
  const changed = modules.filter((_, index) => index % Math.ceil(modules.length / 50) === 0).slice(0, 50)
  return importCommits(root, {
    landed,
    notes: [commit('Say more', { path: `${apps[0]}/README.md`, text: '# More\n' })],
    modules: [commit('Tidy up', ...changed.map((path) => ({ path, text: module(random) })))],
    revisions: [commit('Add', first), commit('Add', revision(0, first.id), revision(1, heads[1]))],
    fork: [commit('Add', revision(3, heads[3]))],
  })
}

/** Python that has nothing to do with a database. */
function module(random) {
  const functions = Array.from({ length: 3 + Math.floor(random() * 20) }, (_, index) => {
    const name = `${pick(things, random)}_${pick(kinds, random)}_${index}`
    return `def ${name}(${pick(parts, random)}, ${pick(kinds, random)}=${index}):\n    """${pick(domains, random)}"""\n    return (${index}, '${hex(random, 16)}')\n`
  })
  return `import json\n\n\n${functions.join('\n\n')}`
}

/** Mostly a line; now and then a second branch that a merge revision joins later, as in life. Ends in one head. */
function history(count, random) {
  const scripts = []
  let heads = []
  let beforeHead = null
  for (let index = 0; index < count; index += 1) {
    const id = hex(random, 12)
    const isLast = index === count - 1
    if (heads.length === 2 && (isLast || random() < 0.3)) {
      scripts.push(mergeScript(id, heads, index))
      beforeHead = heads[0]
      heads = [id]
    } else if (heads.length === 1 && beforeHead && !isLast && random() < 0.02) {
      scripts.push(tableScript(id, beforeHead, index, random))
      heads = [heads[0], id]
    } else {
      const parent = heads.length === 0 ? null : pick(heads, random)
      scripts.push(tableScript(id, parent, index, random))
      heads = [...heads.filter((head) => head !== parent), id]
      beforeHead = parent
    }
  }
  return scripts
}

function tableScript(id, parent, index, random) {
  const table = `${pick(things, random)}_${pick(parts, random)}`
  const columns = Array.from({ length: 1 + Math.floor(random() ** 3 * 28) }, () => column(random))
  const isNewTable = parent === null || random() < 0.5
  const message = isNewTable ? `add ${table.replaceAll('_', ' ')}` : `extend ${table.replaceAll('_', ' ')}`
  const names = columns.map(({ name }) => name)
  const up = isNewTable
    ? [
        `op.create_table(\n        '${table}',\n        sa.Column('id', sa.Integer(), nullable=False),\n${columns.map((each) => `        ${each.text},\n`).join('')}        sa.PrimaryKeyConstraint('id'),\n    )`,
      ]
    : columns.map((each) => `op.add_column('${table}', ${each.text})`)
  up.push(
    ...names
      .slice(0, 2)
      .map((name) => `op.create_index(op.f('ix_${table}_${name}'), '${table}', ['${name}'], unique=False)`),
  )
  const down = names.slice(0, 2).map((name) => `op.drop_index(op.f('ix_${table}_${name}'), table_name='${table}')`)
  down.push(
    ...(isNewTable ? [`op.drop_table('${table}')`] : names.map((name) => `op.drop_column('${table}', '${name}')`)),
  )
  const parents = parent === null ? 'None' : `'${parent}'`
  return script(id, message, parent ?? '', parents, index, up, down)
}

function mergeScript(id, parents, index) {
  const tuple = `(${parents.map((parent) => `'${parent}'`).join(', ')})`
  return script(id, `merge ${parents.join(' and ')}`, parents.join(', '), tuple, index, ['pass'], ['pass'])
}

/** What Alembic 1.20's own template writes. */
function script(id, message, revises, parents, index, up, down) {
  const day = new Date(Date.UTC(2019, 0, 1) + index * 86_400_000).toISOString()
  const text = `"""${message}

Revision ID: ${id}
Revises: ${revises}
Create Date: ${day.slice(0, 10)} ${day.slice(11, 19)}.000000

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision: str = '${id}'
down_revision: Union[str, Sequence[str], None] = ${parents}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    # ### commands auto generated by Alembic - please adjust! ###
${up.map((line) => `    ${line}\n`).join('')}    # ### end Alembic commands ###


def downgrade() -> None:
    """Downgrade schema."""
    # ### commands auto generated by Alembic - please adjust! ###
${down.map((line) => `    ${line}\n`).join('')}    # ### end Alembic commands ###
`
  return { id, name: `${id}_${message.replaceAll(' ', '_').slice(0, 40)}.py`, text }
}

function column(random) {
  const name = `${pick(parts, random)}_${pick(kinds, random)}_${hex(random, 2)}`
  return { name, text: `sa.Column('${name}', ${pick(types, random)}, nullable=${random() < 0.5 ? 'True' : 'False'})` }
}

const domains = ['billing', 'users', 'catalog', 'shipping', 'search', 'reports', 'loyalty', 'support']
const things = [
  'invoice',
  'customer',
  'order',
  'product',
  'refund',
  'parcel',
  'session',
  'voucher',
  'address',
  'tenant',
]
const parts = ['line', 'state', 'audit', 'item', 'price', 'owner', 'batch', 'note', 'rate', 'event', 'limit', 'group']
const kinds = ['id', 'at', 'by', 'count', 'code', 'name', 'total', 'flag']
const types = [
  'sa.Integer()',
  'sa.String(length=255)',
  'sa.DateTime(timezone=True)',
  'sa.Boolean()',
  'sa.Text()',
  'sa.Numeric(precision=12, scale=2)',
  'postgresql.JSONB(astext_type=sa.Text())',
  'postgresql.UUID(as_uuid=True)',
]

const manifest = {
  name: 'shop',
  private: true,
  scripts: { prepare: 'husky' },
  devDependencies: { husky: '*', onehead: '*' },
}

const configuration = `[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os

[loggers]
keys = root

[logger_root]
level = WARNING
handlers =
`

const environment = `from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
target_metadata = None


def run_migrations_online() -> None:
    connectable = engine_from_config(config.get_section(config.config_ini_section, {}), poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
`

/** Mulberry32: the same workspace on every machine. */
function randomFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)]
}

function hex(random, length) {
  let text = ''
  while (text.length < length) text += Math.floor(random() * 16).toString(16)
  return text
}
