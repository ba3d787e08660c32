/**
 * The six apps of the demo, as data: what each one is about, its files, and what onehead is expected to say of it.
 * To try another history, add an app here; `expected` lists the rules that must report an error (none = healthy).
 */

/** @typedef {{ id: string, down: string | null, message: string, label?: string, body?: string, date: string }} Revision */

const python = (value) => (value === null ? 'None' : `"${value}"`)
const slug = (message) => message.toLowerCase().replace(/[^a-z0-9]+/g, '_')

/** One script as `alembic revision` writes it. */
function script({ id, down, message, label, body, date }) {
  const labels = label === undefined ? 'None' : `("${label}",)`
  return `"""${message}

Revision ID: ${id}
Revises: ${down ?? ''}
Create Date: ${date}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "${id}"
down_revision: Union[str, Sequence[str], None] = ${python(down)}
branch_labels: Union[str, Sequence[str], None] = ${labels}
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    ${body ?? 'pass'}


def downgrade() -> None:
    """Downgrade schema."""
    pass
`
}

/** @param {readonly Revision[]} revisions */
function scripts(directory, revisions) {
  return Object.fromEntries(
    revisions.map((revision) => [`${directory}/${revision.id}_${slug(revision.message)}.py`, script(revision)]),
  )
}

/** Nothing of onehead ever runs this file; real Alembic would. */
const env = `import os

raise SystemExit("env.py was executed, and a check must never do that")
`

const ini = (section) => `[alembic]
script_location = %(here)s/migrations
${section}`

const pyproject = (name, more = '') => `[project]
name = "${name}"
version = "1.0.0"
dependencies = ["alembic"]
${more}`

export const apps = [
  {
    project: 'billing',
    path: 'services/billing',
    about: 'a healthy history, alembic.ini',
    expected: [],
    files: {
      'pyproject.toml': pyproject('billing'),
      'alembic.ini': ini('prepend_sys_path = .\n'),
      'migrations/env.py': env,
      ...scripts('migrations/versions', [
        { id: '1f0c52d7a9be', down: null, message: 'create invoices', date: '2026-03-02 09:12:44' },
        { id: '62b9e41d70c3', down: '1f0c52d7a9be', message: 'add due date', date: '2026-03-19 15:40:02' },
        { id: 'c47d10a8f35e', down: '62b9e41d70c3', message: 'index customer', date: '2026-04-07 11:05:31' },
      ]),
    },
  },
  {
    project: 'orders',
    path: 'services/orders',
    about: 'two people each added a revision on the same one: two heads',
    expected: ['multiple-heads'],
    files: {
      'pyproject.toml': pyproject('orders'),
      'alembic.ini': ini(''),
      'migrations/env.py': env,
      ...scripts('migrations/versions', [
        {
          id: '3ac1f9027d54',
          down: null,
          message: 'create orders',
          date: '2026-02-11 10:20:30',
          body: 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))',
        },
        { id: '9d81c05b7e2f', down: '3ac1f9027d54', message: 'add status', date: '2026-03-05 14:02:10' },
        {
          id: 'f04d6e2b713c',
          down: '9d81c05b7e2f',
          message: 'add shipping address',
          date: '2026-05-12 08:44:09',
          body: 'op.add_column("orders", sa.Column("shipping_address", sa.Text))',
        },
        {
          id: '8b1f57c3ae06',
          down: '9d81c05b7e2f',
          message: 'add discount',
          date: '2026-05-12 17:31:55',
          body: 'op.add_column("orders", sa.Column("discount", sa.Numeric))',
        },
      ]),
    },
  },
  {
    project: 'accounts',
    path: 'services/accounts',
    about: 'Flask-Migrate: no script_location, no Alembic configuration of its own',
    expected: [],
    files: {
      'pyproject.toml': pyproject('accounts'),
      'app.py': 'from flask import Flask\nfrom flask_migrate import Migrate\n\napp = Flask(__name__)\nMigrate(app)\n',
      'migrations/alembic.ini': '# A generic, single database configuration.\n\n[alembic]\n\n[loggers]\nkeys = root\n',
      'migrations/env.py': `from flask import current_app\n\n${env}`,
      ...scripts('migrations/versions', [
        { id: 'a3e5b7091c2d', down: null, message: 'create users', date: '2026-01-20 12:00:00' },
        { id: 'd90f416be827', down: 'a3e5b7091c2d', message: 'add last login', date: '2026-02-14 16:22:41' },
      ]),
    },
  },
  {
    project: 'catalog',
    path: 'services/catalog',
    about: 'two labelled branches on purpose: onehead.json expects a head for each',
    expected: [],
    files: {
      'pyproject.toml': pyproject('catalog'),
      'alembic.ini': ini(''),
      'migrations/env.py': env,
      ...scripts('migrations/versions', [
        { id: '0b7a64e1d9c8', down: null, message: 'create products', date: '2026-01-08 09:00:00' },
        {
          id: '5ce2930f8ab1',
          down: '0b7a64e1d9c8',
          message: 'prices in euro',
          label: 'eu',
          date: '2026-02-01 10:10:10',
        },
        {
          id: 'e61d2f47b0a9',
          down: '0b7a64e1d9c8',
          message: 'prices in dollar',
          label: 'us',
          date: '2026-02-02 11:11:11',
        },
      ]),
    },
  },
  {
    project: 'search',
    path: 'services/search',
    about: 'configured by [tool.alembic] in pyproject.toml',
    expected: [],
    files: {
      'pyproject.toml': pyproject('search', '\n[tool.alembic]\nscript_location = "%(here)s/db"\n'),
      'db/env.py': env,
      ...scripts('db/versions', [
        { id: '7f3b08d2c6a4', down: null, message: 'create documents', date: '2026-03-30 08:15:00' },
        { id: '24c9a6e5103b', down: '7f3b08d2c6a4', message: 'add language', date: '2026-04-21 13:37:00' },
      ]),
    },
  },
  {
    project: 'shipping',
    path: 'services/shipping',
    about: 'a down_revision that is a file name, not a revision id',
    expected: ['missing-down-revision'],
    files: {
      'pyproject.toml': pyproject('shipping'),
      'alembic.ini': ini(''),
      'migrations/env.py': env,
      ...scripts('migrations/versions', [
        { id: 'b58d3e07f1c6', down: null, message: 'create parcels', date: '2026-02-25 10:00:00' },
        {
          id: '4e90a7c2d81f',
          down: 'b58d3e07f1c6_create_parcels',
          message: 'add carrier',
          date: '2026-05-03 17:45:12',
        },
      ]),
    },
  },
]

/** Files of the workspace itself. */
export const workspaceFiles = {
  'package.json': `${JSON.stringify({ name: 'shop', private: true, devDependencies: { '@onehead/nx': '*', nx: '*', onehead: '*' } }, null, 2)}\n`,
  'nx.json': `${JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['@onehead/nx'] }, null, 2)}\n`,
  'onehead.json': `${JSON.stringify({ environments: { 'services/catalog': { expectedHeads: ['eu', 'us'] } } }, null, 2)}\n`,
  '.gitignore': 'node_modules\n.nx\n',
}
