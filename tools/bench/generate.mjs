/** Generates the workspace that the benchmark measures: many apps, each with a long Alembic history that looks lived in. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * A git repository of `apps` × `revisions` scripts below the system's temporary folder. Kept between runs: its name holds
 * a hash of this file and the sizes, so a change of either makes a new one.
 * @param {{ apps: number, revisions: number }} size
 * @returns {{ root: string, apps: string[], scripts: string[], bytes: number }} `apps` and `scripts` relative to `root`.
 */
export function provideWorkspace(size) {
  const key = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 12)
  const root = join(tmpdir(), `onehead-bench-${size.apps}x${size.revisions}-${key}`)
  const list = join(root, '.git', 'onehead-bench.json')
  if (!existsSync(list)) {
    const partial = `${root}.${process.pid}`
    rmSync(partial, { recursive: true, force: true })
    const made = writeWorkspace(partial, size)
    commitAll(partial)
    writeFileSync(join(partial, '.git', 'onehead-bench.json'), JSON.stringify(made))
    rmSync(root, { recursive: true, force: true })
    renameSync(partial, root)
  }
  return { root, ...JSON.parse(readFileSync(list, 'utf8')) }
}

function writeWorkspace(root, { apps, revisions }) {
  const made = { apps: [], scripts: [], bytes: 0 }
  for (let index = 0; index < apps; index += 1) {
    const app = `apps/${domains[index % domains.length]}-${String(index).padStart(3, '0')}`
    const versions = `${app}/migrations/versions`
    mkdirSync(join(root, versions), { recursive: true })
    writeFileSync(join(root, app, 'alembic.ini'), configuration)
    writeFileSync(join(root, app, 'migrations', 'env.py'), environment)
    for (const script of history(revisions, randomFrom(index + 1))) {
      const path = `${versions}/${script.name}`
      writeFileSync(join(root, path), script.text)
      made.scripts.push(path)
      made.bytes += Buffer.byteLength(script.text)
    }
    made.apps.push(app)
  }
  return made
}

function commitAll(root) {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
  const quiet = [
    '-c',
    'gc.auto=0',
    '-c',
    'maintenance.auto=false',
    '-c',
    'core.fsync=none',
    '-c',
    'core.hooksPath=no-hooks',
  ]
  const git = (...args) => execFileSync('git', [...who, ...quiet, ...args], { cwd: root, stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-q', '-m', 'Every history of every app')
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
  return { name: `${id}_${message.replaceAll(' ', '_').slice(0, 40)}.py`, text }
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
